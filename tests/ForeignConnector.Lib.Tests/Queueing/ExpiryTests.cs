using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.Queueing.Processing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>MessageExpirationTimeout and DelayNotificationTimeout.</summary>
public class ExpiryTests
{
    private readonly QueueBench _bench = new();
    private readonly AnsweringConnector _a;

    private readonly List<SenderReport> _reports = [];

    public ExpiryTests()
    {
        _a = _bench.Connect("a");
        _bench.Reports.Script = report =>
        {
            _reports.Add(report);
            return SenderReportResult.Accepted;
        };
    }

    private static Comparer<RecipientOutcome> ByAddress => Comparer<RecipientOutcome>.Create((a, b) => string.CompareOrdinal(a.Recipient.Address, b.Recipient.Address));

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
        Assert.Equal((TrackingEventKind.Fail, TrackingSource.Queue, "5.4.7"), (failed.Kind, failed.Source, failed.Outcomes.Single().Status.ToString()));
        Assert.Empty(_bench.QueueFiles);
    }

    [Theory(DisplayName = "RT-5: a queue in which nothing can be given up does not keep the expired messages of the other connectors")]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public async Task Goes_on_with_the_next_connector(string broken, string sound)
    {
        _a.Defer();
        _bench.Connect("b").Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.AcceptAsync("one@b.test");
        await _bench.ProcessAsync();
        var file = _bench.QueueFiles.Single(path => path.Contains($"/{broken}/", StringComparison.Ordinal) && path.EndsWith(".eml", StringComparison.Ordinal));
        _bench.Files.Before = operation =>
        {
            if (operation.ToString()!.Contains(Path.GetFileNameWithoutExtension(file), StringComparison.Ordinal))
                throw new IOException("Input/output error");
        };

        await _bench.ProcessAfterAsync(TimeSpan.FromDays(2) + TimeSpan.FromSeconds(1));

        Assert.Contains($"Failed one@{sound}.test", _bench.Reports.Made);
        Assert.Equal([file], _bench.QueueFiles.Where(path => path.EndsWith(".eml", StringComparison.Ordinal)));
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

    [Theory(DisplayName = "ND-8: what waited while the host rested is tried once before it is given up; the time runs from acceptance, also through a restart")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tries_once_what_waited_while_the_host_rested(bool isDelivered)
    {
        _a.Defer();
        _bench.Connect("b").Defer();
        await _bench.AcceptAsync("one@a.test", "two@b.test");
        await _bench.ProcessAsync();
        _bench.Time.Advance(TimeSpan.FromDays(3));
        if (isDelivered)
            _a.Deliver();

        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        Assert.Equal(2, _a.Deliveries.Count);
        Assert.Equal(2, _bench.Connectors["b"].Deliveries.Count);
        var failed = Assert.Single(_reports, report => report.Kind == SenderReportKind.Failed).Outcomes;
        Assert.Equal(isDelivered ? ["two@b.test"] : ["one@a.test", "two@b.test"], failed.Select(outcome => outcome.Recipient.Address).Order(StringComparer.Ordinal));
        Assert.Empty(_bench.QueueFiles);
    }

    public static MatrixTheoryData<string, int, bool> Absences => new(["never there", "taken away", "tried and taken away", "beside another"], [3, 400], [true, false]);

    [Theory(DisplayName = "ND-8: what was unreachable for longer than its time is tried once when its connector comes, and given up only when that fails")]
    [MemberData(nameof(Absences))]
    public async Task Tries_once_what_waited_while_its_connector_was_away(string absence, int days, bool isDelivered)
    {
        _bench.Options.DelayNotificationTimeout = null;
        if (absence.EndsWith("taken away", StringComparison.Ordinal))
            _bench.Connect("later").Defer();
        await _bench.AcceptAsync(absence == "beside another" ? ["two@a.test", "one@later.test"] : ["one@later.test"]);
        if (absence != "taken away")
            await _bench.ProcessAsync();
        _bench.Configure(["a"]);
        await _bench.Rerouter.RerouteAsync(CancellationToken.None);
        _bench.Time.Advance(TimeSpan.FromDays(days));
        var later = _bench.Connect("later");
        if (!isDelivered)
            later.Defer();
        await _bench.LoadAsync();

        await _bench.ProcessAsync();

        Assert.Single(later.Deliveries);
        Assert.Equal(isDelivered ? [] : ["Failed one@later.test"], _bench.Reports.Made);
        Assert.Empty(_bench.QueueFiles);
    }

    [Theory(DisplayName = "ND-8: what was held for longer than its time is tried once when it is released, and given up only when that fails")]
    [InlineData(true, true, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    [InlineData(true, true, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public async Task Tries_once_what_was_held(bool wasTried, bool isDelivered, bool isRestarted)
    {
        _bench.Options.DelayNotificationTimeout = null;
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        if (wasTried)
            await _bench.ProcessAsync();
        var manager = _bench.Manager;
        var id = Assert.Single(await manager.ListAsync(new QueueFilter(), default).ToListAsync()).Id;
        Assert.Equal(QueueActionResult.Done, await manager.HoldAsync(id, default));
        await LookAsync();
        // As the processor does all the time, days long.
        for (var i = 0; i < 5; i++)
        {
            await _bench.ProcessAfterAsync(TimeSpan.FromHours(18));
            await _bench.Queue.LoadAsync(default);
        }
        if (isRestarted)
        {
            await _bench.LoadAsync();
            manager = _bench.Manager;
            await _bench.ProcessAsync();
        }
        var before = wasTried ? 1 : 0;
        Assert.Equal(before, _a.Deliveries.Count);
        Assert.Empty(_reports);
        if (isDelivered)
            _a.Deliver();

        Assert.Equal(QueueActionResult.Done, await manager.ReleaseAsync(id, default));
        await LookAsync();

        Assert.Equal(before + 1, _a.Deliveries.Count);
        Assert.Equal(isDelivered ? [] : ["Failed"], _reports.Select(report => report.Kind.ToString()));
        Assert.Empty(_bench.QueueFiles);

        async Task LookAsync()
        {
            await _bench.Queue.LoadAsync(default);
            await _bench.ProcessAsync();
            await _bench.ProcessAsync();
        }
    }

    [Theory(DisplayName = "ND-8: what is unreachable still after the host rested, and was routed in vain, is given up")]
    [InlineData(3, "one@nowhere.test")]
    [InlineData(400, "one@nowhere.test", "two@nowhere.test", "three@elsewhere.test")]
    [InlineData(3, "one@nowhere.test", "two@a.test")]
    public async Task Gives_up_what_is_unreachable_after_a_rest(int days, params string[] recipients)
    {
        await _bench.AcceptAsync(recipients);
        _bench.Time.Advance(TimeSpan.FromDays(days));
        await _bench.LoadAsync();

        await _bench.ProcessAsync();

        var failed = _reports.SelectMany(report => report.Outcomes).Where(outcome => outcome.Action == RecipientAction.Failed);
        Assert.Equal(recipients.Where(address => address != "two@a.test"), failed.Select(outcome => outcome.Recipient.Address));
        Assert.Equal(recipients.Count(address => address == "two@a.test"), _a.Deliveries.Count);
        Assert.Empty(_bench.QueueFiles);
    }

    [Theory(DisplayName = "SE-4: a clock that is ahead for three seconds bounces nothing and tells of no delay")]
    [InlineData(3)]
    [InlineData(3650)]
    public async Task Does_not_believe_a_clock_that_jumps(int days)
    {
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.AcceptAsync("two@nowhere.test");
        await _bench.ProcessAsync();
        _bench.Time.AdjustTime(_bench.Time.GetUtcNow().AddDays(days));
        await _bench.ProcessAfterAsync(TimeSpan.FromSeconds(3));
        _bench.Time.AdjustTime(_bench.Time.GetUtcNow().AddDays(-days));
        await _bench.ProcessAsync();

        Assert.Empty(_bench.Reports.Made);
        Assert.Equal(2, _bench.Queue.Count);
        _bench.Options.DelayNotificationTimeout = null;
        await _bench.ProcessAfterAsync(TimeSpan.FromDays(2));
        Assert.Equal(2, _bench.Reports.Made.Count);
    }

    [Theory(DisplayName = "SE-4: what was accepted under a clock that was ahead expires all the same, by the time this process has seen")]
    [InlineData(1)]
    [InlineData(10)]
    public async Task Gives_up_what_comes_from_the_future(int years)
    {
        _bench.Options.DelayNotificationTimeout = null;
        _a.Defer();
        var item = _bench.Item("one@a.test");
        await _bench.Queue.EnqueueAsync(item with { Id = item.Id with { AcceptedAt = QueueBench.Start.AddYears(years) } }, "a", CancellationToken.None);
        await _bench.ProcessAsync();
        await _bench.ProcessAfterAsync(new TimeSpan(47, 0, 0));
        Assert.Empty(_bench.Reports.Made);

        await _bench.ProcessAfterAsync(TimeSpan.FromHours(1));

        Assert.Equal(["Failed one@a.test"], _bench.Reports.Made);
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

    [Fact(DisplayName = "Issue 5: the entries of one message that expire together make one report, each recipient with its own last reason")]
    public async Task Reports_once_for_all_entries_that_expire()
    {
        await AcceptForThreeEntriesAsync();
        _bench.Options.DelayNotificationTimeout = null;

        var summary = await _bench.ProcessAfterAsync(TimeSpan.FromDays(2));

        Assert.Equal(new DeliverySummary(0, 0, 3), summary);
        var report = Assert.Single(_reports);
        Assert.Equal(
            [$"one@a.test 5.4.7 {Last(DeliveryStatus.DestinationUnavailable)}", $"three@nowhere.test 5.4.7 {Last(DeliveryStatus.Unreachable)}", $"two@b.test 5.4.7 {Last(DeliveryStatus.DestinationFull)}"],
            report.Outcomes.Select(outcome => $"{outcome.Recipient.Address} {outcome.Status} {outcome.Text}").Order(StringComparer.Ordinal));
        Assert.Equal(3, _bench.Trail.Events.Count(happened => happened.Kind == TrackingEventKind.Fail));
        Assert.Empty(_bench.QueueFiles);

        static string Last(DeliveryStatus status) => $"{DeliveryStatus.Expired.Text} The last reason ({status.Code}): {status.Text}";
    }

    [Fact(DisplayName = "Issue 5: the entries of one message that are late together make one report; without a connector the reason is that there is none")]
    public async Task Reports_once_for_all_entries_that_are_late()
    {
        await AcceptForThreeEntriesAsync();

        await _bench.ProcessAfterAsync(TimeSpan.FromHours(4));
        await _bench.ProcessAfterAsync(TimeSpan.FromHours(4));

        var report = Assert.Single(_reports);
        Assert.Equal(
            ["one@a.test 4.3.2", "three@nowhere.test 4.4.4", "two@b.test 4.3.1"],
            report.Outcomes.Select(outcome => $"{outcome.Recipient.Address} {outcome.Status}").Order(StringComparer.Ordinal));
        Assert.All(report.Outcomes, outcome => Assert.NotEmpty(outcome.Text));
    }

    [Fact(DisplayName = "Issue 5: a report about several entries that could not be made is made again about the same recipients, also by the next process")]
    public async Task Asks_the_same_again()
    {
        await AcceptForThreeEntriesAsync();
        _bench.Options.DelayNotificationTimeout = null;
        var asked = new List<SenderReport>();
        _bench.Reports.Script = report =>
        {
            asked.Add(report);
            throw new IOException("full");
        };
        await _bench.ProcessAfterAsync(TimeSpan.FromDays(2));
        _bench.Reports.Script = report =>
        {
            asked.Add(report);
            return SenderReportResult.Accepted;
        };

        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        Assert.Single(_bench.Reports.Made);
        Assert.Equal(3, asked[0].Outcomes.Length);
        Assert.All(asked, again => Assert.Equal(asked[0].Outcomes.Order(ByAddress), again.Outcomes.Order(ByAddress)));
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "Issue 5: an entry of the message that somebody works on, or that is held, is told of on its own, later")]
    public async Task Leaves_out_what_is_held()
    {
        await AcceptForThreeEntriesAsync();
        _bench.Options.DelayNotificationTimeout = null;
        var held = new List<LeasedEntry>();
        await foreach (var lease in _bench.Queue.LeaseAllAsync("b"))
            held.Add(lease);

        await _bench.ProcessAfterAsync(TimeSpan.FromDays(2));
        foreach (var lease in held)
            await lease.DisposeAsync();
        await _bench.ProcessAsync();

        Assert.Equal([2, 1], _reports.Select(report => report.Outcomes.Length));
        Assert.Equal("two@b.test", _reports[1].Outcomes.Single().Recipient.Address);
    }

    [Fact(DisplayName = "A message that was not tried yet, because its connector fails, is late for a reason as well")]
    public async Task Says_that_nothing_was_tried()
    {
        await _bench.AcceptAsync("one@a.test");
        await foreach (var lease in _bench.Queue.LeaseAllAsync("a"))
        {
            await using (lease)
                Assert.Equal(DeliveryStatus.NotTried.Text, lease.Waiting.Single().Text);
        }
    }

    [Fact(DisplayName = "RT-4: why a recipient is unreachable stands beside its message, and changes with the configuration")]
    public async Task Notes_why_a_recipient_is_unreachable()
    {
        await _bench.AcceptAsync("one@nowhere.test");
        Assert.Contains("\"status\": \"4.4.4\"", _bench.Sidecar(), StringComparison.Ordinal);
        Assert.Contains("\"attempts\": 0", _bench.Sidecar(), StringComparison.Ordinal);
        _bench.Write(_bench.PathOf(".json"), "{}");

        await _bench.Rerouter.RerouteAsync(CancellationToken.None);

        Assert.Contains("\"status\": \"4.4.4\"", _bench.Sidecar(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "RT-4: the reason does not outlive the wait")]
    public async Task Leaves_no_reason_behind()
    {
        await _bench.AcceptAsync("one@a.test", "two@later.test");
        _bench.Connect("later");

        await _bench.Rerouter.RerouteAsync(CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Empty(_bench.QueueFiles);
        Assert.Empty(_reports);
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

    // Two connectors that do not take it now, each with its own reason, and none for the third recipient.
    private async Task AcceptForThreeEntriesAsync()
    {
        _a.Defer();
        _bench.Connect("b").Answer(recipient => RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull));
        await _bench.AcceptAsync("one@a.test", "two@b.test", "three@nowhere.test");
        await _bench.ProcessAsync();
    }
}
