using ForeignConnector.Lib.Delivery;

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
