using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake;

/// <summary>The door for application code. Thread-safe; lives as long as the transport.</summary>
/// <param name="intake">The transport.</param>
/// <param name="ids">Names submissions.</param>
/// <param name="trail">Where submissions are recorded (TR-1).</param>
/// <param name="time">How long they took.</param>
public sealed class MailSubmission(IMailIntake intake, SubmissionIdSource ids, IMessageTrail trail, TimeProvider time)
{
    /// <summary>A door without a record.</summary>
    public MailSubmission(IMailIntake intake, SubmissionIdSource ids)
        : this(intake, ids, MessageTrails.None, TimeProvider.System)
    {
    }

    /// <summary>This server as its Received fields call it, whose passes are counted (ND-7).</summary>
    /// <value>Default null: only all Received fields are counted.</value>
    public string? ServerName { get; init; }

    /// <summary>Submits a message. When it returns, every recipient is either in the result's <see cref="AcceptResult.Rejected"/> or durable.</summary>
    /// <param name="envelope">Who it is from and goes to. The header of the message is not looked at for that.</param>
    /// <param name="content">The message; the caller may dispose it afterwards. A <c>Bcc</c> field in it never reaches a recipient.</param>
    /// <param name="cancellationToken">A cancelled submission may or may not have been accepted.</param>
    /// <exception cref="IOException">The content cannot be read, or the queue cannot store it now; nothing was accepted, or only for some connectors: submit again.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a permission.</exception>
    /// <remarks>
    /// A message with more than <see cref="DeliveryStatus.MaxReceivedFields"/> Received fields, or more than
    /// <see cref="DeliveryStatus.MaxPasses"/> of this server, goes in
    /// circles: every recipient is rejected with 5.4.6 (ND-7).
    /// </remarks>
    public async ValueTask<AcceptResult> SubmitAsync(MailEnvelope envelope, MessageContent content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(content);
        var began = time.GetTimestamp();
        var item = new MailItem(ids.Next(), envelope, content);
        using var activity = MessageTracing.StartIntake(TrackingSource.Gateway, item.Id);
        using var expected = trail.Expect(item.Id);
        var hops = await HopCount.OfAsync(content, ServerName, cancellationToken).ConfigureAwait(false);
        var result = hops.IsLoop
            ? new AcceptResult([.. envelope.Recipients.Select(recipient => RecipientOutcome.Failed(recipient, DeliveryStatus.Loop))])
            : await intake.AcceptAsync(item, cancellationToken).ConfigureAwait(false);
        Record(item, result, time.GetElapsedTime(began));
        activity.End(result.Rejected.Length < envelope.Recipients.Length ? "accepted" : "refused", !result.Rejected.IsEmpty);
        return result;
    }

    private void Record(MailItem item, AcceptResult result, TimeSpan duration)
    {
        var happened = new TrackingEvent
        {
            Kind = TrackingEventKind.Receive,
            Source = TrackingSource.Gateway,
            Id = item.Id,
            Sender = item.Envelope.Sender,
            Recipients = item.Envelope.Recipients,
            Content = item.Content,
            Duration = duration,
        };
        if (result.Rejected.Length < item.Envelope.Recipients.Length)
            trail.Record(happened with { Recipients = [.. item.Envelope.Recipients.Except(result.Rejected.Select(outcome => outcome.Recipient))] });
        if (!result.Rejected.IsEmpty)
            trail.Record(happened with { Kind = TrackingEventKind.Fail, Source = TrackingSource.Routing, Recipients = [], Outcomes = result.Rejected, IsPartial = result.Rejected.Length < item.Envelope.Recipients.Length });
    }
}
