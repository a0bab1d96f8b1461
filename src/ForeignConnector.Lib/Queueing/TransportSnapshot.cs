using System.Collections.Frozen;
using System.Collections.Immutable;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Queueing;

/// <summary>One configuration of the transport, as a whole and immutable: who takes what, and what does the work.</summary>
public sealed class TransportSnapshot
{
    /// <summary>How long one delivery may take: 10 minutes.</summary>
    public static TimeSpan DefaultDeliveryTimeout { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Puts a configuration together.</summary>
    /// <param name="selector">Chooses the connector.</param>
    /// <param name="connectors">
    /// By name; names compare without case. A name the selector does not know is never chosen; its queued messages are routed again.
    /// </param>
    /// <param name="acceptedDomains">Our own domains, in which IMCEA addresses are understood (IM-2).</param>
    /// <exception cref="MailFormatException">An accepted domain is not a domain name.</exception>
    public TransportSnapshot(
        ConnectorSelector selector, IEnumerable<KeyValuePair<string, IForeignConnector>> connectors, IEnumerable<string> acceptedDomains)
    {
        Selector = selector;
        Connectors = connectors.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        AcceptedDomains = acceptedDomains.Select(domain => RoutingAddress.CanonicalDomain(domain)).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Chooses the connector.</summary>
    public ConnectorSelector Selector { get; }

    /// <summary>What delivers, by name.</summary>
    public IReadOnlyDictionary<string, IForeignConnector> Connectors { get; }

    /// <summary>How long one delivery may take, by connector (RY-2); names compare without case.</summary>
    /// <value>Default <see cref="DefaultDeliveryTimeout"/> for each that is not named.</value>
    public IReadOnlyDictionary<string, TimeSpan> DeliveryTimeouts
    {
        get;
        init => field = value.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    } = FrozenDictionary<string, TimeSpan>.Empty;

    /// <summary>The protocol of each connector that is not a Drop directory (CN-3); names compare without case.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyDictionary<string, string> DeliveryProtocols
    {
        get;
        init => field = value.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    } = FrozenDictionary<string, string>.Empty;

    /// <summary>
    /// Connectors that only other servers deliver for, and whose messages wait for those in a queue that is shared (RT-7).
    /// </summary>
    /// <value>Default none: the queue is this server's alone, and such messages wait for another configuration.</value>
    public IReadOnlySet<string> ConnectorsElsewhere
    {
        get;
        init => field = value.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    } = FrozenSet<string>.Empty;

    /// <summary>Our own domains, as A-labels in lower case.</summary>
    public IReadOnlySet<string> AcceptedDomains { get; }

    /// <summary>Domains whose local parts are addresses of other types (IM-5); each domain once.</summary>
    /// <value>Default none.</value>
    public ImmutableArray<AddressMapping> AddressMappings { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The domain in which recipients of mapped domains are wrapped for their connectors.</summary>
    /// <value>Default null: the mapped domain.</value>
    public string? DefaultDomain { get; init; }

    /// <summary>
    /// The address routing works with: what an IMCEA address in a domain of ours wraps (IM-2), what an address in a mapped domain stands
    /// for (IM-5), otherwise the address itself.
    /// </summary>
    /// <param name="smtpAddress">The address of an envelope.</param>
    /// <exception cref="MailFormatException">
    /// Not an address; an IMCEA address in a domain of ours that is not valid; or no number in a mapped domain of numbers.
    /// </exception>
    public RoutingAddress RoutingAddressOf(string smtpAddress) => Addresses.ForRouting(smtpAddress);

    internal AddressBook Addresses => field ??= new AddressBook(AcceptedDomains, AddressMappings, DefaultDomain);

    internal TimeSpan DeliveryTimeoutOf(string connector) =>
        DeliveryTimeouts.TryGetValue(connector, out var timeout) ? timeout : DefaultDeliveryTimeout;
}
