using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Addresses.X400;
using ForeignConnector.Lib.Routing.Spaces;

namespace ForeignConnector.Lib.Routing;

/// <summary>
/// A set of addresses that a connector takes, and what it costs: <c>[Type:]Space[;Cost]</c> (AS-1). Immutable.
/// </summary>
/// <example><c>contoso.com</c>, <c>*.contoso.com;5</c>, <c>X400:c=US;a=Fabrikam;p=Contoso;1</c>, <c>FAX:+1425*</c></example>
/// <remarks>
/// Blanks around the type, the space and the cost do not matter. Equality: type, space without case, cost. Internationalised domains are
/// equal to their A-label form, X.400 spaces to every other order and notation of the same attributes.
/// </remarks>
public sealed class AddressSpace : IEquatable<AddressSpace>, IParsable<AddressSpace>
{
    /// <summary>The cost of a space that gives none (AS-1).</summary>
    public const int DefaultCost = 1;

    /// <summary>The lowest cost (AS-1).</summary>
    public const int MinCost = 1;

    /// <summary>The highest cost (AS-1).</summary>
    public const int MaxCost = 100;

    internal AddressSpace(string type, string space, int cost, X400AttributeList? attributes = null)
    {
        Type = type;
        Space = space;
        Cost = cost;
        Attributes = attributes;
    }

    /// <summary>The address type in upper case, for example <c>SMTP</c>, <c>X400</c> or <c>FAX</c>.</summary>
    public string Type { get; }

    /// <summary>
    /// What stands between type and cost, in its canonical form: a domain as A-labels in lower case without trailing dot (AS-2), X.400
    /// attributes in the order of the standard and the <c>;</c> notation (AS-4), other text with each run of <c>*</c> as one (AS-6).
    /// </summary>
    public string Space { get; }

    /// <summary>1 to 100; lower is preferred among equally specific matches (RT-3).</summary>
    public int Cost { get; }

    /// <summary>The parsed attributes of an X.400 space; null for other types.</summary>
    internal X400AttributeList? Attributes { get; }

    /// <summary>The space without its cost, as queues show it (QU-2): of an SMTP space the domain alone.</summary>
    internal string NextHopDomain => Type == RoutingAddress.SmtpType ? Space : $"{Type}:{Space}";

    /// <summary>How specific a match with this space is (RT-2). Comparable among spaces of one type only.</summary>
    internal int Specificity => Type switch
    {
        RoutingAddress.SmtpType => SmtpSpace.Specificity(Space),
        RoutingAddress.X400Type => Attributes!.LiteralCount,
        _ => TextSpace.Specificity(Space),
    };

    /// <summary>Reads an address space.</summary>
    /// <exception cref="MailFormatException">The text breaks AS-1, AS-2, AS-4, AS-5 or AS-6; the exception names text, position and rule
    /// (AS-7).</exception>
    public static AddressSpace Parse(string s)
    {
        ArgumentNullException.ThrowIfNull(s);
        return AddressSpaceParser.Read(s, out var error) ?? throw error!;
    }

    /// <summary>Reads an address space; false where <see cref="Parse(string)"/> would throw.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, [MaybeNullWhen(false)] out AddressSpace result)
    {
        result = s is null ? null : AddressSpaceParser.Read(s, out _);
        return result is not null;
    }

    static AddressSpace IParsable<AddressSpace>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<AddressSpace>.TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out AddressSpace result) =>
            TryParse(s, out result);

    /// <summary>True when the recipient lies in this space (AS-3, AS-4, AS-6). A malformed X.400 recipient lies in none.</summary>
    public bool Matches(RoutingAddress recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        if (recipient.Type != Type)
            return false;
        return Type switch
        {
            RoutingAddress.SmtpType => SmtpSpace.Matches(Space, recipient.Domain!),
            RoutingAddress.X400Type => recipient.Attributes is { } address && Attributes!.Matches(address),
            _ => TextSpace.Matches(Space, recipient.Value.AsSpan().Trim()),
        };
    }

    /// <inheritdoc/>
    public bool Equals(AddressSpace? other) =>
        other is not null && Type == other.Type && Cost == other.Cost && Space.Equals(other.Space, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AddressSpace);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Space.GetHashCode(StringComparison.OrdinalIgnoreCase), Cost);

    /// <summary><c>Type:Space;Cost</c> with every part written out, which <see cref="Parse(string)"/> reads back to an equal value
    /// (AS-7).</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Type}:{Space};{Cost}");
}
