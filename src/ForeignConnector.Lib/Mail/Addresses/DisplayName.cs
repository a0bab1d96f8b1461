using System.Buffers;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>
/// The display name that applications put before the address of a Pickup message's <c>X-Sender</c> or <c>X-Receiver</c> (PU-11): words,
/// quoted strings and encoded words (RFC 5322, section 3.4; RFC 2047). It is not part of the envelope, and never decoded: what an encoded
/// word hides goes nowhere.
/// </summary>
internal static class DisplayName
{
    // What ends a word: RFC 5322 specials without '.', white space, and control characters.
    private static readonly SearchValues<byte> EndsWord = SearchValues.Create(
        [.. "()<>[]:;@\\,\" \x7f"u8, .. Enumerable.Range(0, 32).Select(c => (byte)c)]);

    /// <summary>Octets before the <c>&lt;</c> of the address; 0 when no name stands there.</summary>
    /// <param name="value">The value of the field from its first octet, without white space at its end.</param>
    /// <param name="position">Where it stands, for the exception.</param>
    /// <exception cref="MailFormatException">CR or NUL is in the name (EN-7), or it can be read as more than one address
    /// (RP-2).</exception>
    public static int Length(ReadOnlySpan<byte> value, int position)
    {
        var phrase = PhraseLength(value);
        var unescaped = UnescapedLength(value);
        // A name like ["a" <x@y>, "b] would otherwise choose who gets the message.
        if (phrase > 0 && unescaped > 0 && phrase != unescaped)
            throw new MailFormatException("RP-2", "the field holds more than one address", position + phrase);
        var length = Math.Max(phrase, unescaped);
        RefuseControl(value[..length], position);
        return length;
    }

    private static int PhraseLength(ReadOnlySpan<byte> value)
    {
        var at = 0;
        while (at < value.Length && value[at] != '<')
        {
            var word = WordLength(value[at..]);
            if (word == 0)
                return 0;
            at = HeaderField.SkipBlanks(value, at + word);
        }
        return at < value.Length ? at : 0;
    }

    // System.Net.Mail quotes a name and escapes nothing in it: "John "Jack" Smith" <js@contoso.com>. No parameters follow there.
    private static int UnescapedLength(ReadOnlySpan<byte> value)
    {
        var bracket = value.LastIndexOf((byte)'<');
        if (value is not [(byte)'"', .., (byte)'>'] || bracket < 0 || value[bracket..].Contains((byte)'"'))
            return 0;
        var quote = value[..bracket].LastIndexOf((byte)'"');
        return quote > 0 && quote + 1 < bracket && HeaderField.SkipBlanks(value, quote + 1) == bracket ? bracket : 0;
    }

    private static int WordLength(ReadOnlySpan<byte> value)
    {
        if (value[0] == '"')
            return CommentedBlanks.QuotedLength(value);
        var end = value.IndexOfAny(EndsWord);
        // [bob AUTH=<x@y>] holds a parameter, and no name.
        return end > 0 && !(EnvelopeKeywords.Length(value) is > 0 and var keyword && value[keyword] == '=') ? end : 0;
    }

    private static void RefuseControl(ReadOnlySpan<byte> name, int position)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == 0 || (name[i] == '\r' && name[i..] is not [_, (byte)'\n', ..]))
                throw new MailFormatException("EN-7", "a display name must not contain CR or NUL", position + i);
        }
    }
}
