using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>TR-1: one trace for one message.</summary>
public sealed class MessageTracingTests : IDisposable
{
    private static readonly SubmissionId Id = TrackingBench.Id;

    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public MessageTracingTests()
    {
        // Other tests run at the same time: only what follows from this test's ids counts.
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId.ToHexString() == $"{Id.Key:x32}" ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static MailItem Item => new(Id, new MailEnvelope("bob@fabrikam.com", [new("mary@contoso.com")]), TrackingBench.Receive().Content!);

    public void Dispose() => _listener.Dispose();

    [Fact(DisplayName = "TR-1: the trace id is the key in the names of queue and Drop files")]
    public void Follows_from_the_submission()
    {
        using (MessageTracing.StartDelivery(Item, "Fax", "name", 1))
        {
        }

        Assert.EndsWith("-" + Assert.Single(_ended).TraceId.ToHexString(), Id.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "TR-1: what happens before and after a restart is one trace with one parent")]
    public void Survives_a_restart()
    {
        MessageTracing.StartIntake(TrackingSource.Pickup, Id)!.Dispose();
        MessageTracing.StartDelivery(Item, "Fax", "name", 2)!.Dispose();

        Assert.Equal(["foreignconnector.intake", "foreignconnector.deliver"], _ended.Select(activity => activity.OperationName));
        Assert.Single(_ended.Select(activity => (activity.TraceId, activity.ParentSpanId)).Distinct());
    }

    [Fact(DisplayName = "TR-1: routing is part of intake")]
    public void Nests_what_is_inside()
    {
        using (var intake = MessageTracing.StartIntake(TrackingSource.Pickup, Id))
        using (var routing = MessageTracing.StartRouting(Item))
            Assert.Equal(intake!.SpanId, routing!.ParentSpanId);
    }

    [Fact(DisplayName = "TR-1: the request in which an application submits a message is linked")]
    public void Links_what_was_current()
    {
        using var request = new Activity("request").Start();

        MessageTracing.StartIntake(TrackingSource.Gateway, Id)!.Dispose();

        var intake = Assert.Single(_ended);
        Assert.Equal(request.Context, Assert.Single(intake.Links).Context);
        Assert.NotEqual(request.TraceId, intake.TraceId);
    }

    [Fact(DisplayName = "TR-1: tags hold ids, counts and names of connectors, no address and no content")]
    public void Tells_nothing_about_people()
    {
        MessageTracing.StartIntake(TrackingSource.Pickup, Id)!.Dispose();
        MessageTracing.StartRouting(Item)!.Dispose();
        MessageTracing.StartDelivery(Item, "Fax", "name", 1)!.Dispose();
        MessageTracing.StartReport(SenderReport.About(Item, SenderReportKind.Failed, []))!.Dispose();

        var tags = _ended.SelectMany(activity => activity.TagObjects).Select(tag => $"{tag.Key}={tag.Value}").Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                "foreignconnector.attempt=1", "foreignconnector.connector=Fax", "foreignconnector.delivery.id=name", $"foreignconnector.message.size={Item.Content.Length}",
                "foreignconnector.recipients=1", "foreignconnector.report=failed", "foreignconnector.source=pickup", $"foreignconnector.submission.id={Id}",
            ],
            tags);
    }

    [Theory(DisplayName = "TR-1: an activity ends with the worst that happened")]
    [InlineData("delivered", ActivityStatusCode.Unset, RecipientAction.Delivered)]
    [InlineData("relayed", ActivityStatusCode.Unset, RecipientAction.Delivered, RecipientAction.Relayed)]
    [InlineData("deferred", ActivityStatusCode.Error, RecipientAction.Deferred, RecipientAction.Relayed)]
    [InlineData("failed", ActivityStatusCode.Error, RecipientAction.Delivered, RecipientAction.Failed, RecipientAction.Deferred)]
    public void Ends_with_the_worst(string outcome, ActivityStatusCode status, params RecipientAction[] actions)
    {
        using (var activity = MessageTracing.StartDelivery(Item, "Fax", "name", 1))
            activity.End(actions.Select(action => RecipientOutcome.Of(new("mary@contoso.com"), action, null, "")));

        var ended = Assert.Single(_ended);
        Assert.Equal((outcome, status), (ended.GetTagItem(Telemetry.Outcome), ended.Status));
    }

    [Fact(DisplayName = "TR-1: a message from application code is traced and recorded, and its refused recipients too")]
    public async Task Records_submissions_of_applications()
    {
        var (trail, intake) = (new ListTrail(), new RecordingIntake());
        var refused = RecipientOutcome.Failed(new("joe@contoso.com"), EnhancedStatusCode.BadDestinationSystem, "No.");
        intake.Script = (_, _) => new(new AcceptResult([refused]));
        var submission = new MailSubmission(intake, new SubmissionIdSource(TimeProvider.System, new Random(1)), trail, TimeProvider.System);
        using var content = MessageContent.FromOctets(Encoding.ASCII.GetBytes("Subject: s\r\n\r\n"));

        await submission.SubmitAsync(new MailEnvelope("bob@contoso.com", [new("mary@contoso.com"), refused.Recipient]), content, TestContext.Current.CancellationToken);
        await submission.SubmitAsync(new MailEnvelope("bob@contoso.com", [refused.Recipient]), content, TestContext.Current.CancellationToken);

        Assert.Equal(
            [(TrackingEventKind.Receive, TrackingSource.Gateway), (TrackingEventKind.Fail, TrackingSource.Routing), (TrackingEventKind.Fail, TrackingSource.Routing)],
            trail.Events.Select(happened => (happened.Kind, happened.Source)));
        Assert.Equal("mary@contoso.com", Assert.Single(trail.Events[0].Recipients).Address);
        Assert.Equal([refused], trail.Events[1].Outcomes);
        Assert.Equal(intake.Messages[0].Id, trail.Events[0].Id);
        Assert.NotNull(trail.Events[0].Duration);
    }

    private sealed class ListTrail : IMessageTrail
    {
        public List<TrackingEvent> Events { get; } = [];

        public void Record(TrackingEvent happened) => Events.Add(happened);
    }
}
