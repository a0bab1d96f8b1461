using System.Collections.Immutable;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Mail;

/// <summary>
/// One recipient of a message with what the sender asked for it: an RCPT TO of SMTP, an <c>X-Receiver</c> line of a file (EN-2).
/// Immutable; equality is by value, the address octet for octet.
/// </summary>
public sealed record EnvelopeRecipient
{
    private const DsnNotify Reports = DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay;

    // What the address means; says nothing that equality would not.
    private Meaning? _meaning;

    /// <summary>A recipient without parameters.</summary>
    /// <param name="address">The SMTP address, without angle brackets. Non-SMTP recipients as IMCEA addresses (EN-7).</param>
    /// <exception cref="MailFormatException">It is not an address.</exception>
    public EnvelopeRecipient(string address)
        : this(address, isChecked: false)
    {
    }

    // An address that was read from octets was checked there.
    internal EnvelopeRecipient(string address, bool isChecked)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!isChecked)
            SmtpAddressSyntax.Validate(address);
        Address = address;
    }

    private EnvelopeRecipient() => Address = "";

    /// <summary>The SMTP address, without angle brackets.</summary>
    public string Address { get; private init; }

    /// <summary>
    /// The type of the address: that of the address inside for an IMCEA address, such as <c>FAX</c>, in upper case; else <c>SMTP</c>. In a
    /// delivery only IMCEA addresses in domains of ours count (IM-2).
    /// </summary>
    public string Type => (_meaning ??= Meaning.Of(Address)).Type;

    /// <summary>The address of that type: what an IMCEA address holds, decoded, such as <c>+49 89 123</c>; else the SMTP address.</summary>
    public string Value => (_meaning ??= Meaning.Of(Address)).Value;

    /// <summary>
    /// A recipient as people write it: <c>bob@contoso.com</c>, or <c>FAX:+49 89 123</c>, which becomes an IMCEA address (IM-1).
    /// </summary>
    /// <param name="text">The address.</param>
    /// <param name="domain">The domain of IMCEA addresses; it should be one of ours, as a rule the default domain.</param>
    /// <exception cref="MailFormatException">It is no address, or one that cannot be wrapped (IM-2, IM-3).</exception>
    public static EnvelopeRecipient Parse(string text, string domain)
    {
        var address = RoutingAddress.Parse(text);
        return new(address.IsSmtp ? address.Value : Imcea.Encode(address.Type, address.Value, domain));
    }

    /// <summary>NOTIFY of RFC 3461; default <see cref="DsnNotify.Unspecified"/>.</summary>
    /// <exception cref="MailFormatException"><see cref="DsnNotify.Never"/> together with others (EN-2).</exception>
    public DsnNotify Notify { get; init => field = CheckNotify(value); }

    /// <summary>ORCPT of RFC 3461; null when absent.</summary>
    public OriginalRecipient? OriginalRecipient { get; init; }

    /// <summary>Parameters that are kept but not interpreted (EN-4), those after a semicolon last; default none.</summary>
    /// <exception cref="MailFormatException">One of them is NOTIFY or ORCPT.</exception>
    public ImmutableArray<EnvelopeParameter> ExtensionParameters
    {
        get;
        init => field = EnvelopeParameter.CheckAll(value, EnvelopeKeywords.OfRecipient);
    } = [];

    /// <summary>Somebody whose address cannot be read, for a report to the sender (PU-5). No envelope that is queued holds one.</summary>
    /// <param name="text">What stands in the header.</param>
    internal static EnvelopeRecipient Unreadable(string text) => new() { Address = EnvelopeText.Writable(text, "an address") };

    /// <summary>The same recipient at another address, or with another meaning of the one it has.</summary>
    internal EnvelopeRecipient As(string address, RoutingAddress meaning) =>
        this with { Address = address, _meaning = new(meaning.Type, meaning.Value) };

    /// <inheritdoc/>
    public bool Equals(EnvelopeRecipient? other) =>
        other is not null && Address == other.Address && Notify == other.Notify && OriginalRecipient == other.OriginalRecipient
        && ExtensionParameters.AsSpan().SequenceEqual(other.ExtensionParameters.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Address, Notify, OriginalRecipient, ExtensionParameters.Length);

    private static DsnNotify CheckNotify(DsnNotify notify) =>
        notify == DsnNotify.Never || (notify & ~Reports) == 0
            ? notify
            : throw new MailFormatException("EN-2", "NOTIFY is NEVER, or any of SUCCESS, FAILURE and DELAY");

    private sealed record Meaning(string Type, string Value)
    {
        public static Meaning Of(string address)
        {
            try
            {
                if (Imcea.IsEncapsulated(address))
                {
                    var inside = Imcea.Unwrap(address);
                    return new(inside.Type, inside.Value);
                }
            }
            catch (MailFormatException)
            {
                // What cannot be unwrapped is an address like any other.
            }
            return new(RoutingAddress.SmtpType, address);
        }
    }
}

/// <summary>When the sender wants to hear about a recipient: the NOTIFY parameter of RFC 3461, section 4.1.</summary>
[Flags]
public enum DsnNotify
{
    /// <summary>
    /// The parameter is absent. Failures are reported, delays may be, and DR-8 allows a <c>relayed</c> report; never a <c>delivered</c>
    /// one.
    /// </summary>
    Unspecified = 0,

    /// <summary>No report whatever happens. Excludes the others.</summary>
    Never = 1,

    /// <summary>Report delivery or relaying.</summary>
    Success = 2,

    /// <summary>Report failure.</summary>
    Failure = 4,

    /// <summary>Report delay.</summary>
    Delay = 8,
}
