using System.IO.Abstractions;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>SE-2 on a real disk: two files are two messages, whatever the file system says of them; one claim is one.</summary>
public sealed class SubmissionKeyTests : IDisposable
{
    private const string Good = "From: bob@contoso.com\r\nTo: mary@contoso.com\r\n\r\nbody";

    private static readonly DateTime Written = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly TempDirectory _temp = new();
    private readonly TempDirectory _journals = new();
    private readonly RecordingIntake _intake = new();
    private readonly List<UInt128> _keys = [];

    public void Dispose()
    {
        _temp.Dispose();
        _journals.Dispose();
    }

    // The hand-over of each file, and how it ends.
    private Func<AcceptResult> Answer
    {
        set => _intake.Script = (item, _) =>
        {
            lock (_keys)
                _keys.Add(item.Id.Key);
            return new(value());
        };
    }

    [Fact(DisplayName = "SE-2: files with one name, size and time that come one after the other are as many messages")]
    public async Task One_after_the_other()
    {
        using var context = NewContext();
        var pickup = Watch(context);
        Answer = () => AcceptResult.Complete;
        for (var i = 0; i < 40; i++)
        {
            _temp.Write("order.eml", Good, Written);
            Assert.Equal(new PassResult { Accepted = 1 }, await pickup.ProcessPendingAsync(CancellationToken.None));
        }

        Assert.Equal(40, _keys.Distinct().Count());
        Assert.Equal(40, _intake.Messages.Select(message => message.Octets.Split("\r\n").Single(line => line.StartsWith("Message-ID:", StringComparison.Ordinal))).Distinct().Count());
    }

    [Fact(DisplayName = "SE-2: hard links to one file are as many messages as there are names, also when each comes while the first still waits")]
    public async Task Hard_links()
    {
        using var context = NewContext();
        var pickup = Watch(context);
        var original = _journals.Write("alert.eml", Good, Written);
        Answer = () => throw new IOException("not ready");
        for (var i = 0; i < 5; i++)
        {
            PlatformFiles.For(new FileSystem()).Link(original, _temp[$"alert{i}.eml"]);
            await pickup.ProcessPendingAsync(CancellationToken.None);
        }
        Answer = () => AcceptResult.Complete;

        var accepted = 0;
        // The lock is on the file: as long as one of its names is worked on, the others wait for the next look.
        for (var i = 0; i < 5; i++)
            accepted += (await pickup.ProcessPendingAsync(CancellationToken.None)).Accepted;

        Assert.Equal(5, accepted);
        Assert.Equal(5, _keys.TakeLast(5).Distinct().Count());
    }

    [Fact(DisplayName = "PU-4: a file that could not be handed over has the same key at every attempt")]
    public async Task Same_file()
    {
        using var context = NewContext();
        var pickup = Watch(context);
        _temp.Write("a.eml", Good, Written);
        Answer = () => throw new IOException("not ready");
        for (var i = 0; i < 3; i++)
            Assert.Equal(new PassResult { Left = 1 }, await pickup.ProcessPendingAsync(CancellationToken.None));

        Assert.Equal(3, _keys.Count);
        Assert.Single(_keys.Distinct());
    }

    [Theory(DisplayName = "SE-2: another file that takes the place of one that could not be handed over has a key of its own, though it has its name, size and time")]
    [InlineData("renamed over it")]
    [InlineData("written in its place")]
    [InlineData("deleted and written again")]
    public async Task Another_file(string how)
    {
        using var context = NewContext();
        var pickup = Watch(context);
        _temp.Write("a.eml", Good, Written);
        Answer = () => throw new IOException("not ready");
        await pickup.ProcessPendingAsync(CancellationToken.None);
        switch (how)
        {
            case "renamed over it":
                _temp.Write("new", Good, Written);
                File.Move(_temp["new"], _temp["a.eml"], overwrite: true);
                break;
            case "written in its place":
                using (var stream = new FileStream(_temp["a.eml"], FileMode.Open, FileAccess.Write))
                    stream.Write("From: eve@contoso.com"u8);
                File.SetLastWriteTimeUtc(_temp["a.eml"], Written);
                break;
            default:
                File.Delete(_temp["a.eml"]);
                _temp.Write("a.eml", Good, Written);
                break;
        }
        await pickup.ProcessPendingAsync(CancellationToken.None);

        Assert.Equal(2, _keys.Distinct().Count());
    }

    [Fact(DisplayName = "PU-4, PU-13: what a process left claimed has the same key when the next one hands it over again")]
    public async Task After_a_crash()
    {
        _temp.Write("a.eml", Good, Written);
        var image = Path.Combine(_journals.Path, "image");
        using (var context = NewContext())
        {
            // What lies on the disk while it is handed over is what a killed process leaves: its lock is gone.
            Answer = () =>
            {
                Directory.CreateDirectory(image);
                foreach (var journal in Directory.GetFiles(_journals.Path))
                    File.Copy(journal, Path.Combine(image, Path.GetFileName(journal)));
                throw new IOException("killed");
            };
            await Watch(context).ProcessPendingAsync(CancellationToken.None);
        }
        File.Move(_temp["a.eml"], _temp["a.tmp"]);
        Answer = () => AcceptResult.Complete;
        using var next = NewContext(image);

        Assert.Equal(new PassResult { Accepted = 1 }, await Watch(next).ProcessPendingAsync(CancellationToken.None));

        Assert.Equal(2, _keys.Count);
        Assert.Single(_keys.Distinct());
        Assert.Empty(_temp.Names);
    }

    private WatchedDirectory Watch(IntakeContext context) =>
        WatchedDirectory.ForPickup(
            _temp.Path, new() { SettleTime = TimeSpan.Zero, PollingInterval = TimeSpan.Zero, MaxMessagesPerMinute = null }, new PickupOptions(), context);

    private IntakeContext NewContext(string? journals = null) => new()
    {
        Identity = new("hub01.contoso.com", "contoso.com", "FC", "1.2"),
        Ids = new SubmissionIdSource(TimeProvider.System, new Random()),
        Intake = _intake,
        JournalDirectory = journals ?? _journals.Path,
        Files = new FileSystem(),
        Time = TimeProvider.System,
    };
}
