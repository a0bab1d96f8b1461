using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Keeps messages until every recipient is settled and everything due was reported. <see cref="DirectoryDeliveryQueue"/> keeps them as files; implement it to
/// keep them elsewhere. Thread-safe.
/// </summary>
/// <remarks>
/// <para>One entry is one message for one connector, with the recipients that chose it. Entries of a connector are taken in the order of acceptance among those that are due.</para>
/// <para>An entry is worked on by one process at a time: a lease excludes every other taker, and its end without a settlement, or the death of
/// its process, leaves the entry as it was. An entry that a process died with is a suspect, and is given out by <see cref="TakeSuspectsAsync"/> alone (ND-4).</para>
/// <para>The queue decides nothing about times: it keeps when an entry is due, and finds what is due, and what is old.</para>
/// </remarks>
public interface IDeliveryQueue
{
    /// <summary>The connector name of entries whose recipients have no connector now (RT-4).</summary>
    const string Unreachable = "";

    /// <summary>Something is to be taken; the argument is the connector's name. Raised on any thread; handlers must be quick and must not throw.</summary>
    event Action<string>? Enqueued;

    /// <summary>
    /// An administrator wants entries of a connector tried now, although it may be failing; the argument is its name. As <see cref="Enqueued"/>. A queue that nobody manages never raises it.
    /// </summary>
    event Action<string>? RetryRequested
    {
        add { }
        remove { }
    }

    /// <summary>Looks for entries that are stored but not known yet: at start, and later for what another process left. All of them are due at once.</summary>
    /// <returns>How many were found.</returns>
    /// <exception cref="IOException">Nothing can be looked at. What fails of one entry, or one folder of them, is told by the queue itself, and looked at again with the next call (RY-4).</exception>
    ValueTask<int> LoadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores one entry for each copy; all durable when it returns, and none to be taken before. Passes over a copy when an entry of the same submission with the same recipients is
    /// there for its connector; other sets of recipients are other entries (RT-5).
    /// </summary>
    /// <param name="copies">The copies of one message.</param>
    /// <param name="cancellationToken">Nothing is stored when it ends the call.</param>
    /// <exception cref="IOException">One could not be stored; so no other was, and handed over again the message goes to nobody twice.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a permission.</exception>
    ValueTask EnqueueAsync(IReadOnlyList<QueueCopy> copies, CancellationToken cancellationToken);

    /// <summary>The recipients that entries of a submission answer for: what a repeated hand-over must not store again. One that two entries hold comes twice.</summary>
    /// <param name="id">The submission; the key alone counts.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<ImmutableArray<EnvelopeRecipient>> KnownAsync(SubmissionId id, CancellationToken cancellationToken);

    /// <summary>The connectors that have entries to take, <see cref="Unreachable"/> included.</summary>
    IReadOnlyCollection<string> Connectors { get; }

    /// <summary>How many entries there are in all.</summary>
    int Count { get; }

    /// <summary>When the next entry of a connector is due; null when there is none.</summary>
    DateTimeOffset? NextDue(string connector);

    /// <summary>When the next suspect of a connector is due: an entry that a process died with, and that nobody worked on since (ND-4). Null when there is none; a queue that does not know has none.</summary>
    DateTimeOffset? NextSuspect(string connector) => null;

    /// <summary>
    /// When the oldest entry of a connector counts as accepted, due or not; null when there is none. An entry is as old as both the clock and this process' own counting say (SE-4). Suspects are not among them.
    /// </summary>
    DateTimeOffset? Oldest(string connector, QueueAge age);

    /// <summary>Leases the entries of a connector that are due, by when they are due, each at most once. Leases may overlap.</summary>
    /// <param name="connector">The connector, or <see cref="Unreachable"/>.</param>
    /// <param name="dueBy">Only entries due then or earlier; <see cref="DateTimeOffset.MaxValue"/> takes all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<QueueLease> TakeAsync(string connector, DateTimeOffset dueBy, CancellationToken cancellationToken);

    /// <summary>As <see cref="TakeAsync(string, DateTimeOffset, CancellationToken)"/>, but suspects.</summary>
    IAsyncEnumerable<QueueLease> TakeSuspectsAsync(string connector, DateTimeOffset dueBy, CancellationToken cancellationToken) => AsyncEnumerable.Empty<QueueLease>();

