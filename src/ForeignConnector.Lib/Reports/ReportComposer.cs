using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using MimeKit.Utils;

namespace ForeignConnector.Lib.Reports;

/// <summary>A report that can be sent.</summary>
/// <param name="Content">Its octets; valid while the original's content is.</param>
/// <param name="Body">What octets it needs: 7BIT or 8BITMIME (ND-5).</param>
internal sealed record ComposedReport(MessageContent Content, BodyType Body);

/// <summary>
/// Puts a report together (RFC 6522): for people, for machines, the original. The same material gives the same octets.
/// All of it is CRLF lines that any system takes (ND-5).
/// </summary>
internal sealed class ReportComposer(ReportOptions options, ReportTexts texts)
{
    // RFC 5322, section 3.4: a To that says nobody.
    private const string Nobody = "undisclosed-recipients:;";

    private static readonly ReportTexts PlainTexts = new();

    /// <summary>Composes a report. When its header, read again, is not what was meant, nothing is quoted in it (SE-9).</summary>
    /// <param name="report">What happened.</param>
    /// <param name="due">The recipients to report; empty for a message refused as a whole.</param>
    /// <param name="original">What goes back.</param>
    /// <param name="id">The report's own submission.</param>
    /// <exception cref="InvalidOperationException">The options hold what cannot stand in a header.</exception>
    public ComposedReport Compose(SenderReport report, ImmutableArray<RecipientOutcome> due, ReturnedOriginal original, SubmissionId id) =>
        TryCompose(report, due, original, id, texts, SafeText.Line(report.Sender, int.MaxValue))
        ?? TryCompose(report, due, original with { Facts = OriginalFacts.None }, id, PlainTexts, Nobody)
        ?? throw new InvalidOperationException("No header of a report can be made with the configured names and addresses.");

    private ComposedReport? TryCompose(
        SenderReport report, ImmutableArray<RecipientOutcome> due, ReturnedOriginal original, SubmissionId id, ReportTexts words, string to)
    {
        var facts = ReportFactsSource.Gather(report, due, original, options);
        // No text can hold a boundary that depends on it.
        var boundary = $"=_{Convert.ToHexStringLower(original.Digest.AsSpan(0, 16))}{id.Key:x32}"[..48];
        var octets = new ArrayBufferWriter<byte>(4096);
        if (!Header(facts, original.Body, id, words, to, boundary).TryWrite(octets))
            return null;
        var isSevenBit = Ascii.IsValid(octets.WrittenSpan) && original.Body == BodyType.SevenBit;
        var text = Encoding.UTF8.GetBytes(SafeText.Lines(words.Body(facts)));
        var isEncoded = NeedsEncoding(text);
        var delimiter = Delimiter(boundary);
        if (!TryWritePart(
            octets, delimiter.TrimStart(), PartFields("text/plain; charset=utf-8", isEncoded ? "quoted-printable" : null), text, isEncoded))
            return null;
        var status = Encoding.ASCII.GetBytes(
            DeliveryStatusFields.Write(report, due, due.IsEmpty ? facts.Causes[0] : null, options.ServerName));
        return TryWritePart(octets, delimiter, PartFields("message/delivery-status"), status)
            && TryWriteOriginal(octets, delimiter, original)
            ? new ComposedReport(Around(original, report.Content, octets, boundary), isSevenBit ? BodyType.SevenBit : BodyType.EightBitMime)
            : null;
    }

    private ReportFields Header(ReportFacts facts, BodyType body, SubmissionId id, ReportTexts words, string to, string boundary)
    {
        var fields = new ReportFields()
            .Add("From", From(words))
            .Add("Date", DateUtils.FormatDate(id.AcceptedAt))
            .Add("Subject", HeaderText.Unstructured("Subject", SafeText.Line(words.Subject(facts))))
            .Add("Message-Id", id.ToMessageId(options.DefaultDomain))
            .Add("To", to)
            .Add("Auto-Submitted", "auto-replied");
        if (facts.MessageId is { } original)
            fields.Add("In-Reply-To", original).Add("References", original);
        fields.Add("MIME-Version", "1.0");
        fields.Add("Content-Type", $"multipart/report;\r\n\tboundary=\"{boundary}\";\r\n\treport-type=delivery-status");
        // What holds 8-bit octets is 8bit itself (RFC 2045, section 6.4).
        return body == BodyType.EightBitMime ? fields.Add("Content-Transfer-Encoding", "8bit") : fields;
    }

    private string From(ReportTexts words)
    {
        var name = SafeText.Line(words.SenderName);
        return name.Length == 0 ? options.PostmasterAddress : HeaderText.Mailbox("From", name, options.PostmasterAddress);
    }

    private static ReportFields PartFields(string type, string? encoding = null)
    {
        var fields = new ReportFields().Add("Content-Type", type);
        return encoding is null ? fields : fields.Add("Content-Transfer-Encoding", encoding);
    }

    private static bool TryWriteOriginal(IBufferWriter<byte> output, string delimiter, ReturnedOriginal original) => original.Part switch
    {
        ReturnedPart.Nothing => true,
        ReturnedPart.Whole => TryWritePart(
            output, delimiter, PartFields("message/rfc822", original.Body == BodyType.EightBitMime ? "8bit" : null), original.Header.Span),
        // A broken or extended header may be encoded (RFC 6522, section 4), so a report without a body is always 7bit.
        _ when NeedsEncoding(original.Header.Span) => TryWritePart(
            output, delimiter, PartFields("text/rfc822-headers", "quoted-printable"), original.Header.Span, isEncoded: true),
        _ => TryWritePart(output, delimiter, PartFields("text/rfc822-headers"), original.Header.Span),
    };

    private static bool TryWritePart(
        IBufferWriter<byte> output, string delimiter, ReportFields fields, ReadOnlySpan<byte> content, bool isEncoded = false)
    {
        output.Write(Encoding.ASCII.GetBytes($"{delimiter}\r\n"));
        if (!fields.TryWrite(output))
            return false;
        if (isEncoded)
            QuotedPrintable.Encode(content, output);
        else
            output.Write(content);
        return true;
    }

    private static bool NeedsEncoding(ReadOnlySpan<byte> octets)
    {
        var scan = default(OctetScan);
        scan.Add(octets);
        scan.Complete();
        return scan.Body != BodyType.SevenBit;
    }

    private static string Delimiter(string boundary) => $"\r\n--{boundary}";

    private static MessageContent Around(ReturnedOriginal original, MessageContent content, ArrayBufferWriter<byte> octets, string boundary)
    {
        var tail = Encoding.ASCII.GetBytes($"{Delimiter(boundary)}--\r\n");
        if (original.Part == ReturnedPart.Whole)
            return new ReportContent(octets.WrittenMemory, content, original, tail);
        octets.Write(tail);
        return MessageContent.FromOctets(octets.WrittenMemory);
    }
}
