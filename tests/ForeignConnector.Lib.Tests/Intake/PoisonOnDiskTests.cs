using System.IO.Abstractions;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>ND-4 where a file has an identity that its name does not change: on a real disk.</summary>
public sealed class PoisonOnDiskTests : IDisposable
{
    private const string Good = "From: bob@contoso.com\r\nTo: mary@contoso.com\r\n\r\nbody";

    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact(DisplayName = "ND-4: two crashes are counted although the file got another name in between, because its own was taken")]
    public async Task Follows_the_file()
    {
        _temp.Write("a.eml", Good);
        File.Move(_temp["a.eml"], _temp["a.tmp"]);
        _temp.Write("a.eml", Good);
        Assert.Equal(new PassResult { Left = 2 }, await PassAsync(ready: false));
        var renamed = Assert.Single(_temp.Names, name => name is not "a.eml" && name.EndsWith(".eml", StringComparison.Ordinal));
        File.Move(_temp[renamed], Path.ChangeExtension(_temp[renamed], ".tmp"));

        Assert.Equal(new PassResult { Accepted = 1, Poison = 1 }, await PassAsync(ready: true));

        var stem = Path.GetFileNameWithoutExtension(renamed);
        Assert.Equal([stem + ".poison", stem + ".poison.txt"], _temp.Names);
    }

    [Fact(DisplayName = "ND-4: a file of the same name, age and size is not blamed for the one before it")]
    public async Task New_file()
    {
        var written = DateTime.UtcNow.AddMinutes(-1);
        _temp.Write("a.tmp", Good, written);
        Assert.Equal(new PassResult { Left = 1 }, await PassAsync(ready: false));
        _temp.Write("new", Good, written);
        File.Move(_temp["new"], _temp["a.eml"], overwrite: true);
        File.Move(_temp["a.eml"], _temp["a.tmp"]);

        Assert.Equal(new PassResult { Accepted = 1 }, await PassAsync(ready: true));

        Assert.Empty(_temp.Names);
    }

    // A process of its own each time.
    private async Task<PassResult> PassAsync(bool ready)
    {
        var intake = new RecordingIntake();
        if (!ready)
            intake.Script = (_, _) => throw new IOException("not ready");
        using var context = new IntakeContext
        {
            Identity = new("hub01.contoso.com", "contoso.com", "FC", "1.2"),
            Ids = new SubmissionIdSource(TimeProvider.System, new Random(1)),
            Intake = intake,
            Files = new FileSystem(),
            Time = TimeProvider.System,
        };
        return await WatchedDirectory.ForPickup(_temp.Path, new() { SettleTime = TimeSpan.Zero }, new PickupOptions(), context).ProcessPendingAsync(CancellationToken.None);
    }
}
