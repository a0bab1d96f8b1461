using System.Buffers.Binary;
using System.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>
/// Activities of one message, from intake to drop, in one trace (TR-1). The trace id is the submission's key, as it stands in the names of
/// queue and Drop files, so that the trace goes on after a restart, and on another server, without anything being kept for it.
/// </summary>
/// <remarks>
/// Activities that nothing encloses have one parent in common, which nobody records: the submission itself. It counts as sampled. What was
/// current when a message came in (a web request, say) is linked. Ids, counts and names of connectors are tags; no content, no address.
/// </remarks>
internal static class MessageTracing
{
    private static readonly ActivitySource Activities = new(Telemetry.Name, ProductInfo.Version);

    /// <summary>A message comes in.</summary>
    public static Activity? StartIntake(TrackingSource source, SubmissionId id) =>
        Start("foreignconnector.intake", ActivityKind.Consumer, id)?.SetTag(Telemetry.Source, Telemetry.NameOf(source));

    /// <summary>Connectors are chosen and the queue takes over.</summary>
    public static Activity? StartRouting(MailItem item) =>
        Start("foreignconnector.route", ActivityKind.Internal, item.Id)?.SetTag(Telemetry.Recipients, item.Envelope.Recipients.Length)
            .SetTag(Telemetry.Size, item.Content.Length);

    /// <summary>A connector has the message.</summary>
    /// <param name="item">The message, with the recipients that still wait.</param>
    /// <param name="connector">The connector.</param>
    /// <param name="deliveryId">The name of the delivery.</param>
    /// <param name="attempt">From 1.</param>
    public static Activity? StartDelivery(MailItem item, string connector, string deliveryId, int attempt) =>
        Start("foreignconnector.deliver", ActivityKind.Producer, item.Id)?
            .SetTag(Telemetry.Connector, connector)
            .SetTag(Telemetry.DeliveryId, deliveryId)
            .SetTag(Telemetry.Recipients, item.Envelope.Recipients.Length)
            .SetTag(Telemetry.Attempt, attempt);

    /// <summary>The sender is told.</summary>
    public static Activity? StartReport(SenderReport report) =>
        Start("foreignconnector.report", ActivityKind.Internal, report.Id)?.SetTag(
            Telemetry.Report, report.Kind.ToString().ToLowerInvariant());

    /// <summary>Notes how it ended.</summary>
    /// <param name="activity">Null when nobody listens.</param>
    /// <param name="outcome">In one word.</param>
    /// <param name="isError">Whether somebody should look at it.</param>
    public static void End(this Activity? activity, string outcome, bool isError)
    {
        activity?.SetTag(Telemetry.Outcome, outcome);
        if (isError)
            activity?.SetStatus(ActivityStatusCode.Error, outcome);
    }

    /// <summary>Notes what became of recipients: <c>delivered</c> when all were, else the worst that happened.</summary>
    public static void End(this Activity? activity, IEnumerable<RecipientOutcome> outcomes)
    {
        if (activity is null)
            return;
        var worst = outcomes.Select(outcome => outcome.Action).DefaultIfEmpty(RecipientAction.Delivered).Max();
        activity.End(worst.ToString().ToLowerInvariant(), worst is RecipientAction.Deferred or RecipientAction.Failed);
    }

    /// <summary>The parent of every activity of a submission that nothing else encloses.</summary>
    public static ActivityContext ContextOf(SubmissionId id)
    {
        Span<byte> key = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(key, id.Key);
        return new ActivityContext(
            ActivityTraceId.CreateFromBytes(key), ActivitySpanId.CreateFromBytes(key[8..]), ActivityTraceFlags.Recorded, isRemote: true);
    }

    private static Activity? Start(string name, ActivityKind kind, SubmissionId id)
    {
        if (!Activities.HasListeners())
            return null;
        var submission = ContextOf(id);
        var current = Activity.Current?.Context;
        var activity = current is { } inside && inside.TraceId == submission.TraceId
            ? Activities.StartActivity(name, kind)
            : Activities.StartActivity(name, kind, submission, links: current is { } other ? [new ActivityLink(other)] : null);
        return activity?.SetTag(Telemetry.SubmissionId, id.ToString());
    }
}
