using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using MimeKit;

namespace ForeignConnector.Lib.Intake;

/// <summary>The door for application code. Thread-safe; lives as long as the transport.</summary>
/// <param name="intake">The transport.</param>
/// <param name="ids">Names submissions.</param>
/// <param name="trail">Where submissions are recorded (TR-1).</param>
/// <param name="time">How long they took.</param>
public sealed class MailSubmission(IMailIntake intake, SubmissionIdSource ids, IMessageTrail trail, TimeProvider time)
{
    private readonly RepeatedSubmissions _repeated = new();

    /// <summary>A door without a record.</summary>
    public MailSubmission(IMailIntake intake, SubmissionIdSource ids)
        : this(intake, ids, MessageTrails.None, TimeProvider.System)
    {
    }

    /// <summary>This server as its Received fields call it, whose passes are counted (ND-7).</summary>
    /// <value>Default null: only all Received fields are counted.</value>
    public string? ServerName { get; init; }

    /// <summary>Finds the id of a submission that is in the queue by its key, also after a restart; null when it is not there.</summary>
    /// <value>Default null: idempotency keys are known within this object only.</value>
    public Func<UInt128, CancellationToken, ValueTask<SubmissionId?>>? FindQueued { get; init; }

    /// <summary>
    /// Submits a message. When it returns, every recipient is either in the result's <see cref="AcceptResult.Rejected"/> or durable;
    /// <see cref="AcceptResult.Waiting"/> tells which of them no connector takes now.
    /// </summary>
    /// <param name="envelope">Who it is from and goes to. The header of the message is not looked at for that.</param>
    /// <param name="content">The message; the caller may dispose it afterwards. A <c>Bcc</c> field in it never reaches a recipient.</param>
    /// <param name="cancellationToken">A cancelled submission may or may not have been accepted.</param>
    /// <exception cref="IOException">
    /// The content cannot be read, or the queue cannot store it now; nothing was accepted, or only for some connectors: submit again.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a permission.</exception>
    /// <remarks>
    /// A message with more than <see cref="DeliveryStatus.MaxReceivedFields"/> Received fields, or more than
    /// <see cref="DeliveryStatus.MaxPasses"/> of this server, goes in
    /// circles: every recipient is rejected with 5.4.6 (ND-7).
    /// </remarks>
    public ValueTask<AcceptResult> SubmitAsync(MailEnvelope envelope, MessageContent content, CancellationToken cancellationToken) =>
        SubmitAsync(envelope, content, null, cancellationToken);

    /// <summary>Submits a message that may have been submitted before.</summary>
    /// <param name="envelope">Who it is from and goes to.</param>
    /// <param name="content">The message; the caller may dispose it afterwards.</param>
    /// <param name="idempotencyKey">
    /// A text that no other message has, such as a number of an order; null is none. A repeated submission with the same key gets the id
    /// and the answer of the first one, and nobody gets the message twice: within this process (of the last 10,000 keys), and, after a
    /// restart, every recipient whose entry is still in the queue. The envelope and the content of a repeated submission must be the same.
    /// </param>
    /// <param name="cancellationToken">A cancelled submission may or may not have been accepted.</param>
    /// <inheritdoc cref="SubmitAsync(MailEnvelope, MessageContent, CancellationToken)"/>
#pragma warning disable RS0026 // Told apart from the one for MimeKit by its first parameter.
    public async ValueTask<AcceptResult> SubmitAsync(
        MailEnvelope envelope, MessageContent content, string? idempotencyKey = null, CancellationToken cancellationToken = default)
#pragma warning restore RS0026
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(content);
        if (idempotencyKey is null)
            return await SubmitAsync(ids.Next(), envelope, content, cancellationToken).ConfigureAwait(false);
        ArgumentException.ThrowIfNullOrWhiteSpace(idempotencyKey);
        // Files are named otherwise, so no file is ever taken for a submission.
        var id = ids.Next($"submission\n{idempotencyKey}");
        return await _repeated.SubmitAsync(id.Key, async () =>
        {
            var queued = FindQueued is null ? null : await FindQueued(id.Key, cancellationToken).ConfigureAwait(false);
            return await SubmitAsync(queued ?? id, envelope, content, cancellationToken).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Submits a message of MimeKit. The sender of the envelope is its Sender, or else the first address of From; the recipients are those
    /// of To, Cc and Bcc, groups included, each once. Bcc and Resent-Bcc fields do not leave the caller. The message is serialised before
    /// the call returns for the first time, and may be changed then.
    /// </summary>
    /// <param name="message">The message. It must not be written or changed by another thread during the call.</param>
    /// <param name="idempotencyKey">
    /// As for <see cref="SubmitAsync(MailEnvelope, MessageContent, string?, CancellationToken)"/>; null is none.
    /// </param>
    /// <param name="cancellationToken">A cancelled submission may or may not have been accepted.</param>
    /// <exception cref="MailFormatException">
    /// There is no sender or no recipient, or one of them is no address (PU-5). Nothing was accepted.
    /// </exception>
    /// <exception cref="IOException">
    /// The queue cannot store it now; nothing was accepted, or only for some connectors: submit again.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a permission.</exception>
#pragma warning disable RS0026, RS0027 // Told apart from the other by its first parameter.
    public async ValueTask<AcceptResult> SubmitAsync(
        MimeMessage message, string? idempotencyKey = null, CancellationToken cancellationToken = default)
#pragma warning restore RS0026, RS0027
    {
        ArgumentNullException.ThrowIfNull(message);
        using var content = MimeSubmission.ContentOf(message);
        return await SubmitAsync(MimeSubmission.EnvelopeOf(message), content, idempotencyKey, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AcceptResult> SubmitAsync(
        SubmissionId id, MailEnvelope envelope, MessageContent content, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var item = new MailItem(id, envelope, content);
        using var activity = MessageTracing.StartIntake(TrackingSource.Gateway, item.Id);
        using var expected = trail.Expect(item.Id);
        var facts = await HeaderFacts.ReadAsync(content, ServerName, cancellationToken).ConfigureAwait(false);
        var result = facts.IsLoop
            ? new AcceptResult([.. envelope.Recipients.Select(recipient => RecipientOutcome.Failed(recipient, DeliveryStatus.Loop))])
            : await intake.AcceptAsync(item, cancellationToken).ConfigureAwait(false);
        Record(item, result, time.GetElapsedTime(began));
        activity.End(result.Rejected.Length < envelope.Recipients.Length ? "accepted" : "refused", !result.Rejected.IsEmpty);
        return result with { Id = id };
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
            trail.Record(
                happened with { Recipients = [.. item.Envelope.Recipients.Except(result.Rejected.Select(outcome => outcome.Recipient))] });
        if (!result.Rejected.IsEmpty)
            trail.Record(happened with
            {
                Kind = TrackingEventKind.Fail,
                Source = TrackingSource.Routing,
                Recipients = [],
                Outcomes = result.Rejected,
                IsPartial = result.Rejected.Length < item.Envelope.Recipients.Length
            });
    }
}
