using System.Buffers;
using ForeignConnector.Lib.Mail.Headers;
using MimeKit;
using MimeKit.Utils;

namespace ForeignConnector.Lib.Reports;

/// <summary>What a report quotes of the original's header, and whether that is a report itself.</summary>
/// <param name="Subject">Decoded and safe; empty when there is none.</param>
/// <param name="MessageId">With its angle brackets; null when there is none that can be quoted.</param>
/// <param name="IsReport">Its type is multipart/report: whoever made it must not get a report about it (ND-2).</param>
internal sealed record OriginalFacts(string Subject, string? MessageId, bool IsReport)
{
    /// <summary>Of a message that is not quoted.</summary>
    public static readonly OriginalFacts None = new("", null, false);

    // A value that is longer says nothing more to a reader.
    private const int MaxValueLength = 4096;

    private static readonly SearchValues<byte> MessageIdOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.@[]:"u8);

    /// <summary>Reads a header; of several fields of one name the first counts.</summary>
    public static OriginalFacts Read(ReadOnlySpan<byte> octets, int start)
    {
        string? subject = null, messageId = null;
        bool? isReport = null;
        var scanner = new HeaderScanner(octets, start);
        while (scanner.TryRead(out var field))
        {
            if (field.Is(octets, "Subject"u8))
                subject ??= SafeText.Line(Unfold(Rfc2047.DecodeText(Value(octets, field))));
            else if (field.Is(octets, "Message-ID"u8))
                messageId ??= Quotable(field.Value(octets).Trim(" \t\r\n"u8));
            else if (field.Is(octets, "Content-Type"u8))
                isReport ??= ContentType.TryParse(Value(octets, field), out var type) && type.IsMimeType("multipart", "report");
        }
        return new OriginalFacts(subject ?? "", messageId, isReport == true);
    }

    private static byte[] Value(ReadOnlySpan<byte> octets, HeaderField field)
    {
        var value = field.Value(octets);
        return value[..Math.Min(value.Length, MaxValueLength)].ToArray();
    }

    private static string Unfold(string text) => text.ReplaceLineEndings("");

    // <left@right> in plain ASCII, short enough for one line (RFC 5322, section 3.6.4).
    private static string? Quotable(ReadOnlySpan<byte> id) =>
        id is [(byte)'<', .., (byte)'>'] && id.Length < SafeText.MaxFieldLength
            && id.Count((byte)'@') == 1 && !id[1..^1].ContainsAnyExcept(MessageIdOctets)
            ? System.Text.Encoding.ASCII.GetString(id)
            : null;
}
