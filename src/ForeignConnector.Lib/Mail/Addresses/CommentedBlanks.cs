using System.Buffers;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>The pieces of structured fields that are read as one (RFC 5322, section 3.2): blanks with comments, quoted strings, address
/// literals.</summary>
internal static class CommentedBlanks
{
    private static readonly SearchValues<byte> EndsLiteral = SearchValues.Create("[]<>@,;"u8);

    /// <summary>The first place from there on where neither a blank, a fold nor a comment stands. A comment that does not end is
    /// none.</summary>
    public static int Skip(ReadOnlySpan<byte> octets, int at)
    {
        while ((at = HeaderField.SkipBlanks(octets, at)) < octets.Length && octets[at] == '('
            && CommentLength(octets[at..]) is > 0 and var comment)
            at += comment;
        return at;
    }

    /// <summary>Octets of the comment that begins the span, those in it included; 0 when it does not end.</summary>
    public static int CommentLength(ReadOnlySpan<byte> octets)
    {
        var depth = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            switch (octets[i])
            {
                case (byte)'(':
                    depth++;
                    break;
                case (byte)')' when --depth == 0:
                    return i + 1;
                case (byte)'\\':
                    i++;
                    break;
            }
        }
        return 0;
    }

    /// <summary>Octets of the quoted string that begins the span, with its quotes; 0 when it does not end.</summary>
    public static int QuotedLength(ReadOnlySpan<byte> octets)
    {
        for (var i = 1; i < octets.Length; i++)
        {
            if (octets[i] == '"')
                return i + 1;
            if (octets[i] == '\\')
                i++;
        }
        return 0;
    }

    /// <summary>Octets of the address literal that begins the span, with its brackets; 0 when it does not end.</summary>
    public static int LiteralLength(ReadOnlySpan<byte> octets) =>
        octets[1..].IndexOfAny(EndsLiteral) is >= 0 and var end && octets[end + 1] == ']' ? end + 2 : 0;

    /// <summary>What a quoted string says: no quotes, no folds, no backslashes.</summary>
    public static byte[] Unquote(ReadOnlySpan<byte> quoted)
    {
        var text = Unfold(quoted[1..^1]);
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
                i++;
            text[length++] = text[i];
        }
        return text[..length];
    }

    /// <summary>Without the line ends of folds; their blanks stay.</summary>
    public static byte[] Unfold(ReadOnlySpan<byte> octets)
    {
        var text = new byte[octets.Length];
        var length = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            if (HeaderScanner.BlankLine(octets[i..]) is > 0 and var lineEnd)
                i += lineEnd - 1;
            else
                text[length++] = octets[i];
        }
        return text[..length];
    }
}
