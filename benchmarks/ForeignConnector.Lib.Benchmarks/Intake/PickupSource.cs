using System.IO.Abstractions;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Benchmarks.Intake;

/// <summary>A Pickup directory in a folder of its own, and the pump that empties it.</summary>
internal sealed class PickupSource(string folder, IMailIntake intake) : IDisposable
{
    private readonly IntakeContext _context = new()
    {
        Identity = new IntakeIdentity("hub01", "contoso.com", "ForeignConnector.Lib", "1.0"),
        Ids = new SubmissionIdSource(TimeProvider.System, new Random(1)),
        Intake = intake,
        JournalDirectory = folder + "-claims",
        Files = new FileSystem(),
        Time = TimeProvider.System,
    };

    public string NameOf(int number) => Path.Combine(folder, $"{number}.eml");

    public List<string> List() => [.. Directory.EnumerateFiles(folder, "*.eml")];

    /// <summary>One pass of the pump; throws when it did not accept so many messages.</summary>
    public async Task<int> EmptyAsync(int messages)
    {
        var pump = WatchedDirectory.ForPickup(
            folder, new WatchedDirectoryOptions { SettleTime = TimeSpan.Zero, MaxMessagesPerMinute = null }, new PickupOptions(), _context);
        var result = await pump.ProcessPendingAsync(CancellationToken.None);
        return result.Accepted == messages ? messages : throw new InvalidOperationException($"not everything was taken: {result}");
    }

    public void Dispose()
    {
        _context.Dispose();
        Directory.Delete(folder, recursive: true);
        if (Directory.Exists(folder + "-claims"))
            Directory.Delete(folder + "-claims", recursive: true);
    }
}
