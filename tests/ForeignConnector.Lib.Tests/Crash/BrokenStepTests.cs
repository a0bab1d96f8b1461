using System.Text.RegularExpressions;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>The tests of power cuts are worth something only if they see a step that is missing or in the wrong place.</summary>
public class BrokenStepTests
{
    private static readonly Dictionary<string, Scenario> Scenarios = new()
    {
        ["drop"] = Scenario.Drop,
        ["grouped drop"] = Scenario.GroupedDrop,
        ["enqueue"] = Scenario.Enqueue,
        ["first drop"] = Scenario.FirstDrop,
        ["first enqueue"] = Scenario.FirstEnqueue,
        ["take in"] = Scenario.TakeIn,
        ["deliver"] = Scenario.Deliver,
        ["settle"] = Scenario.Settle,
        ["move"] = Scenario.Move,
    };

    public static TheoryData<string> Names => [.. Scenarios.Keys];

    [Theory(DisplayName = "DR-9: there is no flush too many: without the flushes of any one file or directory mail is lost, cut off or doubled by some power cut, and the tests see it")]
    [MemberData(nameof(Names))]
    public async Task Every_flush_is_needed(string name)
    {
        var recording = await Scenarios[name].RecordAsync();
        var start = recording.Operations.IndexOf(new Promised(Scenario.Started));
        var flushes = recording.Operations.Skip(start).Where(operation => CoversSomething(operation, recording)).Distinct().ToArray();
        Assert.NotEmpty(flushes);
        foreach (var flush in flushes)
            Assert.False(await SurvivesAsync(recording.Without(flush), Scenarios[name]), $"not needed: {flush} in\n{string.Join('\n', recording.Operations)}");
    }

    [Theory(DisplayName = "DR-5, DR-9, PU-4: two steps in the wrong order are seen")]
    [InlineData("drop", @"entries .*\.tmp.* \+\S+\.eml ", "FileFlushed", "the file gets its name before its octets are flushed")]
    [InlineData("drop", @"entries .*\.tmp.* \+\S+\.eml ", "write", "the file gets its name before its octets are written")]
    [InlineData("drop", "Promised", "DirectoryFlushed", "the delivery is reported before the directory is flushed")]
    [InlineData("grouped drop", @"entries .*\.tmp.* \+\S+\.eml ", "VolumeFlushed", "a file gets its name before the volume is flushed")]
    [InlineData("grouped drop", "Promised", "DirectoryFlushed", "the deliveries are reported before the directory is flushed")]
    [InlineData("enqueue", "Promised", "DirectoryFlushed", "the message is accepted before the directory is flushed")]
    [InlineData("enqueue", @"entries .*\.tmp.* \+\S+\.eml ", "FileFlushed", "the queue file gets its name before its octets are flushed")]
    [InlineData("take in", @"entries of \S+: -1\.tmp", "DirectoryFlushed", "the Pickup file is deleted before the queue's directory is flushed")]
    [InlineData("take in", @"entries of \S+: -1\.tmp", @"entries .*\+\S+\.eml ", "the Pickup file is deleted before the message is in the queue")]
    [InlineData("deliver", @"entries of \S+: -\S+\.eml \(\S+\)$", "DirectoryFlushed", "the queue file is deleted before the Drop directory of another volume is flushed")]
    [InlineData("settle", @"entries .*\.tmp.* \+\S+\.json ", "FileFlushed", "the state is replaced before the new one is flushed")]
    [InlineData("settle", @"entries of \S+: -\S+\.json \(\S+\)$", @"entries of \S+: -\S+\.eml ", "the state is deleted before the message")]
    public async Task Order_matters(string name, string step, string place, string mistake)
    {
        var recording = await Scenarios[name].RecordAsync();
        var late = Find(recording, step, recording.Operations.Length);
        var early = Find(recording, place, late);

        Assert.False(await SurvivesAsync(recording.WithEarlier(late, early), Scenarios[name]), $"not seen: {mistake}");
    }

    // The flush of a directory in which this run changes nothing serves an earlier run that was killed: see SecondCrashTests.
    private static bool CoversSomething(DiskOperation operation, Recording recording) => operation switch
    {
        FileFlushed or VolumeFlushed => true,
        DirectoryFlushed flushed => recording.Operations.OfType<EntriesChanged>().Any(change => change.Directory == flushed.Directory),
        _ => false,
    };

    private static int Find(Recording recording, string pattern, int before)
    {
        var found = Enumerable.Range(0, before).LastOrDefault(i => Regex.IsMatch(recording.Operations[i].ToString(), "^" + pattern), -1);
        Assert.True(found >= 0, $"nothing like '{pattern}' in\n{string.Join('\n', recording.Operations)}");
        return found;
    }

    private static async Task<bool> SurvivesAsync(Recording recording, Scenario scenario) =>
        await Survival.FindFailureAsync(recording, recording.Cuts(), scenario.Check) is null;
}
