using System.Globalization;
using System.Text;

namespace ForeignConnector.Lib.Reports;

/// <summary>Makes text from outside harmless to a header, a terminal and a reader's eyes, and keeps it readable.</summary>
internal static class SafeText
{
    /// <summary>The longest text that is quoted, in UTF-16 units.</summary>
    public const int MaxLength = 200;

    /// <summary>The longest value of a field: RFC 5322 allows 998 octets a line, and a field of ours has its name and a few words before
    /// it.</summary>
    public const int MaxFieldLength = 900;

    private const char Replacement = '\uFFFD';

    /// <summary>
    /// One line for people. A tab becomes a blank, which is all it is there (many fold with one); line ends, other control and format
    /// characters (direction marks, zero widths) become U+FFFD; joiners, which scripts need, stay.
    /// </summary>
    public static string Line(string text, int maxLength = MaxLength) => Line(text.AsSpan().Trim(), maxLength);

    /// <summary>A value for a field of message/delivery-status: printable ASCII and blanks, a tab as one of them, everything else <c>?</c>,
    /// on one line that is not too long.</summary>
    public static string Field(string text)
    {
        var length = Math.Min(text.Length, MaxFieldLength);
        return string.Create(length, text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
                target[i] = source[i] == '\t' ? ' ' : source[i] is >= ' ' and <= '~' ? source[i] : '?';
        });
    }

    /// <summary>True when a value can stand in such a field as it is.</summary>
    public static bool IsField(string text) => text.Length <= MaxFieldLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>Several lines for people, as CRLF lines: texts of an application may hold anything, but no control characters.</summary>
    public static string Lines(string text)
    {
        var lines = new StringBuilder(text.Length + 2);
        foreach (var line in text.AsSpan().TrimEnd().EnumerateLines())
            lines.Append(Line(line.TrimEnd(), int.MaxValue)).Append("\r\n");
        return lines.ToString();
    }

    private static string Line(ReadOnlySpan<char> text, int maxLength)
    {
        if (text.Length <= maxLength && !text.ContainsAnyExceptInRange(' ', '~'))
            return text.ToString();
        var line = new StringBuilder(Math.Min(text.Length, maxLength) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > maxLength)
                return line.Append('…').ToString();
            if (rune.Value == '\t')
                line.Append(' ');
            else if (IsSafe(rune))
                line.Append(rune.ToString());
            else
                line.Append(Replacement);
        }
        return line.ToString();
    }

    private static bool IsSafe(Rune rune) =>
        rune.Value is 0x200C or 0x200D
        || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
}
