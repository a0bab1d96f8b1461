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
            var failure = await Survival.FindFailureAsync(second, second.Cuts(limit: DisksPerCut), last => Survival.AssertAsync(last, [cut.Disk], Scenario.FromPickup));
            Assert.True(failure is null, $"after a first power cut with\n{cut.Disk}\na {failure}");
        }
    }

    [Fact(DisplayName = "PU-4, DR-9: a power cut soon after the transport was killed and started again loses nothing, although what the dead process had not flushed is there to be seen")]
    public Task Killed_then_a_power_cut() => AssertSurvivesKillsAsync(
        Scenario.PickupToDrop, files => Survival.RunAsync(files, run: 1), (cut, seen) => Survival.AssertAsync(cut, [seen], Scenario.FromPickup));

    [Fact(DisplayName = "DR-2, DR-9: the same for directories that the dead process had just created")]
    public async Task Killed_with_new_directories_then_a_power_cut()
    {
        await AssertSurvivesKillsAsync(Scenario.FirstDrop, Scenario.FirstDrop.Run, (cut, _) => Scenario.FirstDrop.Check(cut));
        await AssertSurvivesKillsAsync(Scenario.FirstEnqueue, Scenario.FirstEnqueue.Run, (cut, _) => Scenario.FirstEnqueue.Check(cut));
    }

    // After each operation: death, another run of the transport on what is there, and a power cut anywhere in that run.
    private static async Task AssertSurvivesKillsAsync(Scenario scenario, Func<CrashingFileSystem, Task> rerun, Func<PowerCut, DiskImage, Task> check)
    {
        var first = await scenario.RecordAsync();
        for (var killed = 1; killed < first.Operations.Length; killed++)
        {
            var files = new CrashingFileSystem(first.Start, first.Operations[..killed], Recording.NewTime(), Recording.OtherVolume);
            var seen = files.Now;
            await rerun(files);
            var whole = first with { Operations = [.. files.Operations] };
            var failure = await Survival.FindFailureAsync(whole, whole.Cuts(from: killed, DisksPerCut), cut => check(cut, seen));
            Assert.True(failure is null, $"after a death with\n{seen}\na {failure}");
        }
    }
}
