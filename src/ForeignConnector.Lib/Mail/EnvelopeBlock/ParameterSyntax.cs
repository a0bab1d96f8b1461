using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>Where the parameters of a sender or recipient begin and end: one answer for those who read them and those who check what is to be written (EN-8).</summary>
internal static class ParameterSyntax
{
    /// <summary>True for <c>KEYWORD=</c>, whatever follows.</summary>
    public static bool BeginsAssignment(ReadOnlySpan<byte> octets) =>
        EnvelopeKeywords.Length(octets) is > 0 and var keyword && keyword < octets.Length && octets[keyword] == '=';

    /// <summary>True for a token such as <c>FOO=bar</c> that begins a parameter of its own even inside a value; <c>FOO=</c> and <c>FOO==</c> are the end of base64.</summary>
    public static bool BeginsParameter(ReadOnlySpan<byte> token)
    {
        var keyword = EnvelopeKeywords.Length(token);
        return keyword > 0 && keyword + 1 < token.Length && token[keyword] == '=' && token[keyword + 1] != '=';
    }

    /// <summary>
    /// How many semicolons at the beginning of the span belong to the value they stand in, as in <c>BY=120;R</c> (RFC 2852): 0 when they end it, because a
    /// blank, the end or a parameter that is known follows.
    /// </summary>
    public static int SemicolonsInValue(ReadOnlySpan<byte> octets)
    {
        var count = octets.IndexOfAnyExcept((byte)';');
        return count <= 0 || FoldedBlanks.Length(octets, count) > 0 || EnvelopeKeywords.BeginsKnown(octets[count..]) ? 0 : count;
    }
}
