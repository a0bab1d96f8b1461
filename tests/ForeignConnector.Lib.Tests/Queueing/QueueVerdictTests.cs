using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing.Processing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>What a connector says about its queue, over every store.</summary>
public class QueueVerdictTests
{
    private static readonly SmtpResponse Busy = new(421, new(4, 4, 5), "The system is busy.");
    private static readonly SmtpResponse Closed = new(554, new(5, 3, 2), "The system is closed for good.");

    [Theory(DisplayName = "DA-6: DeferQueue defers the message in hand with its response and lets no other one go before the interval is over")]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 30)]
    [InlineData(true, 300)]
    public async Task Defers_the_queue(bool isInMemory, int minutes)
    {
        var bench = new QueueBench(isInMemory);
        var connector = bench.Connect("a");
        connector.Script = (_, _) => new(DeliveryReport.Of(QueueVerdict.Defer(Busy, TimeSpan.FromMinutes(minutes))));
        await bench.AcceptAsync("one@a.test");
        await bench.AcceptAsync("two@a.test");

        Assert.Equal(new DeliverySummary(0, 1, 0), await bench.ProcessAsync());
        connector.Deliver();
        Assert.Equal(default, await bench.ProcessAfterAsync(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1)));
        Assert.Equal(new DeliverySummary(2, 0, 0), await bench.ProcessAfterAsync(TimeSpan.FromSeconds(1)));

        var deferral = bench.Trail.Events.Where(each => each.Kind == TrackingEventKind.Defer).SelectMany(each => each.Outcomes).First();
        Assert.Equal((Busy.EnhancedStatusCode, Busy.StatusText), (deferral.Status, deferral.Text));
        Assert.Single(bench.Logs.GetSnapshot(), record => record.Id.Id == EventIds.QueueDeferred);
    }

    [Fact(DisplayName = "DA-6, RY-1: without an interval the retry schedule decides")]
    public async Task Defers_by_the_schedule()
    {
        var bench = new QueueBench();
        var connector = bench.Connect("a");
        connector.Script = (_, _) => new(DeliveryReport.Of(QueueVerdict.Defer(Busy)));
        await bench.AcceptAsync("one@a.test");
        await bench.ProcessAsync();

        Assert.Equal(default, await bench.ProcessAfterAsync(TimeSpan.FromSeconds(50)));
        Assert.Equal(new DeliverySummary(0, 1, 0), await bench.ProcessAfterAsync(TimeSpan.FromSeconds(10)));
    }

    [Theory(DisplayName = "DA-6: FailQueue fails every message that is due with its response and a report each, and no later one")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fails_the_queue(bool isInMemory)
    {
        var bench = new QueueBench(isInMemory);
        var connector = bench.Connect("a");
        connector.Script = (_, _) => new(DeliveryReport.Of(QueueVerdict.Fail(Closed)));
        await bench.AcceptAsync("one@a.test");
        await bench.AcceptAsync("two@a.test");
        await bench.AcceptAsync("three@a.test");

        var summary = await bench.ProcessAsync();

        Assert.Equal(new DeliverySummary(0, 0, 3), summary);
        Assert.Equal(3, bench.Reports.Made.Count);
        Assert.All(bench.Trail.Events.Where(each => each.Kind == TrackingEventKind.Fail), failed =>
            Assert.Equal(Closed.EnhancedStatusCode, Assert.Single(failed.Outcomes).Status));
        connector.Deliver();
        await bench.AcceptAsync("four@a.test");
        Assert.Equal(new DeliverySummary(1, 0, 0), await bench.ProcessAsync());
        Assert.Contains(bench.Logs.GetSnapshot(), record => record.Id.Id == EventIds.QueueVerdictFailed);
    }

    [Theory(DisplayName = "DA-6: a verdict with a response of the wrong class is the agent's error: deferred with 4.3.0")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refuses_a_wrong_class(bool isFailure)
    {
        var bench = new QueueBench();
        bench.Connect("a").Script = (_, _) => new(DeliveryReport.Of(isFailure ? QueueVerdict.Fail(Busy) : QueueVerdict.Defer(Closed)));
        await bench.AcceptAsync("one@a.test");

        Assert.Equal(new DeliverySummary(0, 1, 0), await bench.ProcessAsync());
        Assert.Contains("4.3.0", bench.Sidecar(), StringComparison.Ordinal);
        Assert.Contains(bench.Logs.GetSnapshot(), record => record.Id.Id == EventIds.WrongVerdict);
    }

    [Theory(DisplayName = "DA-3: outcomes of recipients hold beside a verdict about the queue")]
    [InlineData(false, 1, 0)]
    [InlineData(true, 0, 1)]
    public async Task Keeps_outcomes_beside_a_verdict(bool isFailure, int deferred, int failed)
    {
        var bench = new QueueBench();
        bench.Connect("a").Script = (request, _) => new(new DeliveryReport([RecipientOutcome.Delivered(request.Envelope.Recipients[0])])
        {
            Queue = isFailure ? QueueVerdict.Fail(Closed) : QueueVerdict.Defer(Busy),
        });
        await bench.AcceptAsync("one@a.test", "two@a.test");

        Assert.Equal(new DeliverySummary(1, deferred, failed), await bench.ProcessAsync());
    }

    [Theory(DisplayName = "DA-10: a deferral may name a time before which no attempt is made; less than the schedule's changes nothing")]
    [InlineData(60, 60)]
    [InlineData(24 * 60, 24 * 60)]
    [InlineData(72 * 60, 24 * 60)]
    [InlineData(1, 5)]
    public async Task Waits_as_long_as_it_is_asked(int asked, int waited)
    {
        var bench = new QueueBench();
        var connector = bench.Connect("a");
        connector.Answer(recipient => RecipientOutcome.Deferred(recipient, new(4, 2, 1), "Later.") with
        {
            NotBefore = QueueBench.Start + TimeSpan.FromMinutes(asked),
        });
        await bench.AcceptAsync("one@a.test");
        await bench.ProcessAsync();
        connector.Deliver();

        // Jitter takes up to 5 % off the schedule's own waits.
        Assert.Equal(default, await bench.ProcessAfterAsync(TimeSpan.FromMinutes(waited) * 0.94));
        Assert.Equal(new DeliverySummary(1, 0, 0), await bench.ProcessAfterAsync(TimeSpan.FromMinutes(waited) * 0.06));
    }

    [Theory(DisplayName = "GW-2: what was handed over is neither tried again nor given up, also by the next process")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keeps_what_was_handed_over(bool isInMemory)
    {
        var bench = new QueueBench(isInMemory);
        var connector = bench.Connect("a");
        connector.Answer(RecipientOutcome.HandedOver);
        await bench.AcceptAsync("one@a.test");
        await bench.ProcessAsync();

        bench.Restart();
        await bench.LoadAsync();
        await bench.ProcessAfterAsync(TimeSpan.FromDays(5));

        Assert.Single(connector.Deliveries);
        Assert.Empty(bench.Reports.Made);
        Assert.Equal(1, bench.Store.Overview.Count);
    }

    [Fact(DisplayName = "GW-2: recipients that were not handed over are tried alone")]
    public async Task Tries_those_that_were_not_handed_over()
    {
        var bench = new QueueBench();
        var connector = bench.Connect("a");
        connector.Script = (request, _) => new(new DeliveryReport(
        [
            RecipientOutcome.HandedOver(request.Envelope.Recipients[0]),
            RecipientOutcome.Deferred(request.Envelope.Recipients[1], new(4, 2, 1), "Later."),
        ]));
        await bench.AcceptAsync("one@a.test", "two@a.test");
        await bench.ProcessAsync();
        connector.Answer(RecipientOutcome.HandedOver);

        await bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));
        await bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(["one@a.test two@a.test", "two@a.test"], connector.Attempts);
    }

    [Fact(DisplayName = "DA-12: a delivery knows which attempt it is, and when the message was accepted and expires")]
    public async Task Tells_the_attempt()
    {
        var bench = new QueueBench();
        var seen = new List<(int, DateTimeOffset, TimeSpan)>();
        bench.Connect("a").Script = (request, _) =>
        {
            seen.Add((request.Attempt, request.AcceptedAt, request.ExpiresAt - request.AcceptedAt));
            return new(DeliveryReport.Deferred(request, DeliveryStatus.DestinationUnavailable));
        };
        await bench.AcceptAsync("one@a.test");
        await bench.ProcessAsync();
        await bench.ProcessAfterAsync(TimeSpan.FromMinutes(1));

        Assert.Equal([(1, QueueBench.Start, TimeSpan.FromDays(2)), (2, QueueBench.Start, TimeSpan.FromDays(2))], seen);
    }
}
