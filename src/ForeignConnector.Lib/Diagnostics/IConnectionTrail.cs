namespace ForeignConnector.Lib.Diagnostics;

/// <summary>What can happen to a connection of a delivery agent (DA-13).</summary>
public enum ConnectionEventKind
{
    /// <summary>It was opened.</summary>
    Opened,

    /// <summary>It could not be opened.</summary>
    Refused,

    /// <summary>It was closed, or given up.</summary>
    Closed,
}

/// <summary>One event in the life of a connection. Immutable.</summary>
public sealed record ConnectionEvent
{
    /// <summary>What happened.</summary>
    public required ConnectionEventKind Kind { get; init; }

    /// <summary>The connector.</summary>
    public required string Connector { get; init; }

    /// <summary>The protocol of the agent.</summary>
    public required string DeliveryProtocol { get; init; }

    /// <summary>The first address space of the connector, without cost (QU-2).</summary>
    public required string NextHopDomain { get; init; }

    /// <summary>The connection; the same in all its events. 16 hexadecimal digits.</summary>
    public required string Session { get; init; }

    /// <summary>The host at the other end; null where there is none.</summary>
    public string? RemoteHost { get; init; }

    /// <summary>The messages that went over it up to now.</summary>
    public int Messages { get; init; }

    /// <summary>Their octets.</summary>
    public long Octets { get; init; }

    /// <summary>The response of the other end, or why there is none; null when nothing is known.</summary>
    public string? Response { get; init; }

    /// <summary>How long it was open; zero before it is closed.</summary>
    public TimeSpan Duration { get; init; }
}

/// <summary>
/// Where the events of connections go: the connectivity log and metrics. Called after the fact, on the thread that did the work; it must
/// neither block nor throw. Calls may overlap.
/// </summary>
public interface IConnectionTrail
{
    /// <summary>Something happened to a connection.</summary>
    void Record(ConnectionEvent happened);
}
