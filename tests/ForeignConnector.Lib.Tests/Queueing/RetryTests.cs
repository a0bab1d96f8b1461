using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing.Processing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>When the processor tries again.</summary>
public class RetryTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly QueueBench _bench = new();
    private readonly AnsweringConnector _a;

    public RetryTests() => _a = _bench.Connect("a");

    [Fact(DisplayName = "RY-1: a message whose connector fails is tried again after 1 minute, four times, after 5 minutes, six times, then every 10 minutes")]
    public Task Follows_the_schedule_of_the_connector() => FollowAsync(DeliveryStatus.DestinationUnavailable, [0, 1, 2, 3, 4, 9, 14, 19, 24, 29, 34, 44, 54, 64]);

    [Theory(DisplayName = "RY-1: a message that is deferred for its own sake, its recipient's or for want of room is tried again every 5 minutes")]
    [InlineData("4.2.1")]
    [InlineData("4.1.8")]
    [InlineData("4.3.1")]
    public Task Follows_the_schedule_of_the_message(string status)
    {
        _a.Answer(recipient => RecipientOutcome.Deferred(recipient, EnhancedStatusCode.TryParse(status, out var code) ? code : default, "Later."));
        return FollowAsync(null, [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65]);
    }

    [Fact(DisplayName = "RY-1: a success begins the schedule anew")]
    public async Task Begins_anew_after_a_success()
    {
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        for (var minute = 0; minute < 30; minute++)
            await _bench.ProcessAfterAsync(Minute);
        _a.Deliver();
        await _bench.ProcessAfterAsync(10 * Minute);
        Assert.Empty(_bench.QueueFiles);
        await FollowAsync(DeliveryStatus.DestinationUnavailable, [0, 1, 2, 3, 4, 9, 14, 19, 24, 29, 34, 44, 54, 64]);
    }

    private async Task FollowAsync(DeliveryStatus? status, int[] expected)
    {
        if (status is not null)
            _a.Answer(recipient => RecipientOutcome.Deferred(recipient, status));
        await _bench.AcceptAsync("one@a.test");
        var times = new List<int>();
        for (var minute = 0; minute <= 65; minute++)
        {
            var before = _a.Deliveries.Count;
            await _bench.ProcessAsync();
            if (_a.Deliveries.Count > before)
                times.Add(minute);
            _bench.Time.Advance(Minute);
        }

        // Jitter takes up to 5 % off; a look comes every minute.
        Assert.Equal(expected, times);
    }

    [Fact(DisplayName = "RT-5: recipients that are settled are not tried again, those without an answer are")]
    public async Task Tries_only_what_is_left()
    {
        _a.Script = (request, _) => new(new DeliveryReport(
        [
            RecipientOutcome.Delivered(request.Envelope.Recipients[0]), RecipientOutcome.Deferred(request.Envelope.Recipients[1], DeliveryStatus.DestinationFull),
            RecipientOutcome.Delivered(new EnvelopeRecipient("nobody@asked.test")),
        ]));
        await _bench.AcceptAsync("one@a.test", "two@a.test", "three@a.test");
        Assert.Equal(new DeliverySummary(1, 2, 0), await _bench.ProcessAsync());
        _a.Deliver();

        await _bench.ProcessAfterAsync(5 * Minute);

        Assert.Equal(["one@a.test two@a.test three@a.test", "two@a.test three@a.test"], _a.Attempts);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "Everything is due at once when a process starts; attempts are counted on")]
    public async Task Starts_with_everything_due()
    {
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();

        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        Assert.Equal(2, _a.Deliveries.Count);
        Assert.Contains("\"attempts\": 2", _bench.Sidecar(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A connector that throws defers the message, and only the cancellation of the round is a cancellation")]
    public async Task Defers_when_the_connector_throws()
    {
        _a.Script = (_, _) => throw new OperationCanceledException();
        await _bench.AcceptAsync("one@a.test");

        Assert.Equal(new DeliverySummary(0, 1, 0), await _bench.ProcessAsync());
        Assert.Contains("4.3.0", _bench.Sidecar(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A cancelled attempt leaves the message as it was, due at once")]
    public async Task Leaves_what_was_cancelled()
    {
        using var stop = new CancellationTokenSource();
        _a.Script = async (_, token) =>
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
            return null!;
        };
        await _bench.AcceptAsync("one@a.test");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _bench.Processor.ProcessDueAsync(stop.Token));

        _a.Deliver();
        Assert.Equal(new DeliverySummary(1, 0, 0), await _bench.ProcessAsync());
    }

    [Fact(DisplayName = "What was delivered is recorded, also when the round is cancelled meanwhile")]
    public async Task Records_what_was_delivered_when_stopping()
    {
        using var stop = new CancellationTokenSource();
        _a.Script = async (request, _) =>
        {
            await stop.CancelAsync();
            return DeliveryReport.ForAll(request, RecipientOutcome.Delivered);
        };
        await _bench.AcceptAsync("one@a.test");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _bench.Processor.ProcessDueAsync(stop.Token));

        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "A clock that is set back a year puts nothing off for longer than the longest interval")]
    public async Task Bounds_the_wait_when_the_clock_goes_back()
    {
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();
        _bench.Time.AdjustTime(QueueBench.Start.AddYears(-1));
        _a.Deliver();

        await _bench.Store.LimitDueAsync(_bench.Time.GetUtcNow() + _bench.Options.MessageRetryInterval, CancellationToken.None);
        await _bench.ProcessAfterAsync(_bench.Options.MessageRetryInterval);

        Assert.Equal(2, _a.Deliveries.Count);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "A message that was accepted under a clock that was ahead is due all the same")]
    public async Task Delivers_what_was_accepted_in_the_future()
    {
        var item = _bench.Item("one@a.test");

        await _bench.Queue.EnqueueAsync(item with { Id = item.Id with { AcceptedAt = QueueBench.Start.AddYears(1) } }, "a", CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Single(_a.Deliveries);
    }
}
