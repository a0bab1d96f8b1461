using System.Collections.Concurrent;
using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake;

/// <summary>Hands a parsed file over to the transport, and what was refused back to its sender (ND-1).</summary>
/// <param name="context">The transport.</param>
/// <param name="source">Where files come from.</param>
/// <param name="dotStuffed">The lines of bodies carry the dots of SMTP (PU-12).</param>
internal sealed class ClaimHandOver(IntakeContext context, TrackingSource source, bool dotStuffed)
{
    // Many more than wait for a report in one directory as a rule; each some 100 octets for each of its recipients.
    private const int MaxUnreported = 10_000;

    // What was decided about files whose report could not be made. They come again, and those who have the message must not get it at every look.
    private readonly ConcurrentDictionary<UInt128, AcceptResult> _unreported = new();

    /// <summary>Accepted when the transport has taken every recipient; those it refuses for good are reported.</summary>
    /// <param name="work">The file; it provides the body.</param>
    /// <param name="message">Envelope and header.</param>
    /// <param name="read">The header as it was read, and what came with it.</param>
    /// <param name="cancellationToken">Leaves the file as it is.</param>
    public async ValueTask<IntakeResult> AcceptAsync(IntakeWork work, ParsedMessage message, ClaimedHeader read, CancellationToken cancellationToken)
    {
        var lineEnds = new LineEnds(message.Envelope.Body != BodyType.BinaryMime, dotStuffed);
        using var content = read.IsWholeFile
            ? InMemory(message.Header, read.Octets.BodyStart.Span, lineEnds)
            : new ClaimedContent(message.Header.WrittenMemory, work.Claim.File, read.Octets.BodyOffset, lineEnds);
        var item = new MailItem(work.Id, message.Envelope, content);
        if (message.Hops > DeliveryStatus.MaxReceivedFields)
            return await RefuseAsync(work, source, item, FailAll(item.Envelope, DeliveryStatus.Loop), "ND-1", $"{message.Hops} Received fields: the message goes in circles", cancellationToken).ConfigureAwait(false);
        if (!_unreported.TryGetValue(work.Id.Key, out var result))
        {
            result = await context.Intake.AcceptAsync(item, cancellationToken).ConfigureAwait(false);
            RecordReceive(work, item, result.Rejected);
        }
        if (result.Rejected.IsEmpty)
            return IntakeResult.Accepted;
        Remember(work.Id.Key, result);
        var refused = await RefuseAsync(work, TrackingSource.Routing, item, result.Rejected, "RT-4", Explain(result.Rejected, item.Envelope), cancellationToken).ConfigureAwait(false);
        _unreported.TryRemove(work.Id.Key, out _);
        return refused;
    }

    /// <summary>What no message can be made of: reported when the sender can be read, else badmail.</summary>
    /// <param name="work">The file.</param>
    /// <param name="sender">Who it is from; null when that is not known.</param>
    /// <param name="e">What is wrong with it.</param>
    /// <param name="cancellationToken">Leaves the file as it is.</param>
    public async ValueTask<IntakeResult> RefuseAsync(IntakeWork work, InjectedSender? sender, MailFormatException e, CancellationToken cancellationToken)
    {
        if (sender is null)
            return IntakeResult.Bad(e);
        var status = e.Status ?? DeliveryStatus.InvalidContent;
        using var content = new ClaimedContent(default, work.Claim.File, 0, default);
        var report = new SenderReport
        {
            Kind = SenderReportKind.Failed,
            Id = work.Id,
            Sender = sender.Address,
            Content = content,
            EnvelopeId = sender.EnvelopeId,
            Return = sender.Return,
            Status = status.Code,
            Reason = $"{status.Text.TrimEnd('.')}: {e.Reason}.",
        };
        return await ReportAsync(work, source, report, e.Rule, e.Message, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<IntakeResult> RefuseAsync(
        IntakeWork work, TrackingSource decidedBy, MailItem item, ImmutableArray<RecipientOutcome> outcomes, string rule, string reason, CancellationToken cancellationToken) =>
        ReportAsync(work, decidedBy, SenderReport.About(item, SenderReportKind.Failed, outcomes), rule, reason, cancellationToken);

    private async ValueTask<IntakeResult> ReportAsync(IntakeWork work, TrackingSource decidedBy, SenderReport report, string rule, string reason, CancellationToken cancellationToken)
    {
        if (await context.Reports.ReportAsync(report, cancellationToken).ConfigureAwait(false) == SenderReportResult.Impossible)
            return IntakeResult.Bad(rule, reason);
        context.Trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Fail,
            Source = decidedBy,
            Id = work.Id,
            Sender = report.Sender,
            Outcomes = report.Outcomes,
            Content = report.Content,
            FileName = work.Claim.OriginalName,
            Detail = $"{rule}: {reason}",
            Duration = context.Time.GetElapsedTime(work.ClaimedAt),
        });
        return new IntakeResult(IntakeDisposition.Reported, rule, reason);
    }

    private void Remember(UInt128 key, AcceptResult result)
    {
        if (_unreported.Count >= MaxUnreported)
            _unreported.Clear();
        _unreported[key] = result;
    }

    private void RecordReceive(IntakeWork work, MailItem item, ImmutableArray<RecipientOutcome> rejected)
    {
        if (rejected.Length == item.Envelope.Recipients.Length)
            return;
        var refused = rejected.Select(outcome => outcome.Recipient).ToHashSet();
        context.Trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Receive,
            Source = source,
            Id = work.Id,
            Sender = item.Envelope.Sender,
            Recipients = rejected.IsEmpty ? item.Envelope.Recipients : item.Envelope.Recipients.RemoveAll(refused.Contains),
            Content = item.Content,
            FileName = work.Claim.OriginalName,
            Duration = context.Time.GetElapsedTime(work.ClaimedAt),
        });
    }

    private static MessageContent InMemory(PooledBuffer header, ReadOnlySpan<byte> body, LineEnds lineEnds)
    {
        lineEnds.Write(body, header);
        lineEnds.Complete(header);
        return MessageContent.FromOctets(header.WrittenMemory);
    }

    private static ImmutableArray<RecipientOutcome> FailAll(MailEnvelope envelope, DeliveryStatus status) =>
        [.. envelope.Recipients.Select(recipient => RecipientOutcome.Failed(recipient, status))];

    private static string Explain(ImmutableArray<RecipientOutcome> rejected, MailEnvelope envelope)
    {
        var lines = rejected.Select(outcome => $"{outcome.Recipient.Address}: {outcome.Status} {outcome.Text}");
        var accepted = envelope.Recipients.Length - rejected.Length;
        var rest = accepted > 0 ? $"\nThe other {accepted} of {envelope.Recipients.Length} recipients were accepted; do not submit the file again as it is." : "";
        return $"recipients were refused:\n{string.Join('\n', lines)}{rest}";
    }
}
