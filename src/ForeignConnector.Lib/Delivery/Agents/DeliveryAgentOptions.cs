namespace ForeignConnector.Lib.Delivery.Agents;

/// <summary>How a <see cref="DeliveryAgentConnector"/> uses connections (CN-1). Exchange's parameter names. Immutable.</summary>
public sealed record DeliveryAgentOptions
{
    /// <summary>The name of the connector in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>The protocol that the agent serves (DA-2).</summary>
    public required string DeliveryProtocol { get; init; }

    /// <summary>The first address space of the connector, without cost (QU-2).</summary>
    public required string NextHopDomain { get; init; }

    /// <summary>The most connections that are open at a time (DA-5).</summary>
    /// <value>Default 5; at least 1.</value>
    public int MaxConcurrentConnections { get; init; } = 5;

    /// <summary>The most messages that go over one connection (DA-7).</summary>
    /// <value>Default 20; at least 1.</value>
    public int MaxMessagesPerConnection { get; init; } = 20;

    /// <summary>How long a connection waits for the next message until it is closed (DA-9).</summary>
    /// <value>Default 2 seconds; zero closes each connection after its message.</value>
    public TimeSpan ConnectionIdleTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
