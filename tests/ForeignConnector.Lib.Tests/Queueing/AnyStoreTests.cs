using System.Diagnostics;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>The core over a store that knows no files: it may fail of anything, and its leases have an end.</summary>
public class AnyStoreTests
{
    private readonly QueueBench _bench = new(isInMemory: true);
    private readonly AnsweringConnector _a;
    private int _renewals;

    public AnyStoreTests() => _a = _bench.Connect("a");

    [Theory(DisplayName = "RY-4: whatever exception comes out of a store, no loop ends by it, and what was delivered meanwhile is not delivered again")]
    [InlineData("lease", 0)]
    [InlineData("load", 1)]
    [InlineData("remove", 1)]
    [InlineData("save remove", 1)]
    [InlineData("save remove lease load list", 0)]
    public async Task Outlives_any_exception(string operations, int delivered)
    {
        using var stop = new CancellationTokenSource();
        var failures = 0;
        _bench.FailWhile(operation =>
        {
            if (!operations.Contains(operation, StringComparison.Ordinal))
                return null;
            Interlocked.Increment(ref failures);
            return new InvalidTimeZoneException("no");
        });
        var running = _bench.Processor.RunAsync(stop.Token);
        await _bench.AcceptAsync("one@a.test");
        await PassUntilAsync(() => Volatile.Read(ref failures) >= 5 && _a.Deliveries.Count == delivered);
        Assert.False(running.IsCompleted);

        _bench.FailWhile(_ => null);
        await PassUntilAsync(() => _bench.Queue.Count == 0);

        Assert.Single(_a.Deliveries);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact(DisplayName = "A lease is renewed as long as a delivery takes")]
    public async Task Renews_leases()
    {
        var (round, end) = await BeginAsync(fault: null);

        Assert.Empty(await _bench.Store.LeaseAsync(LeaseQuery.Due("a", DateTimeOffset.MaxValue), CancellationToken.None).ToListAsync(TestContext.Current.CancellationToken));
        end();
        await round;

        Assert.Equal(0, _bench.Queue.Count);
        Assert.Single(_a.Deliveries);
    }

    [Fact(DisplayName = "RT-5: what was delivered by a lease that ran out is remembered, and not delivered again")]
    public async Task Remembers_what_a_lost_lease_delivered()
    {
        var (round, end) = await BeginAsync(new InvalidTimeZoneException("no"));
        end();
        await round;
        Assert.Equal(1, _bench.Queue.Count);

        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(0, _bench.Queue.Count);
        Assert.Single(_a.Deliveries);
    }

    // A delivery that takes longer than a lease, which is 5 minutes, and less than a delivery may, which is 10. Renewals may fail.
    private async Task<(Task Round, Action End)> BeginAsync(Exception? fault)
    {
        _bench.FailWhile(operation =>
        {
            if (operation != "renew")
                return null;
            Interlocked.Increment(ref _renewals);
            return fault;
        });
        var delivery = new TaskCompletionSource<DeliveryReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        DeliveryRequest? asked = null;
        _a.Script = (request, _) =>
        {
            asked = request;
            return new(delivery.Task);
        };
        await _bench.AcceptAsync("one@a.test");
        var round = _bench.ProcessAsync();
        for (var minute = 1; minute <= 8; minute++)
        {
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
            // A lease is renewed when half of its time has passed.
            var due = minute / 3;
            await Wait.UntilAsync(() => Volatile.Read(ref _renewals) >= due);
        }
        return (round, () => delivery.SetResult(DeliveryReport.ForAll(asked!, RecipientOutcome.Delivered)));
    }

    private async Task PassUntilAsync(Func<bool> condition)
    {
        // Other threads may get no time while thousands of passes go by here.
        for (var start = Stopwatch.GetTimestamp(); !condition(); await Task.Yield())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1), "it does not happen");
            await _bench.Time.WhenAsleepAsync();
            _bench.Time.Advance(TimeSpan.FromSeconds(30));
        }
    }
}
