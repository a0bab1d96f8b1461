using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Keeps messages until every recipient is settled. <see cref="DirectoryDeliveryQueue"/> keeps them as files; implement it to keep them elsewhere.
/// Thread-safe.
/// </summary>
/// <remarks>
/// <para>One entry is one message for one connector, with the recipients that chose it. Entries of a connector are taken in the order of acceptance among those that are due.</para>
/// <para>An entry is worked on by one process at a time: a lease excludes every other taker, and its end without a settlement, or the death of
/// its process, leaves the entry exactly as it was.</para>
/// </remarks>
public interface IDeliveryQueue
{
    /// <summary>The connector name of entries whose recipients have no connector now (RT-4).</summary>
    const string Unreachable = "";

    /// <summary>Something is to be taken; the argument is the connector's name. Raised on any thread; handlers must be quick and must not throw.</summary>
    event Action<string>? Enqueued;

    /// <summary>Looks for entries that are stored but not known yet: at start, and later for what another process left. All of them are due at once.</summary>
    /// <returns>How many were found.</returns>
    ValueTask<int> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Stores one entry; durable when it returns. Does nothing when the same submission is already waiting for this connector.</summary>
    /// <param name="item">The message. Its envelope holds the recipients of this connector alone.</param>
    /// <param name="connector">The connector, or <see cref="Unreachable"/>.</param>
    /// <param name="cancellationToken">Nothing is stored when it ends the call.</param>
    ValueTask EnqueueAsync(MailItem item, string connector, CancellationToken cancellationToken);

    /// <summary>The connectors that have entries, <see cref="Unreachable"/> included.</summary>
    IReadOnlyCollection<string> Connectors { get; }

    /// <summary>How many entries wait in all.</summary>
    int Count { get; }

    /// <summary>When the next entry of a connector is due; null when there is none.</summary>
    DateTimeOffset? NextDue(string connector);

    /// <summary>Leases the entries of a connector that are due, one after the other, each at most once. Dispose each lease before the next.</summary>
    /// <param name="connector">The connector, or <see cref="Unreachable"/>.</param>
    /// <param name="dueBy">Only entries due then or earlier; <see cref="DateTimeOffset.MaxValue"/> takes all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<QueueLease> TakeAsync(string connector, DateTimeOffset dueBy, CancellationToken cancellationToken);

    /// <summary>
    /// Records what became of the recipients of a lease. With every recipient delivered or relayed the entry is gone; with some deferred it stays for
    /// those, due at <paramref name="nextAttempt"/>; with none deferred and some failed it is set aside with the reasons.
    /// </summary>
    /// <param name="lease">The entry.</param>
    /// <param name="outcomes">One per recipient of the lease; a recipient without one counts as deferred.</param>
    /// <param name="nextAttempt">When to try deferred recipients again.</param>
    /// <param name="cancellationToken">Not settled when it ends the call.</param>
    ValueTask SettleAsync(QueueLease lease, ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, CancellationToken cancellationToken);
}
