using System.Collections.Immutable;

namespace ForeignConnector.Lib.Queueing;

/// <summary>What a store holds at a moment. Immutable.</summary>
/// <param name="count">All entries that are known, those that are leased or held included; what is set aside is not.</param>
/// <param name="connectors">One for each connector that has entries to lease, <see cref="DeliveryQueue.Unreachable"/> included.</param>
public sealed class QueueOverview(int count, ImmutableArray<ConnectorBacklog> connectors)
{
    /// <summary>All entries that are known, those that are leased or held included; what is set aside is not.</summary>
    public int Count { get; } = count;

    /// <summary>One for each connector that has entries to lease, <see cref="DeliveryQueue.Unreachable"/> included.</summary>
    public ImmutableArray<ConnectorBacklog> Connectors { get; } = connectors;

    /// <summary>What waits for one connector; null when nothing does. Names compare without case.</summary>
    public ConnectorBacklog? Of(string connector) =>
        Connectors.FirstOrDefault(backlog => backlog.Connector.Equals(connector, StringComparison.OrdinalIgnoreCase));
}

/// <summary>What waits for one connector and can be leased. Immutable. Ages are by <see cref="IQueueLease.CountsFrom"/>.</summary>
public sealed class ConnectorBacklog
{
    /// <summary>The connector, or <see cref="DeliveryQueue.Unreachable"/>.</summary>
    public required string Connector { get; init; }

    /// <summary>Entries that can be leased, suspects included.</summary>
    public required int Count { get; init; }

    /// <summary>When the next entry is due; null when there is none. Suspects do not count.</summary>
    public DateTimeOffset? NextDue { get; init; }

    /// <summary>When the next suspect is due (ND-4); null when there is none.</summary>
    public DateTimeOffset? NextSuspect { get; init; }

    /// <summary>When the oldest entry counts as accepted, due or not; null when there is none. Suspects do not count.</summary>
    public DateTimeOffset? Oldest { get; init; }

    /// <summary>The same of those that were tried (<see cref="QueueAge.Tried"/>).</summary>
    public DateTimeOffset? OldestTried { get; init; }

    /// <summary>The same of those whose sender was not told of a delay (<see cref="QueueAge.DelayNotReported"/>).</summary>
    public DateTimeOffset? OldestNotReported { get; init; }

    /// <summary>The same of those that were tried and whose sender was not told of a delay.</summary>
    public DateTimeOffset? OldestTriedNotReported { get; init; }

    /// <summary>When the oldest suspect counts as accepted; null when there is none.</summary>
    public DateTimeOffset? OldestSuspect { get; init; }

    /// <summary>When the oldest entry counts as accepted, suspects included.</summary>
    internal DateTimeOffset? OldestOfAll => Earlier(Oldest, OldestSuspect);

    internal static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;

    internal DateTimeOffset? OldestOf(QueueAge age) => age switch
    {
        QueueAge.All => Oldest,
        QueueAge.Tried => OldestTried,
        QueueAge.DelayNotReported => OldestNotReported,
        _ => OldestTriedNotReported,
    };
}
