using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>What lies where on a disk, and what must hold of it.</summary>
internal sealed class Inventory(DiskImage disk)
{
    /// <summary>The messages a gateway sees in a Drop directory: their file names, and what they are.</summary>
    public IEnumerable<(string Directory, string Path, (int Number, string Receivers, string MessageId)? Mail)> Dropped(string directory) => disk.Files
        .Where(file => file.Path.StartsWith(directory + "/", StringComparison.Ordinal) && file.Path.EndsWith(".eml", StringComparison.Ordinal))
        .Select(file => (directory, file.Path, TestMail.Dropped(file.Data.Octets.Span)));

    /// <summary>True when a message lies in Pickup, claimed or not.</summary>
    public bool IsInPickup(int number) => disk.Files.Any(file =>
        file.Path.StartsWith(MailSystem.Pickup + "/", StringComparison.Ordinal) && TestMail.NumberOf(file.Data.Octets.Span) == number);

    /// <summary>True when a message waits in the queue, of whatever connector, for these recipients.</summary>
    public bool IsInQueue(int number, string receivers) => Dropped(MailSystem.Queue).Any(file => file.Mail is { } mail && (mail.Number, mail.Receivers) == (number, receivers));

    /// <summary>DR-5: nobody who looks for .eml files finds a part of one.</summary>
    public void AssertNothingPartial()
    {
        foreach (var directory in (string[])[MailSystem.DropA, MailSystem.DropB, MailSystem.Queue])
            Assert.All(Dropped(directory), file => Assert.True(file.Mail is not null, $"'{file.Path}' is not complete"));
    }

    /// <summary>Everything is delivered and nothing else is left.</summary>
    public void AssertNothingStray()
    {
        // A queue and a directory that are in use have journals.
        var stray = disk.Files.Where(file => !IsIdleJournal(file.Path, file.Data.Octets.Span)).Select(file => file.Path).Where(path => !path.EndsWith(".eml", StringComparison.Ordinal)
            || path.StartsWith(MailSystem.Queue, StringComparison.Ordinal) || path.StartsWith(MailSystem.Pickup, StringComparison.Ordinal));
        Assert.True(!stray.Any(), $"left: {string.Join(' ', stray)}");
    }

    private static bool IsIdleJournal(string path, ReadOnlySpan<byte> octets)
    {
        if (path.Contains("/in-flight-", StringComparison.Ordinal))
            return true;
        if (!path.StartsWith(MailSystem.Queue + "/claims-", StringComparison.Ordinal))
            return false;
        for (var line = 0; line + ClaimLine.Length <= octets.Length; line += ClaimLine.Length)
        {
            // What was accepted stays written down until the directory is flushed.
            if (ClaimLine.Read(octets.Slice(line, ClaimLine.Length)) is { State: not ClaimState.Accepted })
                return false;
        }
        return true;
    }
}
