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

/// <summary>
/// Reads the header of a claimed file once, hands the message over to the transport, and reports to its sender what was refused (ND-1).
/// Calls overlap.
/// </summary>
/// <param name="parser">What the header is made of: Pickup or Replay.</param>
/// <param name="context">The transport.</param>
internal sealed class ClaimHandOver(IHeaderParser parser, IntakeContext context)
{
    // Many more than wait for a report in one directory as a rule; each some 100 octets for each of its recipients.
    private const int MaxUnreported = 10_000;

    // A header up to this size is nothing special. Of larger ones only one at a time is in memory, whatever lies in the directories.
    private const int LargeHeader = 4 << 20;

    // A file up to this size is one read and one buffer from the pool.
    private const int SmallFile = 128 << 10;

    // The answers of the transport about files whose report could not be made. Such a file comes again, and recipients that have the
    // message must not get it at every poll.
    private readonly ConcurrentDictionary<UInt128, AcceptResult> _unreported = new();

    /// <summary>Hands the file over. Bad content is a result; an exception means that the file is worth another try.</summary>
    public async ValueTask<IntakeResult> RunAsync(IntakeWork work, CancellationToken cancellationToken)
    {
        using (var header = await ReadHeaderAsync(work, Math.Min(parser.MaxHeaderSize, LargeHeader), cancellationToken)
            .ConfigureAwait(false))
        {
            if (!header.IsTooLarge || parser.MaxHeaderSize <= LargeHeader)
                return await RunAsync(work, header, cancellationToken).ConfigureAwait(false);
        }
        await context.LargeHeader.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var header = await ReadHeaderAsync(work, parser.MaxHeaderSize, cancellationToken).ConfigureAwait(false);
            return await RunAsync(work, header, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            context.LargeHeader.Release();
        }
    }

    // To the blank line, the limit or the end, and a small file in any case to its end.
    private static async ValueTask<HeaderBuffer> ReadHeaderAsync(IntakeWork work, long limit, CancellationToken cancellationToken)
    {
        var length = work.Claim.File.Length;
        using var stream = new LockedFileStream(work.Claim.File, 0, length);
        var size = length < SmallFile ? (int)length + 1 : 0;
        return await HeaderBuffer.ReadAsync(stream, limit, skipPreamble: true, cancellationToken, size).ConfigureAwait(false);
    }

    private async ValueTask<IntakeResult> RunAsync(IntakeWork work, HeaderBuffer header, CancellationToken cancellationToken)
    {
        ParsedMessage message;
        try
        {
            message = Parse(header, work.Id);
        }
        catch (MailFormatException e)
        {
            return await RefuseAsync(work, header, e, cancellationToken).ConfigureAwait(false);
        }
        using (message)
            return await AcceptAsync(work, message, header, cancellationToken).ConfigureAwait(false);
    }

    private ParsedMessage Parse(HeaderBuffer header, SubmissionId id)
    {
        if (HeaderScanner.IsUtf16(header.Octets))
            throw new MailFormatException("PU-12", "the file is UTF-16 text; a message is ASCII or UTF-8", 0);
        return header.IsTooLarge
            ? throw parser.TooLarge()
            : parser.Parse(header.Octets[..header.End], header.Start, header.BlankLine, context.Identity, id);
    }

    // Accepted when the transport has taken every recipient; those it refuses for good are reported.
    private async ValueTask<IntakeResult> AcceptAsync(
        IntakeWork work, ParsedMessage message, HeaderBuffer header, CancellationToken cancellationToken)
    {
        if (IsTooLarge(work, message, header))
            return await RefuseUnreadAsync(work, message.Envelope, cancellationToken).ConfigureAwait(false);
        var lineEnds = new LineEnds(message.Envelope.Body != BodyType.BinaryMime, parser.DotStuffed);
        // The lines of a BINARYMIME message are its own.
        var cleanness = message.Envelope.Body == BodyType.BinaryMime ? Cleanness.Unknown : message.Cleanness;
        using var content = header.BodyOffset + header.BodyStart.Length == work.Claim.File.Length
            ? InMemory(work, message.Header, header.BodyStart.Span, lineEnds, cleanness)
            : ClaimedContent.Measure(
                message.Header.WrittenMemory, work.Claim.File, header.BodyOffset, lineEnds, cleanness, cancellationToken);
        var item = new MailItem(work.Id, message.Envelope, content);
        if (message.Facts.IsLoop)
            return await RefuseAsync(work, parser.Source, item, Refusal.OfLoop(item.Envelope, message.Facts), cancellationToken)
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
                parser.Source.ToString(), FileNames.ForLog(work.Claim.OriginalName), string.Join(", ", message.LeftOut.Keys));
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

    // A file of which no message can be made: reported when the sender can be read, else badmail.
    private async ValueTask<IntakeResult> RefuseAsync(
        IntakeWork work, HeaderBuffer header, MailFormatException e, CancellationToken cancellationToken)
    {
        var sender = SenderOf(header);
        if (sender is null)
            return new IntakeResult(IntakeDisposition.BadMail, Refusal.Of(e));
        var status = e.Status ?? DeliveryStatus.InvalidContent;
        var reason = $"{status.Text.TrimEnd('.')}: {e.Reason}.";
        using var content = new ClaimedContent(work.Claim.File);
        var refusal = Refusal.Of(e) with
        {
            Sender = sender.Address,
            Outcomes = e.Outcomes.IsEmpty
                ? [.. RecipientsOf(header, e).Select(recipient => RecipientOutcome.Failed(recipient, status.Code, reason))]
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
        return await ReportAsync(work, parser.Source, report, refusal, cancellationToken).ConfigureAwait(false);
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
            Source = parser.Source,
            Id = work.Id,
            Sender = item.Envelope.Sender,
            Recipients = rejected.IsEmpty ? item.Envelope.Recipients : item.Envelope.Recipients.RemoveAll(refused.Contains),
            Content = item.Content,
            FileName = work.Claim.OriginalName,
            Duration = context.Time.GetElapsedTime(work.ClaimedAt),
        });
    }

    private InjectedSender? SenderOf(HeaderBuffer header)
    {
        var octets = header.Octets[..header.End];
        return parser.TryReadSender(
            header.IsTooLarge ? HeaderFacts.WithoutLast(octets, header.Start) : octets, header.Start, context.Identity.DefaultDomain);
    }

    // The part of a header that was not read may name other recipients.
    private ImmutableArray<EnvelopeRecipient> RecipientsOf(HeaderBuffer header, MailFormatException e) => header.IsTooLarge
        ? []
        : parser.RecipientsOrNone(header.Octets[..header.End], header.Start, context.Identity.DefaultDomain, e);

    // The body of a message that no connector takes is not read (SE-5). A line loses one octet of four at most, with its dot.
    private bool IsTooLarge(IntakeWork work, ParsedMessage message, HeaderBuffer header)
    {
        var body = work.Claim.File.Length - header.BodyOffset;
        return message.Header.Written + (parser.DotStuffed ? body / 4 * 3 : body) > context.Intake.MaxMessageSize;
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
