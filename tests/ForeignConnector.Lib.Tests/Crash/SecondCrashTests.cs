using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>A crash, and another one while the transport recovers from it.</summary>
public class SecondCrashTests
{
    // Exhaustive would be some 100,000 runs of the transport: every n-th first crash, and a sample of disks after the second one. The same ones in every run.
    private const int FirstCrashes = 24;
    private const int DisksPerCut = 4;

    [Fact(DisplayName = "PU-4, DR-9: a power cut during the recovery from a power cut loses nothing, shows nothing in part and leaves nothing behind")]
    public async Task Two_power_cuts()
    {
        var first = await Scenario.PickupToDrop.RecordAsync();
        var cuts = first.Cuts().ToArray();
        foreach (var cut in Enumerable.Range(0, FirstCrashes).Select(i => cuts[i * cuts.Length / FirstCrashes]))
        {
            var second = await Recording.OfAsync(cut.Disk, files => Survival.RunAsync(files, run: 1));
            await AssertSurvivesAsync(second, second.Cuts(limit: DisksPerCut), cut.Disk);
        }
    }

    [Fact(DisplayName = "PU-4, DR-9: a power cut soon after the transport was killed and started again loses nothing, although what the dead process had not flushed is there to be seen")]
    public async Task Killed_then_a_power_cut()
    {
        var first = await Scenario.PickupToDrop.RecordAsync();
        for (var killed = 1; killed < first.Operations.Length; killed++)
        {
            var before = first with { Operations = first.Operations[..killed] };
            var files = new CrashingFileSystem(before.Start, before.Operations, Recording.NewTime(), Recording.OtherVolume);
            var seen = files.Now;
            await Survival.RunAsync(files, run: 1);
            var whole = before with { Operations = [.. files.Operations] };
            await AssertSurvivesAsync(whole, whole.Cuts(from: killed, DisksPerCut), seen);
        }
    }

    private static async Task AssertSurvivesAsync(Recording recording, IEnumerable<PowerCut> cuts, DiskImage earlier)
    {
        var failure = await Survival.FindFailureAsync(recording, cuts, cut => Survival.AssertAsync(cut, [earlier], Scenario.FromPickup));
        Assert.True(failure is null, $"after a first crash with\n{earlier}\na {failure}");
    }
}
