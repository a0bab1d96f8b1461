using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Mail;
using MimeKit;

namespace ForeignConnector.Lib.Reports;

/// <summary>
/// Puts a report together (RFC 6522): for people, for machines, the original. The same material gives the same octets. MimeKit writes it around one octet
/// that stands for the original, which is then put in its place unseen.
/// </summary>
internal sealed class ReportComposer(ReportOptions options, ReportTexts texts)
{
    private static readonly byte[] Placeholder = [(byte)'X'];

    /// <summary>The report's octets; valid while the original's content is.</summary>
    /// <param name="report">What happened.</param>
    /// <param name="due">The recipients to report; empty for a message refused as a whole.</param>
    /// <param name="original">What goes back.</param>
    /// <param name="id">The report's own submission.</param>
    public MessageContent Compose(SenderReport report, ImmutableArray<RecipientOutcome> due, ReturnedOriginal original, SubmissionId id)
    {
        var facts = ReportFactsSource.Gather(report, due, original, options);
        // No text can hold a boundary that depends on it.
        var boundary = $"=_{Convert.ToHexStringLower(original.Digest.AsSpan(0, 16))}{id.Key:x32}"[..48];
        using var message = Header(report, facts, id);
        using var parts = new MultipartReport("delivery-status")
        {
            ForPeople(facts),
            ForMachines(DeliveryStatusFields.Write(report, due, due.IsEmpty ? facts.Causes[0] : null, options.ServerName)),
            Original(original),
        };
        parts.Boundary = boundary;
        // What holds 8-bit octets is 8bit itself (RFC 2045, section 6.4).
        if (original.Part == ReturnedPart.Whole && parts[2].Headers[HeaderId.ContentTransferEncoding] is { } encoding)
            parts.Headers.Add(HeaderId.ContentTransferEncoding, encoding);
        message.Body = parts;
        return Around(original, report.Content, Octets(message, IsInternational(report.Sender)), boundary);
    }

    /// <summary>True when a header that names the sender has to be UTF-8 (RFC 6532): there is no other form for such an address.</summary>
    public static bool IsInternational(string sender) => !Ascii.IsValid(sender);

    private MimeMessage Header(SenderReport report, ReportFacts facts, SubmissionId id)
    {
        var message = new MimeMessage { Date = id.AcceptedAt, Subject = InertText.Line(texts.Subject(facts)) };
        message.From.Add(new MailboxAddress(InertText.Line(texts.SenderName), options.PostmasterAddress));
        message.Headers[HeaderId.MessageId] = id.ToMessageId(options.DefaultDomain);
        // An envelope takes addresses that MimeKit does not; what they name is a matter of the envelope.
        if (MailboxAddress.TryParse(report.Sender, out var sender))
            message.To.Add(sender);
        else
            message.Headers[HeaderId.To] = $"<{report.Sender}>";
        message.Headers[HeaderId.AutoSubmitted] = "auto-replied";
        if (facts.MessageId is { } original)
        {
            message.Headers[HeaderId.InReplyTo] = original;
            message.Headers[HeaderId.References] = original;
        }
        return message;
    }

    private MimeKit.TextPart ForPeople(ReportFacts facts)
    {
        var text = InertText.Lines(texts.Body(facts));
        return new MimeKit.TextPart("plain")
        {
            Text = text,
            ContentTransferEncoding = Ascii.IsValid(text) && !text.Split('\n').Any(line => line.Length > InertText.MaxFieldLength)
                ? ContentEncoding.Default
                : ContentEncoding.QuotedPrintable,
        };
    }

    private static MimePart ForMachines(string fields) => new("message", "delivery-status") { Content = Content(Encoding.ASCII.GetBytes(fields)) };

    private static MimePart Original(ReturnedOriginal original)
    {
        if (original.Part == ReturnedPart.Whole)
            return new MimePart("message", "rfc822") { Content = Content(Placeholder), ContentTransferEncoding = TransferEncoding(original.Body) };
        // A broken or extended header may be encoded (RFC 6522, section 4), so a report without a body is always 7bit.
        return new MimePart("text", "rfc822-headers")
        {
            Content = Content(original.Header.ToArray()),
            ContentTransferEncoding = original.Body == BodyType.SevenBit ? ContentEncoding.Default : ContentEncoding.QuotedPrintable,
        };
    }

    private static MimeContent Content(byte[] octets) => new(new MemoryStream(octets, writable: false));

    // 7bit is what is meant where nothing is said.
    private static ContentEncoding TransferEncoding(BodyType body) => body switch
    {
        BodyType.SevenBit => ContentEncoding.Default,
        BodyType.BinaryMime => ContentEncoding.Binary,
        _ => ContentEncoding.EightBit,
    };

    private static byte[] Octets(MimeMessage message, bool international)
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.International = international;
        using var octets = new MemoryStream();
        message.WriteTo(format, octets);
        return octets.ToArray();
    }

    private static MessageContent Around(ReturnedOriginal original, MessageContent content, byte[] octets, string boundary)
    {
        if (original.Part != ReturnedPart.Whole)
            return MessageContent.FromOctets(octets);
        var tail = Encoding.ASCII.GetBytes($"\r\n--{boundary}--");
        var end = octets.AsSpan().LastIndexOf(tail);
        byte[] head = [.. octets.AsSpan(0, end - Placeholder.Length), .. original.Header.Span];
        return new ReportContent(head, content, original.BodyOffset, octets.AsMemory(end));
    }
}
