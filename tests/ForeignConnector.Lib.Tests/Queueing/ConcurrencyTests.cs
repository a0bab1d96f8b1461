using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>Deliveries that overlap, and the loop around them.</summary>
public class ConcurrencyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly QueueBench _bench = new();

    [Theory(DisplayName = "Attempts for one connector begin in the order of acceptance, at most MaxConcurrentDeliveries at a time")]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(64)]
    public async Task Begins_in_order_and_bounded(int most)
    {
        var a = _bench.Connect("a", most);
        var (underWay, reached) = (0, 0);
        a.Script = async (request, _) =>
        {
            reached = Math.Max(reached, Interlocked.Increment(ref underWay));
            await Task.Yield();
            Interlocked.Decrement(ref underWay);
            return DeliveryReport.ForAll(request, RecipientOutcome.Delivered);
        };
        for (var i = 0; i < 200; i++)
            await _bench.AcceptAsync($"{i:000}@a.test");

        await _bench.ProcessAsync();

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i:000}@a.test"), a.Attempts);
        Assert.InRange(reached, 1, most);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "As many attempts as the connector allows are under way at once, and one that hangs holds up no other")]
    public async Task Overlaps()
    {
        var a = _bench.Connect("a", maxConcurrent: 3);
        var release = new TaskCompletionSource();
        a.Script = async (request, _) =>
        {
            if (request.Envelope.Recipients[0].Address == "0@a.test")
                await release.Task;
            return DeliveryReport.ForAll(request, RecipientOutcome.Delivered);
        };
        for (var i = 0; i < 10; i++)
            await _bench.AcceptAsync($"{i}@a.test");

        var round = _bench.ProcessAsync();
        await UntilAsync(() => a.Deliveries.Count == 10 && _bench.Queue.Count == 1);
        Assert.False(round.IsCompleted);
        release.SetResult();
        await round;

        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "The loop takes what is accepted while it sleeps, while a delivery is under way, and in the moment in which one ends")]
    public async Task Loses_no_wake_up()
    {
        const int Messages = 300;
        var a = _bench.Connect("a", maxConcurrent: 2);
        using var stop = new CancellationTokenSource();
        var loop = _bench.Processor.RunAsync(stop.Token);
        for (var i = 0; i < Messages; i++)
        {
            await _bench.AcceptAsync($"{i}@a.test");
            // Every other time the next one is accepted while this one may be ending.
            if (i % 2 == 0)
                await UntilAsync(() => a.Deliveries.Count > i);
        }

        await UntilAsync(() => a.Deliveries.Count == Messages && _bench.Queue.Count == 0);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    [Fact(DisplayName = "The loop tries again when the time has come, gives up when it has passed, and notices a clock that is set back")]
    public async Task Follows_the_clock()
    {
        var a = _bench.Connect("a");
        a.Defer();
        // The clock moves on while a thread that ends an attempt has no processor.
        _bench.Options.MessageExpirationTimeout = TimeSpan.FromDays(90);
        using var stop = new CancellationTokenSource();
        var loop = _bench.Processor.RunAsync(stop.Token);
        var accepted = _bench.Time.GetTimestamp();
        await _bench.AcceptAsync("one@a.test");
        await UntilAsync(() => a.Deliveries.Count == 1);
        await AdvanceUntilAsync(() => a.Deliveries.Count >= 2, TimeSpan.FromSeconds(1));
        Assert.True(_bench.Time.GetUtcNow() - QueueBench.Start >= TimeSpan.FromMinutes(0.95));

        SetClock(QueueBench.Start.AddDays(-300));
        await AdvanceUntilAsync(() => a.Deliveries.Count >= 3, TimeSpan.FromSeconds(1));
        // Not before it has been here for that long, whatever the clock says (SE-4).
        await AdvanceUntilAsync(() => _bench.Reports.Made.Contains("Delayed one@a.test"), TimeSpan.FromHours(1));
        Assert.True(_bench.Time.GetElapsedTime(accepted) >= TimeSpan.FromHours(4));
        await AdvanceUntilAsync(() => _bench.Reports.Made.Contains("Failed one@a.test"), TimeSpan.FromDays(1));
        Assert.True(_bench.Time.GetElapsedTime(accepted) >= TimeSpan.FromDays(90));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "Stopped, the loop ends when the delivery that is under way has ended, and begins no other")]
    public async Task Ends_what_is_under_way()
    {
        var a = _bench.Connect("a");
        var release = new TaskCompletionSource();
        a.Script = async (request, _) =>
        {
            await release.Task;
            return DeliveryReport.ForAll(request, RecipientOutcome.Delivered);
        };
        await _bench.AcceptAsync("one@a.test");
        await _bench.AcceptAsync("two@a.test");
        using var stop = new CancellationTokenSource();
        var loop = _bench.Processor.RunAsync(stop.Token);
        await UntilAsync(() => a.Deliveries.Count == 1);

        await stop.CancelAsync();
        Assert.False(loop.IsCompleted);
        release.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
        Assert.Equal(["one@a.test"], a.Attempts);
        Assert.Equal(1, _bench.Queue.Count);
    }

    // And wakes the loop: its timer runs on, which that of the fake clock does not.
    private void SetClock(DateTimeOffset time)
    {
        _bench.Time.AdjustTime(time);
        _bench.Configure(["a"]);
    }

    // The clock moves only while the loop sleeps and no attempt is under way.
    private async Task AdvanceUntilAsync(Func<bool> isReached, TimeSpan step)
    {
        await SettledAsync();
        while (!isReached())
        {
            await _bench.Time.WhenAsleepAsync();
            _bench.Time.Advance(step);
            // What the time has come for gets a processor before the clock moves on.
            for (var i = 0; i < 2_000 && !isReached(); i++)
                await Task.Yield();
            await SettledAsync();
        }

        Task SettledAsync() => UntilAsync(() => isReached() || _bench.Queue.NextDue("a") is not null);
    }

    // Lets the tasks of the pool run.
    private static async Task UntilAsync(Func<bool> isTrue)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!isTrue())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, "it does not happen");
            await Task.Yield();
        }
    }
}
