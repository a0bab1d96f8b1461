namespace ForeignConnector.Lib.Mail;

/// <summary>
/// A parameter of a sender or recipient that this library does not interpret but keeps and writes back unchanged (EN-4), such as
/// <c>SIZE=1000</c>, or <c>X-ExtendedProps=BQAV…</c> after a semicolon. Immutable; equality is ordinal.
/// </summary>
public sealed record EnvelopeParameter
{
    /// <summary>Describes one parameter.</summary>
    /// <param name="keyword">Letters, digits, <c>-</c>, <c>.</c> and <c>_</c>, beginning with a letter or digit; at most 256.</param>
    /// <param name="value">What follows <c>=</c>; null when nothing, not even <c>=</c>, follows the keyword.</param>
    /// <param name="afterSemicolon">True for a parameter behind a semicolon, whose value may hold blanks.</param>
    /// <exception cref="MailFormatException">It could not be written and read back: CR, LF, NUL or <c>;</c> in it, a blank where none may be, or a value that reads as another parameter.</exception>
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

    /// <summary>True when the parameter stands behind a semicolon. Its value is folded before every run of blanks when it is written.</summary>
    public bool AfterSemicolon { get; }

    /// <summary>True for a token such as <c>FOO=bar</c> that begins a parameter of its own even inside a value; <c>FOO=</c> and <c>FOO==</c> are the end of base64.</summary>
    internal static bool BeginsParameter(ReadOnlySpan<byte> token)
    {
        var keyword = EnvelopeKeywords.Length(token);
        return keyword > 0 && keyword + 1 < token.Length && token[keyword] == '=' && token[keyword + 1] != '=';
    }

    private static void CheckValue(string value, bool afterSemicolon)
    {
        EnvelopeText.Writable(value, "a parameter's value");
        if (value.Contains(';', StringComparison.Ordinal))
            throw new MailFormatException("EN-8", "a parameter's value must not contain ';'", value.IndexOf(';', StringComparison.Ordinal));
        if (!afterSemicolon && value.AsSpan().IndexOfAny(' ', '\t') is >= 0 and var blank)
            throw new MailFormatException("EN-8", "a parameter's value may contain blanks only after a semicolon", blank);
        if (value.Length > 0 && EnvelopeText.IsBlank(value[^1]))
            throw new MailFormatException("EN-8", "a parameter's value must not end with a blank", value.Length - 1);
        if (afterSemicolon && value.AsSpan().ContainsAny(' ', '\t'))
            CheckTokens(EnvelopeText.StrictUtf8.GetBytes(value));
    }

    private static void CheckTokens(ReadOnlySpan<byte> value)
    {
        var first = true;
        foreach (var range in value.SplitAny(" \t"u8))
        {
            if (!first && BeginsParameter(value[range]))
                throw new MailFormatException("EN-8", "a parameter's value must not contain what reads as another parameter", range.Start.Value);
            first = false;
        }
    }
}
