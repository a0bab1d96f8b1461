using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.Tests;

/// <summary>Shorter ways to say what tests say often.</summary>
public static class DeliveryQueueExtensions
{
    /// <summary>Stores a message for one connector.</summary>
    public static ValueTask EnqueueAsync(this DeliveryQueue queue, MailItem item, string connector, CancellationToken cancellationToken) =>
        queue.AddAsync([new QueueEntry(connector, item)], cancellationToken);

    /// <summary>The connectors that have entries to lease.</summary>
    public static IReadOnlyList<string> Connectors(this DeliveryQueue queue) => [.. queue.Overview.Connectors.Select(backlog => backlog.Connector)];

    /// <summary>When the next entry of a connector is due.</summary>
    public static DateTimeOffset? NextDue(this DeliveryQueue queue, string connector) => queue.Overview.Of(connector)?.NextDue;

    /// <summary>When the next suspect of a connector is due.</summary>
    public static DateTimeOffset? NextSuspect(this DeliveryQueue queue, string connector) => queue.Overview.Of(connector)?.NextSuspect;

    /// <summary>Leases all entries of a connector but suspects.</summary>
    internal static IAsyncEnumerable<LeasedEntry> LeaseAllAsync(this DeliveryQueue queue, string connector) =>
        queue.LeaseAsync(LeaseQuery.Due(connector, DateTimeOffset.MaxValue), CancellationToken.None);
}
