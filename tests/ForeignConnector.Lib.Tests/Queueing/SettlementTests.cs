using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>Outcome, record, report: in this order.</summary>
public class SettlementTests
{
    private readonly QueueBench _bench = new();
    private readonly AnsweringConnector _a;

    public SettlementTests() => _a = _bench.Connect("a");

    [Fact(DisplayName = "ND-1: the failure is written down before the sender is told, and the message goes when the report is accepted")]
    public async Task Writes_down_before_it_tells()
    {
        string? sidecar = null;
        _bench.Reports.Script = _ =>
        {
            sidecar = _bench.Sidecar();
            return SenderReportResult.Accepted;
        };
        _a.Fail();
        await _bench.AcceptAsync("one@a.test", "two@a.test");

        await _bench.ProcessAsync();

        Assert.Contains("\"action\": \"Failed\"", sidecar, StringComparison.Ordinal);
        Assert.Contains("\"address\": \"two@a.test\"", sidecar, StringComparison.Ordinal);
        Assert.Equal(["Failed one@a.test two@a.test"], _bench.Reports.Made);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "ND-1: a report that cannot be made is made later, about the same recipients; nothing is delivered to them in between")]
    public async Task Keeps_a_report_that_cannot_be_made()
    {
        _bench.Reports.Script = _ => throw new IOException("full");
        _a.Answer(recipient => recipient.Address == "one@a.test"
            ? RecipientOutcome.Failed(recipient, DeliveryStatus.NoConnector)
            : RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull));
        await _bench.AcceptAsync("one@a.test", "two@a.test");
        await _bench.ProcessAsync();
        _a.Fail();
        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));
        _bench.Reports.Script = _ => SenderReportResult.Accepted;

        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(["one@a.test two@a.test", "two@a.test"], _a.Attempts);
        Assert.Equal(["Failed one@a.test", "Failed two@a.test"], _bench.Reports.Made);
        Assert.Empty(_bench.QueueFiles);
        Assert.Single(_bench.Logs.GetSnapshot(), record => record.Id.Id == EventIds.SenderReportFailed);
    }

    [Fact(DisplayName = "ND-1: after a crash between the record and the report, the report is made at the next start, about the same recipients")]
    public async Task Makes_the_report_after_a_crash()
    {
        _bench.Reports.Script = _ => throw new IOException("the process dies here");
        _a.Fail();
        await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();
        _bench.Reports.Script = _ => SenderReportResult.Accepted;

        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        Assert.Single(_a.Deliveries);
        Assert.Equal(["Failed one@a.test"], _bench.Reports.Made);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "ND-2: a failure that nobody can be told of is kept as .bad, with the reasons, when everything else is settled")]
    public async Task Sets_aside_what_cannot_be_reported()
    {
        _bench.Reports.Script = _ => SenderReportResult.Impossible;
        _a.Answer(recipient => recipient.Address == "one@a.test"
            ? RecipientOutcome.Failed(recipient, DeliveryStatus.NoConnector)
            : RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull));
        await _bench.AcceptAsync("one@a.test", "two@a.test");
        await _bench.ProcessAsync();
        Assert.DoesNotContain(_bench.QueueFiles, name => name.EndsWith(".bad", StringComparison.Ordinal));
        _a.Deliver();

        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));

        Assert.Contains("one@a.test: 5.1.2", _bench.Read(_bench.PathOf(".bad.txt")), StringComparison.Ordinal);
        // The state stays: released, the message must not go to the other recipient again.
        Assert.Equal([".bad", ".json", ".txt"], _bench.QueueFiles.Select(path => Path.GetExtension(path)).Order(StringComparer.Ordinal));
        Assert.Equal(0, _bench.Queue.Count);
    }

    [Theory(DisplayName = "DR-8: relayed recipients are reported as relayed; the message goes whatever comes of that")]
    [InlineData(SenderReportResult.Accepted)]
    [InlineData(SenderReportResult.NotWanted)]
    [InlineData(SenderReportResult.Impossible)]
    public async Task Reports_relayed_recipients(SenderReportResult result)
    {
        _bench.Reports.Script = _ => result;
        _a.Answer(RecipientOutcome.Relayed);
        await _bench.AcceptAsync("one@a.test");

        await _bench.ProcessAsync();

        Assert.Equal(["Relayed one@a.test"], _bench.Reports.Made);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "ND-6: delivery is reported for recipients with NOTIFY=SUCCESS, and for no other")]
    public async Task Reports_delivered_recipients_that_asked()
    {
        await AcceptAsync("sender@contoso.com", DsnNotify.Unspecified, DsnNotify.Success, DsnNotify.Never, DsnNotify.Failure, DsnNotify.Success | DsnNotify.Delay);

        await _bench.ProcessAsync();

        Assert.Equal(["Delivered 1@a.test 4@a.test"], _bench.Reports.Made);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "ND-6: the null sender hears of no delivery")]
    public async Task Reports_no_delivery_to_the_null_sender()
    {
        await AcceptAsync("", DsnNotify.Success);

        await _bench.ProcessAsync();

        Assert.Empty(_bench.Reports.Made);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "ND-6: a report about delivery that cannot be made is made later, about the same recipients, and nothing is delivered again")]
    public async Task Keeps_a_report_about_delivery()
    {
        _bench.Reports.Script = _ => throw new IOException("full");
        await AcceptAsync("sender@contoso.com", DsnNotify.Success, DsnNotify.Unspecified);
        await _bench.ProcessAsync();
        Assert.NotEmpty(_bench.QueueFiles);
        _bench.Reports.Script = _ => SenderReportResult.Accepted;

        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        Assert.Single(_a.Deliveries);
        Assert.Equal(["Delivered 0@a.test"], _bench.Reports.Made);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "ND-6: a recipient that went on to another connector is reported by that one alone")]
    public async Task Reports_no_move()
    {
        _a.Defer();
        await AcceptAsync("sender@contoso.com", DsnNotify.Success);
        await _bench.ProcessAsync();
        _bench.Configure(["b"], rest: "b");

        await _bench.Rerouter.RerouteAsync(CancellationToken.None);
        Assert.Empty(_bench.Reports.Made);
        await _bench.ProcessAsync();

        Assert.Equal(["Delivered 0@a.test"], _bench.Reports.Made);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "RT-4: a recipient that no connector takes any more when it is routed again fails, and the sender is told")]
    public async Task Reports_what_fails_on_the_way_to_another_connector()
    {
        _a.Defer();
        await _bench.AcceptAsync("IMCEAFAX-1@a.test", "one@a.test");
        await _bench.ProcessAsync();
        _bench.ConfigureFax(acceptedDomain: "a.test");

        await _bench.Rerouter.RerouteAsync(CancellationToken.None);

        Assert.Equal(["Failed IMCEAFAX-1@a.test"], _bench.Reports.Made);
        Assert.Equal([""], _bench.Queue.Connectors());
        Assert.Equal(1, _bench.Queue.Count);
    }

    [Fact(DisplayName = "TR-1: SEND, RELAY, DEFER and FAIL are recorded with connector, status and duration")]
    public async Task Records_every_outcome()
    {
        _a.Script = (request, _) => new(new DeliveryReport(
        [
            RecipientOutcome.Delivered(request.Envelope.Recipients[0]), RecipientOutcome.Relayed(request.Envelope.Recipients[1]),
            RecipientOutcome.Deferred(request.Envelope.Recipients[2], DeliveryStatus.DestinationFull), RecipientOutcome.Failed(request.Envelope.Recipients[3], DeliveryStatus.NoConnector),
        ]));
        var item = await _bench.AcceptAsync("1@a.test", "2@a.test", "3@a.test", "4@a.test");

        await _bench.ProcessAsync();

        Assert.Equal(
            ["Send 1@a.test", "Relay 2@a.test", "Defer 3@a.test", "Fail 4@a.test"],
            _bench.Trail.Events.Select(happened => $"{happened.Kind} {happened.Outcomes.Single().Recipient.Address}"));
        Assert.All(_bench.Trail.Events, happened => Assert.Equal(
            (TrackingSource.Gateway, "a", item.Id, "sender@contoso.com", true), (happened.Source, happened.Connector, happened.Id, happened.Sender, happened.Duration is not null)));
    }

    [Fact(DisplayName = "A sidecar that somebody broke costs its state, not the message")]
    public async Task Survives_a_broken_sidecar()
    {
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();
        _bench.Write(_bench.PathOf(".json"), "{ \"attempts\": ");
        _a.Deliver();

        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(2, _a.Deliveries.Count);
        Assert.Empty(_bench.QueueFiles);
        Assert.Contains(_bench.Logs.GetSnapshot(), record => record.Id.Id == EventIds.QueueStateUnreadable);
    }

    [Fact(DisplayName = "A message that is held is neither tried nor given up; released, it goes on within a refresh")]
    public async Task Leaves_what_is_held()
    {
        _a.Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();
        var path = _bench.PathOf(".json");
        var state = _bench.Read(path);
        _bench.Write(path, "{ \"held\": true, \"later\": []," + state[1..]);
        await _bench.ProcessAfterAsync(TimeSpan.FromDays(1));
        await _bench.LoadAsync();
        await _bench.ProcessAfterAsync(TimeSpan.FromDays(2));
        Assert.Single(_a.Deliveries);
        Assert.Empty(_bench.Reports.Made);
        _bench.Write(path, state);
        _bench.Options.MessageExpirationTimeout = TimeSpan.FromDays(90);
        _a.Deliver();

        await _bench.Queue.LoadAsync(CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Equal(2, _a.Deliveries.Count);
        Assert.Empty(_bench.QueueFiles);
    }

    private async Task AcceptAsync(string sender, params DsnNotify[] notify)
    {
        var item = _bench.Item("x@a.test");
        var envelope = new MailEnvelope(sender, notify.Select((each, i) => new EnvelopeRecipient($"{i}@a.test") { Notify = each }));
        await _bench.Categorizer.AcceptAsync(item with { Envelope = envelope }, CancellationToken.None);
    }
}
