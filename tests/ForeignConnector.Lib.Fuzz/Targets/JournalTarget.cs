using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Queueing.Directory;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>The journal of a process that died (ND-4): what it worked on is found, whatever else stands in the file.</summary>
internal static class JournalTarget
{
    private const string Directory = "/queue";
    private const string Name = "20260131T235959.1234567Z-0123456789abcdef0123456789abcdef-0123456789abcdef";

    public static void Run(ReadOnlySpan<byte> input)
    {
        var files = new MockFileSystem();
        var platform = new ManagedPlatformFiles(files);
        files.AddFile($"{Directory}/in-flight-0123456789abcdef.txt", new MockFileData([.. Encoding.ASCII.GetBytes(Name), (byte)'\n', .. input]));
        using var journal = new InFlightJournal(Directory, files, platform, TimeProvider.System, TimeSpan.FromMinutes(1));
        // Each octet is work that begins, or ends: what was begun first ends first.
        Queue<int> lines = [];
        foreach (var octet in input[..Math.Min(input.Length, 16)])
        {
            if ((octet & 1) == 0)
                lines.Enqueue(journal.Begin($"{Name[..^1]}{octet >> 4:x}", isSuspect: (octet & 2) == 0));
            else if (lines.TryDequeue(out var line))
                journal.End(line);
        }
        var left = journal.LeftBehind(_ => false).ToList();
        Check.That(left is [{ Names: [Name, ..] }], "ND-4: the journal of a process that died is read, and our own is not");
        var (path, names, isAlone) = left[0];
        Check.That(names.Count <= input.Length + 1 && names.All(name => name.Length > 0 && !name.Contains('\n', StringComparison.Ordinal)), "ND-4: a name is a line");
        Check.That(!isAlone, "ND-4: an entry that was not alone, or does not say so, is only in hand");
        Check.That(journal.NoteCounted(path) is { } counted && journal.LeftBehind(_ => false).Single().Path.EndsWith(files.Path.GetFileName(counted), StringComparison.Ordinal), "ND-4: a crash is counted once");
    }
}
