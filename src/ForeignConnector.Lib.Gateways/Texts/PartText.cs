using System.Text;
using MimeKit;

namespace ForeignConnector.Lib.Gateways.Texts;

/// <summary>The text of single parts, decoded and bounded.</summary>
internal static class PartText
{
    // HTML says little with many octets.
    private const int OctetsPerCharacter = 16;

    static PartText() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The texts of parts, one after the other.</summary>
    public static (string Text, bool IsCut) Join(IEnumerable<TextPart> parts, int maxLength)
    {
        var text = new StringBuilder();
        var isCut = false;
        foreach (var part in parts)
        {
            if (text.Length > maxLength)
                break;
            var (own, isOwnCut) = Of(part, maxLength);
            isCut |= isOwnCut;
            if (text.Length > 0 && own.Length > 0)
                text.Append(text[^1] == '\n' ? "\n" : "\n\n");
            text.Append(own);
        }
        var whole = text.ToString().TrimEnd();
        if (!isCut && whole.Length <= maxLength)
            return (whole, false);
        var end = Math.Min(whole.Length, maxLength - MessageText.CutNote.Length);
        if (end > 0 && end < whole.Length && char.IsLowSurrogate(whole[end]))
            end--;
        return (whole[..end].TrimEnd() + MessageText.CutNote, true);
    }

    /// <summary>True when a part has text that can be seen.</summary>
    public static bool SaysSomething(TextPart part) => !string.IsNullOrWhiteSpace(Of(part, 1000).Text);

    private static (string Text, bool IsCut) Of(TextPart part, int maxLength)
    {
        var (octets, isCut) = ReadStart(part, (int)Math.Min(int.MaxValue / 2, (long)maxLength * OctetsPerCharacter));
        var text = Decode(octets, part.ContentType.Charset).ReplaceLineEndings("\n").Replace("\0", "", StringComparison.Ordinal);
        if (part.IsHtml)
            return (HtmlText.Plain(text, maxLength * 2), isCut);
        return (part.IsFlowed ? FlowedText.Join(text, IsDelSp(part)) : text, isCut);
    }

    private static bool IsDelSp(TextPart part) =>
        part.ContentType.Parameters.TryGetValue("delsp", out string? value) && value.Equals("yes", StringComparison.OrdinalIgnoreCase);

    private static (byte[] Octets, bool IsCut) ReadStart(TextPart part, int most)
    {
        if (part.Content is null)
            return ([], false);
        using var content = part.Content.Open();
        using var start = new MemoryStream();
        var buffer = new byte[8192];
        while (start.Length <= most && content.Read(buffer) is > 0 and var read)
            start.Write(buffer.AsSpan(0, read));
        return start.Length <= most ? (start.ToArray(), false) : (start.ToArray()[..most], true);
    }

    private static string Decode(byte[] octets, string? charset)
    {
        if (octets.AsSpan().StartsWith(Encoding.UTF8.Preamble))
            return Encoding.UTF8.GetString(octets.AsSpan(3));
        var encoding = Known(charset);
        // What is called ASCII, or nothing, is seldom what it is called.
        if (encoding is null or ASCIIEncoding)
            encoding = System.Text.Unicode.Utf8.IsValid(octets) ? Encoding.UTF8 : Encoding.GetEncoding(1252);
        var text = encoding.GetString(octets);
        return text.StartsWith('\ufeff') ? text[1..] : text;
    }

    private static Encoding? Known(string? charset)
    {
        if (string.IsNullOrWhiteSpace(charset))
            return null;
        try
        {
            var encoding = Encoding.GetEncoding(charset.Trim().Trim('"'));
            return encoding.CodePage == 28591 ? Encoding.GetEncoding(1252) : encoding;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
