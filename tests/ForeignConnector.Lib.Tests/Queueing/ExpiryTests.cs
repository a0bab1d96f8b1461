using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>MessageExpirationTimeout and DelayNotificationTimeout.</summary>
public class ExpiryTests
{
    private readonly QueueBench _bench = new();
    private readonly AnsweringConnector _a;

    public ExpiryTests() => _a = _bench.Connect("a");

    [Fact(DisplayName = "After 2 days the recipients that still wait fail with 5.4.7, without another attempt, and the sender is told")]
    public async Task Gives_up_in_time()
    {
        _bench.Options.DelayNotificationTimeout = null;
        _a.Answer(recipient => recipient.Address == "one@a.test" ? RecipientOutcome.Delivered(recipient) : RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull));
        await _bench.AcceptAsync("one@a.test", "two@a.test");
        await _bench.ProcessAsync();
        _a.Deliver();

        var summary = await _bench.ProcessAfterAsync(TimeSpan.FromDays(2));

        Assert.Equal(new DeliverySummary(0, 0, 1), summary);
        Assert.Single(_a.Deliveries);
        Assert.Equal(["Failed two@a.test"], _bench.Reports.Made);
        var failed = _bench.Trail.Events[^1];
        Assert.Equal((TrackingEventKind.Fail, TrackingSource.Routing, "5.4.7"), (failed.Kind, failed.Source, failed.Outcomes.Single().Status.ToString()));
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "RT-4: what is unreachable, and what waits for a connector that is gone, expires alike")]
    public async Task Gives_up_without_a_connector()
    {
        _bench.Options.DelayNotificationTimeout = null;
        await _bench.AcceptAsync("one@nowhere.test");
        _a.Defer();
        await _bench.AcceptAsync("two@a.test");
        await _bench.ProcessAsync();
        _bench.Configure([]);

        await _bench.ProcessAfterAsync(TimeSpan.FromDays(2) + TimeSpan.FromSeconds(1));

        Assert.Equal(["Failed one@nowhere.test", "Failed two@a.test"], _bench.Reports.Made.Order(StringComparer.Ordinal));
        Assert.Equal(0, _bench.Queue.Count);
    }

    [Fact(DisplayName = "A message expires on time, also when its next attempt would be later")]
    public async Task Does_not_wait_for_the_next_attempt()
    {
        _bench.Options.TransientFailureRetryInterval = _bench.Options.MessageRetryInterval = TimeSpan.FromDays(1);
        _bench.Options.MessageExpirationTimeout = TimeSpan.FromSeconds(5);
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();

        Assert.Equal(new DeliverySummary(0, 0, 1), await _bench.ProcessAfterAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact(DisplayName = "The time runs from acceptance, also through a restart")]
    public async Task Counts_from_acceptance()
    {
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();
        _bench.Time.Advance(TimeSpan.FromDays(2));
        _a.Deliver();

        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        Assert.Single(_a.Deliveries);
        Assert.Contains("Failed one@a.test", _bench.Reports.Made);
    }

    [Fact(DisplayName = "After 4 hours the sender of what still waits is told so, once, also after a restart")]
    public async Task Tells_of_a_delay_once()
    {
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.AcceptAsync("two@nowhere.test");
        await _bench.ProcessAsync();
        await _bench.ProcessAfterAsync(new TimeSpan(3, 59, 0));
        Assert.Empty(_bench.Reports.Made);

        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(2));
        await _bench.LoadAsync();
        await _bench.ProcessAfterAsync(TimeSpan.FromHours(4));

        Assert.Equal(["Delayed one@a.test", "Delayed two@nowhere.test"], _bench.Reports.Made.Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "A report of a delay says until when it is tried, and what the connector said")]
    public async Task Says_what_is_known_of_a_delay()
    {
        SenderReport? report = null;
        _bench.Reports.Script = made =>
        {
            report = made;
            return SenderReportResult.Accepted;
        };
        _a.Defer();
        var item = await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();

        await _bench.ProcessAfterAsync(TimeSpan.FromHours(4));

        Assert.Equal(item.Id.AcceptedAt.AddDays(2), report!.WillRetryUntil);
        Assert.Equal(DeliveryStatus.DestinationUnavailable.Text, report.Outcomes.Single().Text);
    }

    [Theory(DisplayName = "DelayNotificationTimeout 0 and unlimited tell of no delay")]
    [InlineData(0)]
    [InlineData(null)]
    public async Task Tells_of_no_delay_when_told_so(int? seconds)
    {
        _bench.Options.DelayNotificationTimeout = seconds is { } value ? TimeSpan.FromSeconds(value) : null;
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();

        await _bench.ProcessAfterAsync(TimeSpan.FromDays(1));

        Assert.Empty(_bench.Reports.Made);
    }

    [Fact(DisplayName = "A delay whose report cannot be made is told later, and harms no delivery")]
    public async Task Tells_of_a_delay_later()
    {
        _bench.Reports.Script = _ => throw new IOException("full");
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();
        await _bench.ProcessAfterAsync(TimeSpan.FromHours(4));
        _bench.Reports.Script = _ => SenderReportResult.NotWanted;

        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(15));

        Assert.Equal(["Delayed one@a.test"], _bench.Reports.Made);
        Assert.Contains("\"delayReported\": true", _bench.Sidecar(), StringComparison.Ordinal);
    }
}
