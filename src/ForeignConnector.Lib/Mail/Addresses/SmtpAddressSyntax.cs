using System.Buffers;
using System.Globalization;
using System.Text;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>
/// What an address must satisfy to stand in an envelope (RFC 5321 Mailbox, RFC 6531): no control characters, one quoted string or
/// dot-atom as local part, a domain or an address literal. Lenient where the field is: dots may repeat in the local part.
/// </summary>
internal static class SmtpAddressSyntax
{
    // What neither an unquoted local part nor a domain may contain: RFC 5322 specials without '.', '[' and ']'.
    private static readonly SearchValues<char> Specials = SearchValues.Create(" \t()<>@,;:\\\"");

    // Address literals: 192.0.2.1, IPv6:2001:db8::1, and tags that are yet to come (RFC 5321, section 4.1.3).
    private static readonly SearchValues<char> LiteralCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-%");

    /// <exception cref="MailFormatException">The address is none.</exception>
    public static void Validate(string address)
    {
        if (Problem(address) is { } problem)
            throw problem;
    }

    /// <summary>Why text is no address; null when it is one. Throws nothing: a header may hold thousands that are none.</summary>
    public static MailFormatException? Problem(string address)
    {
        if (EnvelopeText.Problem(address, "an address") is { } problem)
            return problem;
        for (var i = 0; i < address.Length; i++)
        {
            if (char.IsControl(address[i]))
                return new MailFormatException("EN-7", "an address must not contain control characters", i);
        }
        var at = address.LastIndexOf('@');
        return at < 0 ? Bad(address, $"'{address}' has no '@domain'") : LocalPartProblem(address, at) ?? DomainProblem(address, at + 1);
    }

    /// <summary>
    /// Why an address that can stand in an envelope is not what a person wrote: a blank that is none of ASCII or a character that cannot be
    /// seen came into an unquoted local part (PU-5); null when none did. The joiners and the tags of flags stand between others.
    /// </summary>
    public static MailFormatException? UnseenProblem(string address)
    {
        if (address[0] == '"' || Ascii.IsValid(address))
            return null;
        var at = address.LastIndexOf('@');
        for (var i = 0; i < at;)
        {
            var rune = Rune.GetRuneAt(address, i);
            if (IsUnseen(rune) && (i == 0 || !IsJoinerOrTag(rune)))
                return Bad(address, $"U+{rune.Value:X4} cannot stand in the local part of '{address}'", i);
            i += rune.Utf16SequenceLength;
        }
        return null;
    }

    /// <summary>True for text that needs no quotes to be a local part.</summary>
    public static bool NeedsNoQuotes(string localPart) => localPart.Length > 0 && localPart.AsSpan().IndexOfAny(Specials) < 0;

    private static MailFormatException? LocalPartProblem(string address, int end)
    {
        if (end == 0)
            return Bad(address, $"'{address}' has no local part before the '@'", 0);
        if (address[0] == '"')
        {
            var i = 1;
            while (i < end && address[i] != '"')
                i += address[i] == '\\' ? 2 : 1;
            return i == end - 1 ? null : Bad(address, $"the quoted local part of '{address}' does not end before the '@'", i);
        }
        var bad = address.AsSpan(0, end).IndexOfAny(Specials);
        return bad < 0 ? null : Bad(address, $"'{address[bad]}' must be quoted in the local part of '{address}'", bad);
    }

    private static MailFormatException? DomainProblem(string address, int start)
    {
        var domain = address.AsSpan(start);
        if (domain.IsEmpty)
            return Bad(address, $"'{address}' has no domain after the '@'", start);
        if (domain is ['[', .., ']'])
            return domain[1..^1].IndexOfAnyExcept(LiteralCharacters) is >= 0 and var i ? Bad(
                address, $"the address literal of '{address}' is malformed", start + 1 + i) : null;
        if (domain.IndexOfAny(Specials) is >= 0 and var bad)
            return Bad(address, $"'{domain[bad]}' cannot stand in the domain of '{address}'", start + bad);
        if (domain.IndexOfAny('[', ']') is >= 0 and var bracket)
            return Bad(address, $"'{domain[bracket]}' cannot stand in the domain of '{address}'", start + bracket);
        return domain[0] == '.' || domain.Contains("..", StringComparison.Ordinal) ? Bad(
            address, $"the domain of '{address}' has an empty label", start) : null;
    }

    private static bool IsUnseen(Rune rune) =>
        Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format;

    private static bool IsJoinerOrTag(Rune rune) => rune.Value is 0x200C or 0x200D or (>= 0xE0020 and <= 0xE007F);

    private static MailFormatException Bad(string address, string reason, long? position = null) =>
        new("EN-2", reason, position) { Quoted = address };
}
