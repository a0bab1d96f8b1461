using System.Collections.Concurrent;
using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Claims;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>Hands a parsed file over to the transport, and what was refused back to its sender (ND-1).</summary>
/// <param name="context">The transport.</param>
/// <param name="source">Where files come from.</param>
/// <param name="dotStuffed">The lines of bodies carry the dots of SMTP (PU-12).</param>
internal sealed class ClaimHandOver(IntakeContext context, TrackingSource source, bool dotStuffed)
{
    // Many more than wait for a report in one directory as a rule; each some 100 octets for each of its recipients.
    private const int MaxUnreported = 10_000;

    // What was decided about files whose report could not be made. They come again, and those who have the message must not get it at every
    // look.
    private readonly ConcurrentDictionary<UInt128, AcceptResult> _unreported = new();

    /// <summary>Accepted when the transport has taken every recipient; those it refuses for good are reported.</summary>
    /// <param name="work">The file; it provides the body.</param>
    /// <param name="message">Envelope and header.</param>
    /// <param name="read">The header as it was read, and what came with it.</param>
    /// <param name="cancellationToken">Leaves the file as it is.</param>
    public async ValueTask<IntakeResult> AcceptAsync(
        IntakeWork work, ParsedMessage message, ClaimedHeader read, CancellationToken cancellationToken)
    {
        if (IsTooLarge(work, message, read))
            return await RefuseUnreadAsync(work, message.Envelope, cancellationToken).ConfigureAwait(false);
        var lineEnds = new LineEnds(message.Envelope.Body != BodyType.BinaryMime, dotStuffed);
        // The lines of a BINARYMIME message are its own.
        var cleanness = message.Envelope.Body == BodyType.BinaryMime ? Cleanness.Unknown : message.Cleanness;
        using var content = read.IsWholeFile
            ? InMemory(work, message.Header, read.Octets.BodyStart.Span, lineEnds, cleanness)
            : ClaimedContent.Measure(
                message.Header.WrittenMemory, work.Claim.File, read.Octets.BodyOffset, lineEnds, cleanness, cancellationToken);
        var item = new MailItem(work.Id, message.Envelope, content);
        if (message.Hops.IsLoop)
            return await RefuseAsync(work, source, item, Refusal.OfLoop(item.Envelope, message.Hops), cancellationToken)
                .ConfigureAwait(false);
        if (!_unreported.TryGetValue(work.Id.Key, out var result))
        {
            using (context.Trail.Expect(work.Id))
            {
                result = await context.Intake.AcceptAsync(item, cancellationToken).ConfigureAwait(false);
                RecordReceive(work, item, result.Rejected);
            }
        }
        if (message.LeftOut.Count > 0)
            context.Logger.HintLeftOut(
                source.ToString(), FileNames.ForLog(work.Claim.OriginalName), string.Join(", ", message.LeftOut.Keys));
        ImmutableArray<RecipientOutcome> rejected = [.. message.Unreadable, .. result.Rejected];
        if (rejected.IsEmpty)
            return IntakeResult.Accepted;
        Remember(work.Id.Key, result);
        var accepted = item.Envelope.Recipients.Length - result.Rejected.Length;
        work.MustStayClaimed = accepted > 0;
        var refusal = Refusal.Of(item.Envelope.Sender, rejected, accepted);
        var refused = await RefuseAsync(work, TrackingSource.Routing, item, refusal, cancellationToken).ConfigureAwait(false);
        _unreported.TryRemove(work.Id.Key, out _);
        return refused;
    }

