using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>The core over a store that knows no files: it may fail of anything, and its leases have an end.</summary>
public class AnyStoreTests
{
    private readonly QueueBench _bench = new(isInMemory: true);
    private readonly AnsweringConnector _a;

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
        var running = _bench.Processor.RunAsync(stop.Token);
        _bench.FailWhile(operation => operations.Contains(operation, StringComparison.Ordinal) ? new InvalidTimeZoneException("no") : null);
        await _bench.AcceptAsync("one@a.test");
        await PassAsync();
        Assert.Equal(delivered, _a.Deliveries.Count);
        Assert.False(running.IsCompleted);

        _bench.FailWhile(_ => null);
        await PassAsync();

        Assert.Single(_a.Deliveries);
        Assert.Equal(0, _bench.Queue.Count);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact(DisplayName = "A lease is renewed as long as a delivery takes")]
    public async Task Renews_leases()
    {
        var (round, end) = await BeginAsync();

        Assert.Empty(await _bench.Store.LeaseAsync(LeaseQuery.Due("a", DateTimeOffset.MaxValue), CancellationToken.None).ToListAsync(TestContext.Current.CancellationToken));
        end();
        await round;

        Assert.Equal(0, _bench.Queue.Count);
        Assert.Single(_a.Deliveries);
    }

    [Fact(DisplayName = "RT-5: what was delivered by a lease that ran out is remembered, and not delivered again")]
    public async Task Remembers_what_a_lost_lease_delivered()
    {
        _bench.FailWhile(operation => operation == "renew" ? new InvalidTimeZoneException("no") : null);
        var (round, end) = await BeginAsync();
        end();
        await round;
        Assert.Equal(1, _bench.Queue.Count);

        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(0, _bench.Queue.Count);
        Assert.Single(_a.Deliveries);
    }

    // A delivery that takes longer than a lease, which is 5 minutes, and less than a delivery may, which is 10.
    private async Task<(Task Round, Action End)> BeginAsync()
    {
        var delivery = new TaskCompletionSource<DeliveryReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        DeliveryRequest? asked = null;
        _a.Script = (request, _) =>
        {
            asked = request;
            return new(delivery.Task);
        };
        await _bench.AcceptAsync("one@a.test");
        var round = _bench.ProcessAsync();
        for (var minute = 0; minute < 8; minute++)
        {
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
            // What the clock wakes has a moment to renew.
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        return (round, () => delivery.SetResult(DeliveryReport.ForAll(asked!, RecipientOutcome.Delivered)));
    }

    private async Task PassAsync()
    {
        for (var i = 0; i < 12; i++)
        {
            await _bench.Time.WhenAsleepAsync();
            _bench.Time.Advance(TimeSpan.FromSeconds(30));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
