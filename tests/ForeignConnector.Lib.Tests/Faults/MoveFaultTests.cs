using ForeignConnector.Lib.TestKit.Disks;
using ForeignConnector.Lib.Tests.Queueing;

namespace ForeignConnector.Lib.Tests.Faults;

/// <summary>RT-5, RT-8: from any operation of a move on, everything fails; then the disk is well again, for the same process or for the next.</summary>
public class MoveFaultTests
{
    public static TheoryData<string, bool> Cases => [.. from error in DiskErrors.Names from dies in new[] { false, true } select (error, dies)];

    [Theory(DisplayName = "RT-5, RT-8: whatever operation of a move fails, and all after it, each recipient is delivered once when the disk is well again, and no move is left open")]
    [MemberData(nameof(Cases))]
    public async Task Every_operation(string error, bool dies)
    {
        for (var i = 0; await FailsAtAsync(i, error, dies); i++)
        {
        }
    }

    [Fact(DisplayName = "RT-8: one operation that fails is enough, and the move ends with the next look at the queue")]
    public async Task One_operation()
    {
        for (var i = 0; await FailsAtAsync(i, "EIO", dies: false, count: 1); i++)
        {
        }
    }

    // False when the move has fewer operations.
    private static async Task<bool> FailsAtAsync(int place, string error, bool dies, int count = int.MaxValue)
    {
        var bench = new QueueBench();
        bench.Configure(["a", "b", "c"], rest: "a");
        await bench.AcceptAsync("one@a.test", "two@x.test");
        await bench.AcceptAsync("three@y.test");
        bench.Configure(["a", "b", "c"], rest: "b");
        var done = 0;
        bench.Faults.FailWhile(operation => done++ >= place && done - place <= count ? DiskErrors.ByName(error, operation) : null);
        await bench.Rerouter.RerouteAsync("a", CancellationToken.None);
        var hasFailed = done > place;
        bench.Faults.FailWhile(_ => null);
        // Before anybody looks at the queue again.
        if (dies)
            bench.Restart();
        else
            await bench.ProcessAsync();
        for (var round = 0; round < 4; round++)
        {
            await bench.Queue.LoadAsync(CancellationToken.None);
            await bench.ProcessAfterAsync(TimeSpan.FromMinutes(10));
        }
        var attempts = bench.Connectors.SelectMany(pair => pair.Value.Attempts).SelectMany(attempt => attempt.Split(' ')).Order(StringComparer.Ordinal);
        Assert.True(attempts.SequenceEqual(["one@a.test", "three@y.test", "two@x.test"]), $"{error} from operation {place} on: {string.Join(' ', attempts)}");
        Assert.Equal(0, bench.Queue.Count);
        Assert.Empty(bench.QueueFiles);
        return hasFailed;
    }
}
