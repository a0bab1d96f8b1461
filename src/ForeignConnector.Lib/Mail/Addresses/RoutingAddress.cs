using ForeignConnector.Lib.Mail.Addresses.X400;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>
/// An address as routing sees it: a type and a value, such as <c>SMTP:bob@contoso.com</c>, <c>FAX:+1 425 555 0100</c> or
/// <c>X400:c=US;a=Fabrikam;s=Smith</c>. Immutable.
/// </summary>
/// <remarks>
/// Equality: types without case. SMTP values: the local part octet for octet (RFC 5321, section 2.4), the domain by its A-label form
/// without case. Other values: ordinal.
/// </remarks>
public sealed class RoutingAddress : IEquatable<RoutingAddress>
{
    /// <summary>The type of an Internet mail address.</summary>
    public const string SmtpType = "SMTP";

    /// <summary>The type of an X.400 O/R address.</summary>
    public const string X400Type = "X400";

    private RoutingAddress(string type, string value, string? domain)
    {
        Type = type;
        Value = value;
        Domain = domain;
        Attributes = type == X400Type ? X400AttributeList.ReadRecipient(value) : null;
    }

    /// <summary>The type in upper case, for example <c>SMTP</c>.</summary>
    public string Type { get; }

    /// <summary>The address as it was given.</summary>
    public string Value { get; }

    /// <summary>The domain of an SMTP address as A-labels in lower case, without a trailing dot; null for other types. Address literals
    /// keep their brackets.</summary>
    public string? Domain { get; }

    /// <summary>The attributes of an X.400 address (AS-4); null when it is malformed, and for other types.</summary>
    internal X400AttributeList? Attributes { get; }

    /// <summary>True when <see cref="Type"/> is <see cref="SmtpType"/>.</summary>
    public bool IsSmtp => Domain is not null;

    /// <summary>An Internet mail address.</summary>
    /// <param name="address">The addr-spec, without angle brackets.</param>
    /// <exception cref="MailFormatException">No local part or no domain, a character that cannot stand in an envelope, or a domain that is
    /// not one.</exception>
    public static RoutingAddress Smtp(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return TrySmtp(address, out var problem) ?? throw problem!;
    }

    /// <summary>An Internet mail address, or null and why it is none.</summary>
    internal static RoutingAddress? TrySmtp(string address, out MailFormatException? problem)
    {
        problem = SmtpAddressSyntax.Problem(address) ?? SmtpAddressSyntax.UnseenProblem(address);
        if (problem is not null)
            return null;
        var domain = address.AsSpan(address.LastIndexOf('@') + 1);
        string canonical;
        try
        {
            canonical = DomainLabels.Canonical(domain);
        }
        catch (MailFormatException e)
        {
            problem = new MailFormatException("AS-2", $"the domain of '{address}' is none: {e.Reason}") { Quoted = address };
            return null;
        }
        if ((domain[0] == '[' ? AddressLiteral.Problem(domain) : DomainLabels.Problem(canonical)) is { } reason)
        {
            problem = new MailFormatException("AS-2", $"the domain of '{address}' is none: {reason}") { Quoted = address };
            return null;
        }
        return new RoutingAddress(SmtpType, address, canonical);
    }

    /// <summary>An address of any type.</summary>
    /// <param name="type">The type; case does not matter. <c>SMTP</c> gives the same as <see cref="Smtp"/>.</param>
    /// <param name="value">The address; must not be empty.</param>
    /// <exception cref="MailFormatException">The type or the value is empty, or an SMTP address is not valid.</exception>
    public static RoutingAddress Create(string type, string value)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(value);
        if (!IsType(type))
            throw new MailFormatException("AS-1", $"'{type}' is not an address type: use letters, digits and '-'");
        if (value.AsSpan().Trim().IsEmpty)
            throw new MailFormatException("AS-6", $"the {type} address is empty");
        return type.Equals(SmtpType, StringComparison.OrdinalIgnoreCase)
            ? Smtp(value)
            : new RoutingAddress(type.ToUpperInvariant(), value, domain: null);
    }

    /// <summary><c>bob@contoso.com</c> or <c>TYPE:value</c>, as people and command lines write it.</summary>
    /// <exception cref="MailFormatException">It is neither.</exception>
    public static RoutingAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && IsType(text.AsSpan(0, colon)) ? Create(text[..colon], text[(colon + 1)..]) : Smtp(text);
    }

    /// <summary>True for a name that can be the type of an address or an address space: letters, digits and <c>-</c>.</summary>
    public static bool IsType(ReadOnlySpan<char> type)
    {
        foreach (var c in type)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;
        }
        return !type.IsEmpty;
    }

    /// <summary>
    /// The A-label form of a domain name in lower case, without a trailing dot: what two spellings of one domain have in common (AS-2).
    /// </summary>
    /// <exception cref="MailFormatException">It holds characters that cannot be encoded.</exception>
    public static string CanonicalDomain(ReadOnlySpan<char> domain) => DomainLabels.Canonical(domain);

    /// <inheritdoc/>
    public bool Equals(RoutingAddress? other) =>
        other is not null && Type == other.Type && Domain == other.Domain
        && (Domain is null ? Value == other.Value : LocalPart.SequenceEqual(other.LocalPart));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RoutingAddress);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        Domain is null ? HashCode.Combine(Type, Value) : HashCode.Combine(Domain, string.GetHashCode(LocalPart));

    /// <summary><c>TYPE:value</c>, which <see cref="Parse"/> reads back.</summary>
    public override string ToString() => $"{Type}:{Value}";

    private ReadOnlySpan<char> LocalPart => Value.AsSpan(0, Value.LastIndexOf('@'));
}
