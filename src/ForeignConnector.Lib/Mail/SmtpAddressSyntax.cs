using System.Buffers;

namespace ForeignConnector.Lib.Mail;

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

    public static void Validate(string address)
    {
        EnvelopeText.Writable(address, "an address");
        for (var i = 0; i < address.Length; i++)
        {
            if (char.IsControl(address[i]))
                throw new MailFormatException("EN-7", "an address must not contain control characters", i);
        }
        var at = address.LastIndexOf('@');
        if (at < 0)
            throw Bad(address, $"'{address}' has no '@domain'");
        ValidateLocalPart(address, at);
        ValidateDomain(address, at + 1);
    }

    /// <summary>True for text that needs no quotes to be a local part.</summary>
    public static bool NeedsNoQuotes(string localPart) => localPart.Length > 0 && localPart.AsSpan().IndexOfAny(Specials) < 0;

    private static void ValidateLocalPart(string address, int end)
    {
        if (end == 0)
            throw Bad(address, $"'{address}' has no local part before the '@'", 0);
        if (address[0] == '"')
        {
            var i = 1;
            while (i < end && address[i] != '"')
                i += address[i] == '\\' ? 2 : 1;
            if (i != end - 1)
                throw Bad(address, $"the quoted local part of '{address}' does not end before the '@'", i);
            return;
        }
        var bad = address.AsSpan(0, end).IndexOfAny(Specials);
        if (bad >= 0)
            throw Bad(address, $"'{address[bad]}' must be quoted in the local part of '{address}'", bad);
    }

    private static void ValidateDomain(string address, int start)
    {
        var domain = address.AsSpan(start);
        if (domain.IsEmpty)
            throw Bad(address, $"'{address}' has no domain after the '@'", start);
        if (domain is ['[', .., ']'])
        {
            if (domain[1..^1].IndexOfAnyExcept(LiteralCharacters) is >= 0 and var i)
                throw Bad(address, $"the address literal of '{address}' is malformed", start + 1 + i);
            return;
        }
        if (domain.IndexOfAny(Specials) is >= 0 and var bad)
            throw Bad(address, $"'{domain[bad]}' cannot stand in the domain of '{address}'", start + bad);
        if (domain.IndexOfAny('[', ']') is >= 0 and var bracket)
            throw Bad(address, $"'{domain[bracket]}' cannot stand in the domain of '{address}'", start + bracket);
        if (domain[0] == '.' || domain.Contains("..", StringComparison.Ordinal))
            throw Bad(address, $"the domain of '{address}' has an empty label", start);
    }

    private static MailFormatException Bad(string address, string reason, long? position = null) => new("EN-2", reason, position) { Quoted = address };
}
