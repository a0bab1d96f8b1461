using System.Collections.Frozen;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Queueing;

/// <summary>The configuration in force. Replaced as a whole, so that every decision is made by one configuration. Thread-safe.</summary>
public sealed class TransportState(TransportSnapshot initial)
{
    private TransportSnapshot _current = initial;

    /// <summary>The configuration in force.</summary>
    public TransportSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Counts the attempts of the connectors that belong to the transport.</summary>
    internal ConnectorUses Uses { get; init; } = new();

    /// <summary>A new configuration is in force.</summary>
    public event Action? Changed;

    /// <summary>Puts another configuration in force.</summary>
    public void Replace(TransportSnapshot snapshot)
    {
        Volatile.Write(ref _current, snapshot);
        Changed?.Invoke();
    }
}

/// <summary>One configuration of the transport, as a whole and immutable: how recipients choose connectors, and the connectors.</summary>
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

    /// <summary>Our own domains, as A-labels in lower case.</summary>
    public IReadOnlySet<string> AcceptedDomains { get; }

    internal TimeSpan DeliveryTimeoutOf(string connector) =>
        DeliveryTimeouts.TryGetValue(connector, out var timeout) ? timeout : DefaultDeliveryTimeout;
}
