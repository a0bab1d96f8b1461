using System.Collections.Frozen;
using System.Text;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>
/// What the addresses of envelopes mean in one configuration: our domains (IM-2), and those that are mapped (IM-5). Immutable.
/// </summary>
internal sealed class AddressBook
{
    private readonly FrozenSet<string> _ours;
    private readonly FrozenDictionary<string, AddressMapping> _mappings;
    private readonly string? _domain;

    /// <param name="acceptedDomains">Our domains, as <see cref="RoutingAddress.CanonicalDomain"/> gives them.</param>
    /// <param name="mappings">Each domain once.</param>
    /// <param name="domain">In which domain mapped addresses are wrapped; null is the mapped domain itself.</param>
    public AddressBook(IEnumerable<string> acceptedDomains, IEnumerable<AddressMapping> mappings, string? domain)
    {
        _mappings = mappings.ToFrozenDictionary(mapping => mapping.Domain, StringComparer.Ordinal);
        _ours = acceptedDomains.Concat(_mappings.Keys).ToFrozenSet(StringComparer.Ordinal);
        _domain = domain;
    }

    /// <summary>The address that routing works with.</summary>
    /// <exception cref="MailFormatException">See <see cref="Imcea.ForRouting"/> and <see cref="AddressMapping.Map"/>.</exception>
    public RoutingAddress ForRouting(string smtpAddress)
    {
        var address = Imcea.ForRouting(smtpAddress, _ours);
        if (!address.IsSmtp || !_mappings.TryGetValue(address.Domain!, out var mapping))
            return address;
        var mapped = mapping.Map(smtpAddress[..smtpAddress.LastIndexOf('@')]);
        Wrap(mapped, mapping);
        return mapped;
    }

    /// <summary>
    /// A recipient as its connector gets it: one in a mapped domain as a wrapped address, with the one that was written as original
    /// recipient (RFC 3461, 5.2.3). Others are equal to what they were.
    /// </summary>
    public EnvelopeRecipient ForDelivery(EnvelopeRecipient recipient)
    {
        var isWrapped = Imcea.IsEncapsulated(recipient.Address);
        if (_mappings.Count == 0 && !isWrapped)
            return recipient;
        try
        {
            var address = ForRouting(recipient.Address);
            if (address.IsSmtp)
                return isWrapped ? recipient.As(recipient.Address, address) : recipient;
            return isWrapped ? recipient : recipient.As(
                Wrap(address, _mappings[RoutingAddress.Smtp(recipient.Address).Domain!]), address) with
            {
                OriginalRecipient = recipient.OriginalRecipient
                    ?? new(Ascii.IsValid(recipient.Address) ? OriginalRecipient.DefaultType : "utf-8", recipient.Address),
            };
        }
        catch (MailFormatException)
        {
            // It was routed under another configuration.
            return recipient;
        }
    }

    private string Wrap(RoutingAddress address, AddressMapping mapping) =>
        Imcea.Encode(address.Type, address.Value, _domain ?? mapping.Domain);
}
