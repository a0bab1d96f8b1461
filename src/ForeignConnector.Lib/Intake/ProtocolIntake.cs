using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake;

/// <summary>
/// The door for a protocol by which others hand messages over, such as SMTP: adds the fields in front as for Pickup (PU-9), recognises
/// messages that go in circles (ND-7), and records what came (TR-1). Thread-safe; lives as long as its context.
/// </summary>
/// <param name="context">Who we are, and the parts of the transport.</param>
/// <param name="source">The protocol, for the record.</param>
public sealed class ProtocolIntake(IntakeContext context, TrackingSource source)
{
    /// <summary>The largest header that is taken, in octets: 1 MB.</summary>
    public const int MaxHeaderSize = 1 << 20;

    /// <summary>Who is asked before messages are taken in.</summary>
    public IIntakeGate Gate => context.Gate;

    /// <summary>
    /// What stands against a recipient, before its message is there: see <see cref="IMailIntake.ObjectionTo(EnvelopeRecipient, long)"/>.
    /// </summary>
    public RecipientOutcome? ObjectionTo(EnvelopeRecipient recipient, long messageSize) =>
        context.Intake.ObjectionTo(recipient, messageSize);

    /// <summary>Takes responsibility for a message.</summary>
    /// <param name="envelope">
    /// Who it is from and goes to. <see cref="MailEnvelope.HeloDomain"/> and <see cref="MailEnvelope.SourceIPAddress"/> stand in the
    /// <c>Received</c> field that is added.
    /// </param>
    /// <param name="content">The message as it came; the caller disposes it afterwards.</param>
    /// <param name="protocol">How it came, for the <c>with</c> of <c>Received</c>: <c>ESMTP</c>, for example (RFC 3848).</param>
    /// <param name="cancellationToken">A cancelled call may or may not have accepted it.</param>
    /// <returns>
    /// When every recipient is rejected, nothing was accepted, and the caller tells the other side. When only some are, their sender gets a
    /// report.
    /// </returns>
    /// <exception cref="IOException">It cannot be stored now; the other side has to try again.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a permission.</exception>
    public async ValueTask<AcceptResult> AcceptAsync(
        MailEnvelope envelope, MessageContent content, string protocol, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(content);
        var began = context.Time.GetTimestamp();
        var id = context.Ids.Next();
        using var activity = MessageTracing.StartIntake(source, id);
        using var stamped = await StampAsync(envelope, content, protocol, id, cancellationToken).ConfigureAwait(false);
        var item = new MailItem(id, envelope, stamped.Content);
        var result = stamped.Refusal is { } refusal
            ? new AcceptResult([.. envelope.Recipients.Select(recipient => RecipientOutcome.Failed(recipient, refusal))])
            : await AcceptAsync(item, began, cancellationToken).ConfigureAwait(false);
        activity.End(result.Rejected.Length < envelope.Recipients.Length ? "accepted" : "refused", !result.Rejected.IsEmpty);
        return result with { Id = id };
    }

    private async ValueTask<AcceptResult> AcceptAsync(MailItem item, long began, CancellationToken cancellationToken)
    {
        using var expected = context.Trail.Expect(item.Id);
        var result = await context.Intake.AcceptAsync(item, cancellationToken).ConfigureAwait(false);
        if (result.Rejected.Length == item.Envelope.Recipients.Length)
            return result;
        var refused = result.Rejected.Select(outcome => outcome.Recipient).ToHashSet();
        context.Trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Receive,
            Source = source,
            Id = item.Id,
            Sender = item.Envelope.Sender,
            Recipients = item.Envelope.Recipients.RemoveAll(refused.Contains),
            Content = item.Content,
            Duration = context.Time.GetElapsedTime(began),
        });
        if (!result.Rejected.IsEmpty)
            await ReportAsync(item, result.Rejected, cancellationToken).ConfigureAwait(false);
        return result;
    }

    // The other side cannot be told of some recipients any more: their sender is.
    private async ValueTask ReportAsync(MailItem item, ImmutableArray<RecipientOutcome> rejected, CancellationToken cancellationToken)
    {
        await context.Reports.ReportAsync(SenderReport.About(item, SenderReportKind.Failed, rejected), cancellationToken)
            .ConfigureAwait(false);
        context.Trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Fail,
            Source = TrackingSource.Routing,
            Id = item.Id,
            Sender = item.Envelope.Sender,
            Outcomes = rejected,
            IsPartial = true,
            Content = item.Content,
        });
    }

    private async ValueTask<StampedMessage> StampAsync(
        MailEnvelope envelope, MessageContent content, string protocol, SubmissionId id, CancellationToken cancellationToken)
    {
        var stream = content.OpenRead();
        await using var _ = stream.ConfigureAwait(false);
        using var header = await HeaderBuffer.ReadAsync(stream, MaxHeaderSize, skipPreamble: false, cancellationToken)
            .ConfigureAwait(false);
        if (header.IsTooLarge)
            return new StampedMessage(content, DeliveryStatus.HeaderTooBig);
        var octets = header.Octets[..header.End];
        var facts = HeaderFacts.Read(octets, 0, context.Identity.ServerName);
        if (facts.IsLoop)
            return new StampedMessage(content, DeliveryStatus.Loop);
        var front = new ArrayBufferWriter<byte>(1024);
        Encoding.UTF8.GetBytes(
            context.Identity.ReceivedByProtocol(id, envelope.HeloDomain, envelope.SourceIPAddress, protocol)
            + facts.Additions(context.Identity, id), front);
        if (!BeginsWithField(octets))
        {
            // A body without a header must not become one.
            front.Write("\r\n"u8);
            return new StampedMessage(new FrontedContent(front.WrittenMemory, content, 0));
        }
        if (!IsReplacedIn(octets, facts))
            return new StampedMessage(new FrontedContent(front.WrittenMemory, content, 0));
        var lineEnds = new LineEnds(normalize: false);
        HeaderFirewall.Drop.CopyHeader(octets, 0, new ReplacedFields(facts), ref lineEnds, front);
        return new StampedMessage(new FrontedContent(front.WrittenMemory, content, header.End));
    }

    private static bool BeginsWithField(ReadOnlySpan<byte> header)
    {
        var scanner = new HeaderScanner(header);
        return header.IsEmpty || (scanner.TryRead(out var field) && field.IsField);
    }

    private static bool IsReplacedIn(ReadOnlySpan<byte> header, HeaderFacts facts)
    {
        var scanner = new HeaderScanner(header);
        while (scanner.TryRead(out var field))
        {
            if (facts.Replaces(header, field))
                return true;
        }
        return false;
    }

    private readonly struct ReplacedFields(HeaderFacts facts) : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) => facts.Replaces(octets, field);
    }

    private sealed record StampedMessage(MessageContent Content, DeliveryStatus? Refusal = null) : IDisposable
    {
        public void Dispose() => (Content as FrontedContent)?.Dispose();
    }

    // Octets in memory, then those of another content from some place on; does not own that one.
    private sealed class FrontedContent(ReadOnlyMemory<byte> front, MessageContent rest, int replaced) : MessageContent
    {
        public override long Length => front.Length + rest.Length - replaced;

        public override Stream OpenRead()
        {
            var stream = rest.OpenRead();
            stream.Seek(replaced, SeekOrigin.Current);
            return new EditedStream(front, stream, new LineEnds(normalize: false));
        }
    }
}
