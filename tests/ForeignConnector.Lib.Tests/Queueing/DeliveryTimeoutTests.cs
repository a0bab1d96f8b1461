using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Processing;
using ForeignConnector.Lib.Routing;
using Microsoft.Extensions.Logging.Testing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>RY-2, RY-3: a connector that hangs holds up nobody.</summary>
public class DeliveryTimeoutTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    private readonly QueueBench _bench = new();
    private readonly TaskCompletionSource<DeliveryReport> _answer = new();

    [Fact(DisplayName = "RY-2: an attempt is cancelled after 10 minutes, and the message deferred with 4.4.2")]
    public async Task Cancels_what_takes_too_long()
    {
        var a = _bench.Connect("a");
        a.Script = async (_, token) =>
        {
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, _bench.Time, token);
            return null!;
        };
        await _bench.AcceptAsync("one@a.test");
        var round = _bench.ProcessAsync();
        _bench.Time.Advance(Timeout - TimeSpan.FromSeconds(1));
        Assert.False(round.IsCompleted);

        _bench.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(new DeliverySummary(0, 1, 0), await round);
        Assert.Contains("\"status\": \"4.4.2\"", _bench.Sidecar(), StringComparison.Ordinal);
        // It ends, so its place is free.
        await Wait.UntilAsync(() => _bench.Processor.OverdueAttempts.Count == 0);
        a.Deliver();
        await _bench.ProcessAfterAsync(Timeout);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "RY-2: the time is the connector's own, as configured")]
    public async Task Follows_the_configuration()
    {
        _bench.Connect("a").Script = (_, _) => new(_answer.Task);
        var current = _bench.State.Current;
        _bench.State.Replace(new TransportSnapshot(current.Selector, current.Connectors, current.AcceptedDomains) { DeliveryTimeouts = new Dictionary<string, TimeSpan> { ["A"] = TimeSpan.FromSeconds(2) } });
        await _bench.AcceptAsync("one@a.test");
        var round = _bench.ProcessAsync();

        _bench.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(new DeliverySummary(0, 1, 0), await round);
    }

    [Theory(DisplayName = "RY-2: an attempt that does not even end keeps its place, is counted and told of, and leaves the other places to the others")]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    public async Task Keeps_the_place_of_what_never_ends(int places, int delivered)
    {
        var a = _bench.Connect("a", maxConcurrent: places);
        a.Script = (request, _) => request.Envelope.Recipients[0].Address == "hangs@a.test" ? new(_answer.Task) : new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));
        await _bench.AcceptAsync("hangs@a.test");
        var round = _bench.ProcessAsync();
        _bench.Time.Advance(Timeout);
        await round;
        Assert.Equal(1, _bench.Processor.OverdueAttempts["a"]);
        Assert.Single(_bench.Logs.GetSnapshot(), record => record.Id.Id == EventIds.DeliveryOverdue);

        for (var i = 0; i < 3; i++)
            await _bench.AcceptAsync($"{i}@a.test");
        Assert.Equal(new DeliverySummary(delivered, 0, 0), await _bench.ProcessAsync());
        _answer.SetException(new IOException("gone"));
        await Wait.UntilAsync(() => _bench.Processor.OverdueAttempts.Count == 0);
        a.Deliver();
        await _bench.ProcessAfterAsync(Timeout);

        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "RY-2: what an attempt delivered after its time counts, and is not delivered again; while it runs the message is not tried again")]
    public async Task Counts_what_was_delivered_late()
    {
        var a = _bench.Connect("a", maxConcurrent: 2);
        a.Script = (_, _) => new(_answer.Task);
        await _bench.AcceptAsync("one@a.test", "two@a.test");
        var round = _bench.ProcessAsync();
        _bench.Time.Advance(Timeout);
        await round;
        await _bench.ProcessAfterAsync(Timeout);
        Assert.Single(a.Deliveries);

        _answer.SetResult(new DeliveryReport([RecipientOutcome.Delivered(new EnvelopeRecipient("one@a.test"))]));
        a.Deliver();
        await _bench.ProcessAfterAsync(Timeout);
        await _bench.ProcessAfterAsync(Timeout);

        Assert.Equal(["one@a.test two@a.test", "two@a.test"], a.Attempts);
        Assert.Equal(["one@a.test", "two@a.test"], _bench.Trail.Events.Where(happened => happened.Kind == TrackingEventKind.Send).SelectMany(happened => happened.Outcomes).Select(outcome => outcome.Recipient.Address));
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "RY-2, ND-8: what waits behind an attempt that never ends expires, and so does its own message")]
    public async Task Gives_up_behind_an_attempt_that_never_ends()
    {
        _bench.Options.DelayNotificationTimeout = null;
        _bench.Connect("a").Script = (_, _) => new(_answer.Task);
        await _bench.AcceptAsync("hangs@a.test");
        await _bench.AcceptAsync("waits@a.test");
        var round = _bench.ProcessAsync();
        _bench.Time.Advance(Timeout);
        await round;

        await _bench.ProcessAfterAsync(TimeSpan.FromDays(2));

        Assert.Equal(["Failed hangs@a.test", "Failed waits@a.test"], _bench.Reports.Made.Order(StringComparer.Ordinal));
        Assert.Empty(_bench.QueueFiles);
    }

    [Theory(DisplayName = "RY-3: a connector that holds its thread, never ends or throws holds up no other one and no stop")]
    [InlineData("thread")]
    [InlineData("never")]
    [InlineData("throws")]
    [InlineData("places")]
    public async Task Holds_up_nobody(string how)
    {
        using var release = new ManualResetEventSlim();
        var (queue, time) = (_bench.Queue, _bench.Time);
        var (bad, good) = (new HangingConnector(how, release), new AnsweringConnector());
        var state = new TransportState(new TransportSnapshot(
            new ConnectorSelector(new[] { "bad", "good" }.Select(name => new ConnectorDefinition { Name = name, AddressSpaces = [AddressSpace.Parse($"{name}.test")] }), TransportTopology.SingleServer("HUB01")),
            new Dictionary<string, IForeignConnector> { ["bad"] = bad, ["good"] = good }, []));
        using var processor = new QueueProcessor(state, queue, new QueueProcessorOptions(), _bench.Reports, _bench.Trail, time, new Random(1), new FakeLogger<QueueProcessor>(_bench.Logs));
        var item = _bench.Item("one@bad.test");
        await queue.EnqueueAsync(item, "bad", CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var running = processor.RunAsync(stop.Token);
        await Wait.UntilAsync(() => how == "throws"
            ? Deferrals() == 1
            : bad.IsBusy || _bench.Logs.GetSnapshot().Any(record => record.Id.Id == EventIds.QueueFailed));

        await queue.EnqueueAsync(_bench.Item("one@good.test"), "good", CancellationToken.None);
        await Wait.UntilAsync(() => good.Deliveries.Count == 1);
        await stop.CancelAsync();
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        release.Set();

        Assert.True(running.IsCanceled);
        // Nothing happened to the message.
        Assert.Equal(how == "throws" ? 1 : 0, Deferrals());

        int Deferrals() => _bench.Trail.Events.Count(happened => happened.Kind == TrackingEventKind.Defer);
    }

    private sealed class HangingConnector(string how, ManualResetEventSlim release) : IForeignConnector
    {
        public bool IsBusy { get; private set; }

        public int MaxConcurrentDeliveries => how == "places" ? throw new NotSupportedException("places") : 1;

        public ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
        {
            IsBusy = true;
            if (how == "throws")
                throw new InvalidOperationException("broken");
            if (how == "thread")
                release.Wait(CancellationToken.None);
            return new(new TaskCompletionSource<DeliveryReport>().Task);
        }
    }
}
