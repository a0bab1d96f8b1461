using System.Buffers;
using System.Text;

namespace ForeignConnector.Lib.Reports;

/// <summary>
/// Text as the value of a header field: plain where it is printable ASCII, else encoded words of whole runes (RFC 2047).
/// It is folded here and nowhere else, between words only, so that no part of the text can become a line of the header (SE-9).
/// </summary>
internal static class HeaderText
{
    // RFC 5322, section 2.1.1; RFC 2047, section 2.
    private const int LineLength = 78;
    private const int LineLengthWithEncodedWord = 76;
    private const int EncodedWordLength = 75;

    private const string Begin = "=?utf-8?b?";
    private const string End = "?=";
    private const string Fold = "\r\n ";

    private static readonly SearchValues<char> Atom =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~ ");

    /// <summary>The value of an unstructured field, such as Subject.</summary>
    /// <param name="name">The field's name, at most 40 characters.</param>
    /// <param name="text">Any text.</param>
    public static string Unstructured(string name, string text) => IsPlain(text) ? Words(name, text) : EncodedWords(name, text);

    /// <summary>A display name and an address.</summary>
    /// <param name="name">The field's name, at most 40 characters.</param>
    /// <param name="text">Any text, not empty.</param>
    /// <param name="address">Stands as it is.</param>
    public static string Mailbox(string name, string text, string address)
    {
        var phrase = Phrase(name, text);
        var isShort = name.Length + phrase.Length + address.Length + ":  <>".Length <= LineLengthWithEncodedWord;
        return $"{phrase}{(isShort ? " " : Fold)}<{address}>";
    }

    // Atoms, a quoted string or encoded words (RFC 5322, section 3.2.5).
    private static string Phrase(string name, string text)
    {
        if (!IsPlain(text) || text.AsSpan().ContainsAny('"', '\\'))
            return EncodedWords(name, text);
        return text.AsSpan().ContainsAnyExcept(Atom) ? Words(name, $"\"{text}\"") : Words(name, text);
    }

    // Words of printable ASCII with one blank between them, none of which a reader could take for an encoded word.
    private static bool IsPlain(string text) =>
        !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains("=?", StringComparison.Ordinal)
            && !text.Contains("  ", StringComparison.Ordinal)
        && text is [not ' ', .., not ' '] or [not ' '] or [];

    private static string Words(string name, string text)
    {
        var value = new StringBuilder(text.Length + 16);
        var column = name.Length + ": ".Length;
        foreach (var range in text.AsSpan().Split(' '))
        {
            var word = text.AsSpan(range);
            if (value.Length > 0)
            {
                var fits = column + 1 + word.Length <= LineLength;
                value.Append(fits ? " " : Fold);
                column = fits ? column + 1 : 1;
            }
            value.Append(word);
            column += word.Length;
        }
        return value.ToString();
    }

    private static string EncodedWords(string name, string text)
    {
        var value = new StringBuilder(text.Length * 2);
        Span<byte> octets = stackalloc byte[EncodedWordLength];
        var count = 0;
        var room = Room(LineLengthWithEncodedWord - name.Length - ": ".Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (count + rune.Utf8SequenceLength > room)
            {
                Append(value, octets[..count]);
                count = 0;
                room = Room(EncodedWordLength);
            }
            count += rune.EncodeToUtf8(octets[count..]);
        }
        Append(value, octets[..count]);
        return value.ToString();
    }

    // The octets whose base64 fits between the ends of an encoded word of that length.
    private static int Room(int length) => (length - Begin.Length - End.Length) / 4 * 3;

    private static void Append(StringBuilder value, ReadOnlySpan<byte> octets)
    {
        if (value.Length > 0)
            value.Append(Fold);
        value.Append(Begin).Append(Convert.ToBase64String(octets)).Append(End);
    }
}
