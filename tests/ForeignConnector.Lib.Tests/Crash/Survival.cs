using System.Collections.Immutable;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>A message that must come through, and where.</summary>
internal sealed record Expected(int Number, string Connector, string Receivers)
{
    public string Directory => Connector == "a" ? MailSystem.DropA : MailSystem.DropB;
}

/// <summary>
/// Restarts the transport after a power cut and checks what must hold then: everything is there, nothing is there in part, nothing is there twice unless the cut
/// fell between hand-over and delete, and nothing else is there.
/// </summary>
internal static class Survival
{
    private static readonly string[] Drops = [MailSystem.DropA, MailSystem.DropB];

    /// <summary>The first of many power cuts that is not survived, with what went wrong; null when there is none.</summary>
    public static async Task<string?> FindFailureAsync(Recording recording, IEnumerable<PowerCut> cuts, Func<PowerCut, Task> check)
    {
        foreach (var cut in cuts)
        {
            try
            {
                await check(cut);
            }
            catch (Exception e) when (e is not NotSupportedException)
            {
                var last = cut.Cut == 0 ? "nothing" : recording.Operations[cut.Cut - 1].ToString();
                return $"power cut after operation {cut.Cut}: {last}, with\n{cut.Disk}\nled to {e}";
            }
        }
        return null;
    }

    /// <summary>Restarts, with and without a gateway that takes what it sees before the transport is up again.</summary>
    /// <param name="cut">The last power cut.</param>
    /// <param name="earlier">What was on the disk after earlier poison of the transport.</param>
    /// <param name="expected">The messages that were on the disk from the start, and those that were promised.</param>
    public static async Task AssertAsync(PowerCut cut, ImmutableArray<DiskImage> earlier, params Expected[] expected)
    {
        var disk = new Inventory(cut.Disk);
        disk.AssertNothingPartial();
        // A gateway that sees nothing takes nothing: the same run again.
        foreach (var gateway in Drops.SelectMany(disk.Dropped).Any() ? (bool[])[false, true] : [false])
        {
            var (files, taken) = PowerUp(cut, gateway);
            await RunAsync(files, run: earlier.Length + 1);
            AssertDelivered(earlier.Add(cut.Disk), files.Now, taken, expected);
        }
    }

    /// <summary>The transport starts on a disk, and runs until nothing is left to do.</summary>
    public static async Task RunAsync(CrashingFileSystem files, int run)
    {
        using var system = new MailSystem(files, files, Recording.NewTime(run), new RecordingConnector());
        await system.RunAsync();
    }

    private static (CrashingFileSystem Files, DiskImage Taken) PowerUp(PowerCut cut, bool gateway)
    {
        var files = new CrashingFileSystem(cut.Disk, Recording.NewTime(), Recording.OtherVolume);
        if (!gateway)
            return (files, DiskImage.Empty);
        foreach (var (_, path, _) in Drops.SelectMany(new Inventory(cut.Disk).Dropped))
            files.File.Delete(path);
        return (files, cut.Disk);
    }

    private static void AssertDelivered(ImmutableArray<DiskImage> poison, DiskImage end, DiskImage taken, Expected[] expected)
    {
        var after = new Inventory(end);
        after.AssertNothingPartial();
        after.AssertNothingStray();
        var copies = Drops.SelectMany(after.Dropped).Concat(Drops.SelectMany(new Inventory(taken).Dropped)).ToLookup(file => (file.Directory, file.Mail!.Value.Number));
        Assert.Equal(expected.Select(mail => (mail.Directory, mail.Number)).ToHashSet(), copies.Select(copy => copy.Key).ToHashSet());
        foreach (var mail in expected)
        {
            var mine = copies[(mail.Directory, mail.Number)].ToArray();
            Assert.All(mine, copy => Assert.Equal((mail.Number, mail.Receivers, mine[0].Mail!.Value.MessageId), copy.Mail!.Value));
            var most = 1 + poison.Count(disk => MayDouble(new Inventory(disk), mail, taken != DiskImage.Empty));
            Assert.True(mine.Length <= most, $"message {mail.Number} for {mail.Connector} came {mine.Length} times:\n{end}");
        }
    }

    // Between hand-over and a delete that lasts. The queue knows a message that comes from Pickup again, and a Drop directory one that comes from the queue again, as long as it is there.
    private static bool MayDouble(Inventory disk, Expected mail, bool gateway) =>
        disk.Dropped(mail.Directory).Any(file => file.Mail!.Value.Number == mail.Number)
        && (disk.IsInPickup(mail.Number) || (gateway && disk.IsInQueue(mail.Number, mail.Receivers)));
}
