using System.Collections.Immutable;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>
/// A parameter of a sender or recipient that this library does not interpret but keeps and writes back unchanged (EN-4), such as
/// <c>SIZE=1000</c>, or <c>X-ExtendedProps=BQAV…</c> after a semicolon. Immutable; equality is ordinal.
/// </summary>
public sealed record EnvelopeParameter
{
    /// <summary>Describes one parameter.</summary>
    /// <param name="keyword">Letters, digits, <c>-</c>, <c>.</c> and <c>_</c>, beginning with a letter or digit; at most 256.</param>
    /// <param name="value">
    /// What follows <c>=</c>, semicolons inside it included (<c>120;R</c>); null when nothing, not even <c>=</c>, follows the keyword.
    /// </param>
    /// <param name="afterSemicolon">True for a parameter behind a semicolon, whose value may hold blanks.</param>
    /// <exception cref="MailFormatException">
    /// It could not be written and read back: CR, LF or NUL in it, a blank or <c>;</c> where none may be, or a value that reads as another
    /// parameter.
    /// </exception>
    public EnvelopeParameter(string keyword, string? value = null, bool afterSemicolon = false)
    {
        ArgumentNullException.ThrowIfNull(keyword);
        EnvelopeText.Writable(keyword, "a parameter's keyword");
        if (!EnvelopeKeywords.IsKeyword(keyword))
            throw new MailFormatException("EN-4", "a parameter's keyword must consist of letters, digits, '-', '.' and '_'");
        if (value is not null)
            CheckValue(value, afterSemicolon);
        Keyword = keyword;
        Value = value;
        AfterSemicolon = afterSemicolon;
    }

    /// <summary>The name of the parameter, in the case it was given.</summary>
    public string Keyword { get; }

    /// <summary>What follows <c>=</c>, unfolded but with every blank in place; null when the parameter is a keyword alone.</summary>
    public string? Value { get; }

    /// <summary>
    /// True when the parameter stands behind a semicolon. Its value is folded before every run of blanks when it is written.
    /// </summary>
    public bool AfterSemicolon { get; }

    /// <summary>
    /// Checks the parameters of one sender or recipient: none is known to the field they belong to. Those after a semicolon come last, as
    /// in a file.
    /// </summary>
    internal static ImmutableArray<EnvelopeParameter> CheckAll(ImmutableArray<EnvelopeParameter> parameters, string[] known)
    {
        if (parameters.IsDefaultOrEmpty)
            return [];
        var sorted = true;
        for (var i = 0; i < parameters.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(parameters[i], nameof(parameters));
            if (known.Contains(parameters[i].Keyword, StringComparer.OrdinalIgnoreCase))
                throw new MailFormatException(
                    "EN-8", $"'{parameters[i].Keyword}' has a property of its own and cannot be an extension parameter");
            sorted &= i == 0 || parameters[i].AfterSemicolon || !parameters[i - 1].AfterSemicolon;
        }
        return sorted ? parameters : [.. parameters.OrderBy(parameter => parameter.AfterSemicolon)];
    }

    private static void CheckValue(string value, bool afterSemicolon)
    {
        EnvelopeText.Writable(value, "a parameter's value");
        if (value.Contains(';', StringComparison.Ordinal))
            CheckSemicolons(EnvelopeText.StrictUtf8.GetBytes(value));
        if (!afterSemicolon && value.AsSpan().IndexOfAny(' ', '\t') is >= 0 and var blank)
            throw new MailFormatException("EN-8", "a parameter's value may contain blanks only after a semicolon", blank);
        if (value.Length > 0 && EnvelopeText.IsBlank(value[^1]))
            throw new MailFormatException("EN-8", "a parameter's value must not end with a blank", value.Length - 1);
        if (afterSemicolon && value.AsSpan().ContainsAny(' ', '\t'))
            CheckTokens(EnvelopeText.StrictUtf8.GetBytes(value));
    }

    private static void CheckSemicolons(ReadOnlySpan<byte> value)
    {
        for (var at = 0; value[at..].IndexOf((byte)';') is >= 0 and var more;)
        {
            at += more;
            var count = ParameterSyntax.SemicolonsInValue(value[at..]);
            if (count == 0 || (at > 0 && value[at - 1] is (byte)' ' or (byte)'\t'))
                throw new MailFormatException(
                    "EN-8", "a ';' in a parameter's value must not stand at its end, beside a blank or before a parameter such as NOTIFY=",
                    at);
            at += count;
        }
    }

    private static void CheckTokens(ReadOnlySpan<byte> value)
    {
        var first = true;
        foreach (var range in value.SplitAny(" \t"u8))
        {
            if (!first && ParameterSyntax.BeginsParameter(value[range]))
                throw new MailFormatException(
                    "EN-8", "a parameter's value must not contain what reads as another parameter", range.Start.Value);
            first = false;
        }
    }
}

/// <summary>
/// Where the parameters of a sender or recipient begin and end: one answer for reading them and for checking them before they are written
/// (EN-8).
/// </summary>
internal static class ParameterSyntax
{
    /// <summary>True for <c>KEYWORD=</c>, whatever follows.</summary>
    public static bool BeginsAssignment(ReadOnlySpan<byte> octets) =>
        EnvelopeKeywords.Length(octets) is > 0 and var keyword && keyword < octets.Length && octets[keyword] == '=';

    /// <summary>
    /// True for a token such as <c>FOO=bar</c> that begins a parameter of its own even inside a value; <c>FOO=</c> and <c>FOO==</c> are the
    /// end of base64.
    /// </summary>
    public static bool BeginsParameter(ReadOnlySpan<byte> token)
    {
        var keyword = EnvelopeKeywords.Length(token);
        return keyword > 0 && keyword + 1 < token.Length && token[keyword] == '=' && token[keyword + 1] != '=';
    }

    /// <summary>
    /// How many semicolons at the beginning of the span belong to the value they stand in, as in <c>BY=120;R</c> (RFC 2852): 0 when they
    /// end it, because a blank, the end or a parameter that is known follows.
    /// </summary>
    public static int SemicolonsInValue(ReadOnlySpan<byte> octets)
    {
        var count = octets.IndexOfAnyExcept((byte)';');
        return count <= 0 || HeaderField.BlankLength(octets, count) > 0 || EnvelopeKeywords.BeginsKnown(octets[count..]) ? 0 : count;
    }
}