    /// <summary>What no message can be made of: reported when the sender can be read, else badmail.</summary>
    /// <param name="work">The file.</param>
    /// <param name="sender">Who it is from; null when that is not known.</param>
    /// <param name="recipients">Who it is for, when all of them are known.</param>
    /// <param name="e">What is wrong with it.</param>
    /// <param name="cancellationToken">Leaves the file as it is.</param>
    public async ValueTask<IntakeResult> RefuseAsync(
        IntakeWork work, InjectedSender? sender, ImmutableArray<EnvelopeRecipient> recipients, MailFormatException e,
        CancellationToken cancellationToken)
    {
        if (sender is null)
            return new IntakeResult(IntakeDisposition.BadMail, Refusal.Of(e));
        var status = e.Status ?? DeliveryStatus.InvalidContent;
        var reason = $"{status.Text.TrimEnd('.')}: {e.Reason}.";
        using var content = new ClaimedContent(work.Claim.File);
        var refusal = Refusal.Of(e) with
        {
            Sender = sender.Address,
            Outcomes = e.Outcomes.IsEmpty
                ? [.. recipients.Select(recipient => RecipientOutcome.Failed(recipient, status.Code, reason))]
                : e.Outcomes,
        };
        var report = new SenderReport
        {
            Kind = SenderReportKind.Failed,
            Id = work.Id,
            Sender = sender.Address,
            Content = content,
            Outcomes = refusal.Outcomes,
            EnvelopeId = sender.EnvelopeId,
            Return = sender.Return,
            Status = status.Code,
            Reason = reason,
        };
        return await ReportAsync(work, source, report, refusal, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<IntakeResult> RefuseAsync(
        IntakeWork work, TrackingSource decidedBy, MailItem item, Refusal refusal, CancellationToken cancellationToken) =>
        ReportAsync(work, decidedBy, SenderReport.About(item, SenderReportKind.Failed, refusal.Outcomes), refusal, cancellationToken);

    private async ValueTask<IntakeResult> ReportAsync(
        IntakeWork work, TrackingSource decidedBy, SenderReport report, Refusal refusal, CancellationToken cancellationToken)
    {
        var result = await context.Reports.ReportAsync(report, cancellationToken).ConfigureAwait(false);
        if (result == SenderReportResult.Impossible)
            return new IntakeResult(IntakeDisposition.BadMail, refusal);
        context.Trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Fail,
            Source = decidedBy,
            Id = work.Id,
            Sender = report.Sender,
            Outcomes = report.Outcomes,
            IsPartial = refusal.IsPartial,
            Content = report.Content,
            FileName = work.Claim.OriginalName,
            Detail = $"{refusal.Rule}: {refusal.Reason}",
            Duration = context.Time.GetElapsedTime(work.ClaimedAt),
        });
        return new IntakeResult(
            result == SenderReportResult.Accepted ? IntakeDisposition.Reported : IntakeDisposition.NotReported, refusal);
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

    // Larger than anything takes: its body is not read (SE-5). A line loses one octet of four at most, with its dot.
    private bool IsTooLarge(IntakeWork work, ParsedMessage message, ClaimedHeader read)
    {
        var body = work.Claim.File.Length - read.Octets.BodyOffset;
        return message.Header.Written + (dotStuffed ? body / 4 * 3 : body) > context.Intake.MaxMessageSize;
    }

    private async ValueTask<IntakeResult> RefuseUnreadAsync(IntakeWork work, MailEnvelope envelope, CancellationToken cancellationToken)
    {
        using var content = new ClaimedContent(work.Claim.File);
        ImmutableArray<RecipientOutcome> outcomes =
            [.. envelope.Recipients.Select(recipient => RecipientOutcome.Failed(recipient, DeliveryStatus.TooBigForDestination))];
        return await RefuseAsync(work, TrackingSource.Routing, new MailItem(work.Id, envelope, content),
            Refusal.Of(envelope.Sender, outcomes, accepted: 0), cancellationToken).ConfigureAwait(false);
    }

    private static MessageContent InMemory(
        IntakeWork work, PooledBuffer header, ReadOnlySpan<byte> body, LineEnds lineEnds, Cleanness cleanness)
    {
        ClaimedContent.ThrowIfChanged(work.Claim.File);
        lineEnds.Write(body, header);
        lineEnds.Complete(header);
        return MessageContent.FromOctets(header.WrittenMemory, cleanness);
    }
}
