using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.Queueing.Processing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>A failing connector is not hammered.</summary>
public class OutageTests
{
    private const int Backlog = 20;

    private readonly QueueBench _bench = new();
    private readonly AnsweringConnector _a;
    private readonly AnsweringConnector _b;

    public OutageTests() => (_a, _b) = (_bench.Connect("a"), _bench.Connect("b"));

    private QueueManager Manager => _bench.Manager;

    [Fact(DisplayName = "After three failures a connector gets one message per interval; the others wait without an attempt, and other connectors do not notice")]
    public async Task Probes_with_one_message_at_a_time()
    {
        await FailAsync();

        Assert.Equal(3, _a.Deliveries.Count);
        Assert.Equal(Backlog, _b.Deliveries.Count);
        // An interval is a minute, or up to 5 % less.
        await _bench.ProcessAfterAsync(TimeSpan.FromSeconds(56.9));
        Assert.Equal(3, _a.Deliveries.Count);
        await _bench.ProcessAfterAsync(TimeSpan.FromSeconds(3.1));
        Assert.Equal(4, _a.Deliveries.Count);
        Assert.Equal(4, _bench.QueueFiles.Count(name => name.EndsWith(".json", StringComparison.Ordinal)));
        Assert.Single(_bench.Logs.GetSnapshot(), record => record.Id.Id == EventIds.ConnectorFailing);
    }

    [Fact(DisplayName = "The first success ends the outage, and everything that waits goes at once, in the order of acceptance")]
    public async Task Goes_on_at_once_after_a_success()
    {
        await FailAsync();
        _a.Deliver();
        // What was tried before comes when its own wait is over, and waits differ by up to 5 %.
        var tried = await Manager.ListAsync(new QueueFilter { Connector = "a" }, default).Where(message => message.Attempts > 0).ToListAsync();
        var inTurn = tried.OrderBy(message => message.NextAttempt).Select(message => message.Recipients.Single().Address);

        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(_bench.QueueFiles);
        Assert.Equal([.. Enumerable.Range(3, Backlog - 3).Select(i => $"{i:00}@a.test"), .. inTurn], _a.Attempts.Skip(3));
        Assert.Single(_bench.Logs.GetSnapshot(), record => record.Id.Id == EventIds.ConnectorRecovered);
    }

    [Fact(DisplayName = "A retry by hand ends the wait for the next probe: one attempt at once, and when it goes through what waited untried goes too")]
    public async Task Tries_again_when_asked_for()
    {
        await FailAsync();
        var manager = Manager;
        var untried = await manager.ListAsync(new QueueFilter { Connector = "a", Status = QueuedMessageStatus.Ready }, default).ToListAsync();
        await RetryAsync(untried[^1].Id);
        Assert.Equal(4, _a.Deliveries.Count);
        _a.Deliver();

        await RetryAsync(untried[^1].Id);

        Assert.Equal(Backlog, _a.Deliveries.Count);
        Assert.Equal(4, _bench.Queue.Count);
        Assert.DoesNotContain(_bench.QueueFiles, path => path.EndsWith(".retry", StringComparison.Ordinal));

        async Task RetryAsync(string id)
        {
            Assert.Equal(QueueActionResult.Done, await manager.RetryAsync(id, default));
            await _bench.Queue.LoadAsync(default);
            await _bench.ProcessAsync();
        }
    }

    [Fact(DisplayName = "A change of the configuration is a reason to try at once")]
    public async Task Begins_anew_with_another_configuration()
    {
        await FailAsync();
        var other = _bench.Connectors["a"] = new AnsweringConnector();
        _bench.Configure(["a", "b"]);

        await _bench.ProcessAsync();

        Assert.Equal(Backlog - 3, other.Deliveries.Count);
    }

    [Fact(DisplayName = "What waits behind an outage expires, and its sender is told of the delay, on time and without an attempt")]
    public async Task Looks_after_what_waits_behind_an_outage()
    {
        await FailAsync();

        await _bench.ProcessAfterAsync(TimeSpan.FromHours(4) + TimeSpan.FromSeconds(1));
        Assert.Equal(Backlog, _bench.Reports.Made.Count(report => report.StartsWith("Delayed", StringComparison.Ordinal)));
        var attempts = _a.Deliveries.Count;
        await _bench.ProcessAfterAsync(TimeSpan.FromDays(2));

        Assert.Equal(attempts, _a.Deliveries.Count);
        Assert.Equal(Backlog, _bench.Reports.Made.Count(report => report.StartsWith("Failed", StringComparison.Ordinal)));
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "A message that is refused for good says nothing against the connector")]
    public async Task Counts_no_refusals()
    {
        _a.Fail();
        for (var i = 0; i < Backlog; i++)
            await _bench.AcceptAsync($"{i:00}@a.test");

        await _bench.ProcessAsync();

        Assert.Equal(Backlog, _a.Deliveries.Count);
    }

    [Fact(DisplayName = "DR-6: a connector that is full is not out of order: a smaller message behind may still fit")]
    public async Task Counts_no_full_systems()
    {
        _a.Answer(recipient => recipient.Address.StartsWith("19", StringComparison.Ordinal)
            ? Lib.Mail.Outcomes.RecipientOutcome.Delivered(recipient)
            : Lib.Mail.Outcomes.RecipientOutcome.Deferred(recipient, Lib.Mail.Outcomes.DeliveryStatus.DestinationFull));
        for (var i = 0; i < Backlog; i++)
            await _bench.AcceptAsync($"{i:00}@a.test");

        var summary = await _bench.ProcessAsync();

        Assert.Equal(new DeliverySummary(1, Backlog - 1, 0), summary);
    }

    [Theory(DisplayName = "SE-3: a recipient that is busy, or a message whose names are taken, says nothing against the connector: messages for others are tried at once")]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    public async Task Counts_no_busy_recipients(int subject, int detail)
    {
        _a.Answer(recipient => recipient.Address.StartsWith("busy", StringComparison.Ordinal)
            ? Lib.Mail.Outcomes.RecipientOutcome.Deferred(recipient, new Lib.Mail.Outcomes.EnhancedStatusCode(4, subject, detail), "Busy.")
            : Lib.Mail.Outcomes.RecipientOutcome.Delivered(recipient));
        for (var i = 0; i < Backlog; i++)
            await _bench.AcceptAsync($"busy{i}@a.test");
        await _bench.AcceptAsync("free@a.test");

        var summary = await _bench.ProcessAsync();

        Assert.Equal(new DeliverySummary(1, Backlog, 0), summary);
    }

    [Fact(DisplayName = "One message that is deferred again and again does not hold up the others")]
    public async Task Counts_a_message_once()
    {
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        for (var i = 0; i < 5; i++)
            await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));

        await _bench.AcceptAsync("two@a.test");
        await _bench.ProcessAsync();

        Assert.Equal("two@a.test", _a.Attempts.Last());
    }

    private async Task FailAsync()
    {
        _a.Defer();
        for (var i = 0; i < Backlog; i++)
            await _bench.AcceptAsync($"{i:00}@a.test", $"{i:00}@b.test");
        await _bench.ProcessAsync();
    }
}
