using System.Globalization;
using System.Text;

namespace ForeignConnector.Lib.Gateways.Texts;

/// <summary>Texts of others, fit for a line of a report or a log.</summary>
internal static class CleanText
{
    /// <summary>The longest text that a report quotes.</summary>
    public const int MaxLine = 900;

    /// <summary>One line: control and format characters become single blanks, and it ends after so many characters.</summary>
    public static string Line(string text, int most = MaxLine)
    {
        var line = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > most)
                break;
            if (!IsUnseen(rune) && rune.Value != ' ')
                line.Append(rune.ToString());
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');
        }
        return line.ToString().TrimEnd();
    }

    // What moves the cursor, turns the direction of writing, or stands for nothing.
    private static bool IsUnseen(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is (>= 0x200E and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