    /// <summary>Leases the entries of a connector that are old, due or not, each at most once. Leases may overlap.</summary>
    /// <param name="connector">The connector, or <see cref="Unreachable"/>.</param>
    /// <param name="age">Which entries count.</param>
    /// <param name="acceptedBy">Only entries that count as accepted then or earlier; <see cref="DateTimeOffset.MaxValue"/> takes all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<QueueLease> TakeAsync(string connector, QueueAge age, DateTimeOffset acceptedBy, CancellationToken cancellationToken);

    /// <summary>
    /// Leases the entries of a connector, due or not, that a question chooses, each at most once. Suspects, and what is held or worked on, are not among them. A queue that can should ask without a
    /// lease, so that no delivery waits for a question.
    /// </summary>
    /// <param name="connector">The connector, or <see cref="Unreachable"/>.</param>
    /// <param name="isWanted">Gets the recipients that wait, and the octets of the message without its envelope.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    async IAsyncEnumerable<QueueLease> TakeAsync(
        string connector, Func<IReadOnlyList<EnvelopeRecipient>, long, bool> isWanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var lease in TakeAsync(connector, QueueAge.All, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (isWanted(lease.IsSettled ? [] : lease.Item.Envelope.Recipients, lease.Item.Content.Length))
                yield return lease;
            else
                lease.Dispose();
        }
    }

    /// <summary>
    /// Leases the other entries of a submission, due or not, as far as nobody works on them: waits for none, so that it may be called while leases are held. An entry that is held, or
    /// that a process died with, is not among them.
    /// </summary>
    /// <param name="lease">One of its entries.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Leases for the caller to dispose.</returns>
    ValueTask<ImmutableArray<QueueLease>> TakeBesideAsync(QueueLease lease, CancellationToken cancellationToken);

    /// <summary>Makes what is due later than <paramref name="latest"/> due then: after the clock was set back.</summary>
    void PullForward(DateTimeOffset latest);

    /// <summary>
    /// Records what became of the recipients of a lease. Final outcomes are durable when it returns. With every recipient final and no report due the entry is gone;
    /// otherwise it stays, for <see cref="ReportedAsync"/>, and for those without a final outcome, due at <paramref name="nextAttempt"/>.
    /// </summary>
    /// <param name="lease">The entry. Its <see cref="QueueLease.Notices"/> are what is to be reported now.</param>
    /// <param name="outcomes">One per recipient of the lease; a recipient without one counts as deferred.</param>
    /// <param name="nextAttempt">When the entry is due again.</param>
    /// <param name="cancellationToken">Not settled when it ends the call.</param>
    /// <exception cref="IOException">It could not be recorded. A queue in this process remembers it and tries again with the next lease.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a permission.</exception>
    ValueTask SettleAsync(QueueLease lease, ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, CancellationToken cancellationToken);

    /// <summary>Records why recipients of a lease wait, without an attempt. Those that are not named keep what was said about them before.</summary>
    ValueTask NoteAsync(QueueLease lease, ImmutableArray<RecipientOutcome> reasons, CancellationToken cancellationToken);

    /// <summary>
    /// Moves recipients of a lease to other entries of the submission, durable when it returns (RT-8). Those that another entry holds already are not stored again. Whatever it breaks off at, and
    /// whatever becomes of the process, nobody gets the message twice or not at all (RT-5). With none left the entry is gone.
    /// </summary>
    /// <param name="lease">The entry.</param>
    /// <param name="copies">The new entries. Their recipients are some that wait in the lease.</param>
    /// <param name="cancellationToken">Nothing has moved when it ends the call.</param>
    /// <returns>The recipients that moved; others cannot be moved now.</returns>
    /// <exception cref="IOException">It broke off. The queue ends it, or takes it back, before it gives out an entry of the submission again.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a permission.</exception>
    ValueTask<ImmutableArray<EnvelopeRecipient>> MoveAsync(QueueLease lease, IReadOnlyList<QueueCopy> copies, CancellationToken cancellationToken);

    /// <summary>
    /// Records what came of a report. After the last one an entry without waiting recipients is gone, or, when a failure could be reported to nobody, set aside
    /// with its reasons.
    /// </summary>
    /// <param name="lease">The entry.</param>
    /// <param name="notice">One of its <see cref="QueueLease.Notices"/>, or a delay.</param>
    /// <param name="result">How it went.</param>
    /// <param name="cancellationToken">Not recorded when it ends the call.</param>
    ValueTask ReportedAsync(QueueLease lease, QueueNotice notice, SenderReportResult result, CancellationToken cancellationToken);
}
