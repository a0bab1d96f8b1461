using System.Collections.Immutable;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>A power cut: what the disk shows afterwards, and what the program had promised before.</summary>
/// <param name="Cut">After so many operations.</param>
/// <param name="Disk">One of the states the disk may be in.</param>
/// <param name="Promises">What was said to the world.</param>
internal sealed record PowerCut(int Cut, DiskImage Disk, ImmutableHashSet<string> Promises);

/// <summary>What a program did on a disk.</summary>
internal sealed record Recording(DiskImage Start, ImmutableArray<DiskOperation> Operations)
{
    /// <summary>A mount point.</summary>
    public const string OtherVolume = "/other";

    private static readonly DateTimeOffset Epoch = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A clock that never stands still. Each run of the transport begins an hour after the one before.</summary>
    public static FakeTimeProvider NewTime(int run = 0) => new(Epoch + TimeSpan.FromHours(run)) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };

    /// <summary>Fills a disk; all of it is durable afterwards.</summary>
    public static async Task<DiskImage> PrepareAsync(Func<CrashingFileSystem, Task> fill)
    {
        var files = new CrashingFileSystem(DiskImage.Empty, NewTime(), OtherVolume);
        foreach (var directory in (string[])[MailSystem.Pickup, MailSystem.Queue, MailSystem.DropA, MailSystem.DropB])
            files.Directory.CreateDirectory(directory);
        await fill(files);
        return files.Now;
    }

    public static async Task<Recording> OfAsync(DiskImage start, Func<CrashingFileSystem, Task> run)
    {
        var files = new CrashingFileSystem(start, NewTime(), OtherVolume);
        await run(files);
        return new Recording(start, [.. files.Operations]);
    }

    /// <summary>The same without one kind of step, as if the program had forgotten it.</summary>
    public Recording Without(DiskOperation step) => this with { Operations = Operations.RemoveAll(operation => operation == step) };

    /// <summary>The same with one step moved forward, as if the program had them in the wrong order.</summary>
    public Recording WithEarlier(int step, int place) => this with { Operations = Operations.RemoveAt(step).Insert(place, Operations[step]) };

    /// <summary>Every power cut that can be told from the others: after each operation, in each state the disk may show.</summary>
    /// <param name="from">The first operation that a cut may follow.</param>
    /// <param name="limit">See <see cref="DiskStates"/>.</param>
    public IEnumerable<PowerCut> Cuts(int from = 0, int limit = 256)
    {
        var states = new DiskStates(Start, Operations, limit);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var promises = ImmutableHashSet<string>.Empty;
        for (var cut = 0; cut < states.Cuts; cut++)
        {
            if (cut > 0 && Operations[cut - 1] is Promised promise)
                promises = promises.Add(promise.Text);
            foreach (var disk in cut < from ? [] : states.At(cut))
            {
                if (seen.Add(disk.Key + string.Join(',', promises.Order(StringComparer.Ordinal))))
                    yield return new PowerCut(cut, disk, promises);
            }
        }
    }
}
