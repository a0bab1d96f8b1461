using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>What lies on a disk when a transport starts.</summary>
internal static class Ruins
{
    private const string Temporary = "/x.eml.0123456789abcdef.tmp";

    /// <summary>Two Pickup files: <see cref="Scenario.FromPickup"/>.</summary>
    public static Task FillPickup(CrashingFileSystem files)
    {
        files.File.WriteAllBytes(MailSystem.Pickup + "/1.eml", TestMail.Composed(1, "r@a.test"));
        files.File.WriteAllBytes(MailSystem.Pickup + "/2.eml", TestMail.Composed(2, "r@a.test", "r@b.test", "q@b.test"));
        return Task.CompletedTask;
    }

    /// <summary>Two messages in the queue, one for each Drop connector.</summary>
    public static Task FillQueueAsync(CrashingFileSystem files) => FillQueueAsync(files, ("a", 1, "r@a.test"), ("b", 2, "r@b.test"));

    /// <summary>What a crash leaves: temporary files, a claim, a message of a connector that is not configured any more: <see cref="Scenario.FromRuins"/>.</summary>
    public static async Task FillAsync(CrashingFileSystem files)
    {
        await FillQueueAsync(files, ("a", 1, "r@a.test"), ("b", 2, "r@b.test"), ("gone", 3, "r@a.test"));
        files.File.WriteAllBytes(MailSystem.Queue + "/a" + Temporary, TestMail.Composed(8).AsSpan(0, 100).ToArray());
        files.File.WriteAllBytes(MailSystem.DropA + Temporary, TestMail.Composed(8).AsSpan(0, 100).ToArray());
        files.File.WriteAllBytes(MailSystem.DropB + Temporary, Array.Empty<byte>());
        Claim(files, "4.eml", TestMail.Composed(4, "r@b.test"));
    }

    // As a process leaves it that dies with the file in hand.
    private static void Claim(CrashingFileSystem files, string name, byte[] octets)
    {
        files.File.WriteAllBytes($"{MailSystem.Pickup}/{name}", octets);
        using var journal = new ClaimJournal(MailSystem.Queue, "Pickup", MailSystem.Pickup, files, files);
        using var claim = FileClaim.TryOpen(files, files, Recording.NewTime(), $"{MailSystem.Pickup}/{name}", out _)!;
        journal.Write([new ClaimRecord(name, claim.ClaimNames.First(), claim.File.Facts, 4)]);
        claim.Take(claim.ClaimNames.First());
    }

    private static async Task FillQueueAsync(CrashingFileSystem files, params (string Connector, int Number, string Recipient)[] messages)
    {
        using var system = new MailSystem(files, files, Recording.NewTime(), new RecordingConnector());
        foreach (var (connector, number, recipient) in messages)
            await system.DeliveryQueue.EnqueueAsync(TestMail.Item(number, recipient), connector, CancellationToken.None);
    }
}
