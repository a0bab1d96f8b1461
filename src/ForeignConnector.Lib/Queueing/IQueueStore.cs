using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Keeps the entries of the queue and decides nothing about them: <see cref="DeliveryQueue"/> does that, the same over every store.
/// <see cref="Directory.DirectoryQueueStore"/> keeps them as files; implement this to keep them elsewhere. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// An entry is one message for one connector, with the recipients that chose it. Its id names it for good, follows from its submission,
/// connector and recipients, and consists of letters, digits, <c>.</c> and <c>-</c>, because it becomes a file name.
/// </para>
/// <para>
/// One lease at a time excludes every other on an entry, whoever shares the store. A lease that ends without
/// <see cref="IQueueLease.SaveAsync"/> leaves the entry as it was.
/// </para>
/// <para>
/// The store remembers which entries were leased when a process died, and tells of them as suspects until
/// <see cref="IQueueLease.IsSuspect"/> is taken from them (ND-4).
/// </para>
/// <para>
/// Any method may throw anything: the caller logs it once per outage, and tries again. What a method did not do it must not have done in
/// part.
/// </para>
/// </remarks>
public interface IQueueStore
{
    /// <summary>
    /// Entries of a connector were added, found or changed, by this process or another. Raised on any thread; handlers are quick and do not
    /// throw.
    /// </summary>
    event Action<QueueChange>? Changed;

    /// <summary>
    /// What the store holds as far as this process knows. Costs no I/O, and hardly more when there are more entries: it is asked often.
    /// </summary>
    QueueOverview Overview { get; }

    /// <summary>
    /// Looks for entries that are stored but not known to this process: at start, and later for what another process left. All of them are
    /// due at once. Also ends what broke off, and tells by <see cref="Changed"/> what <see cref="NotifyAsync"/> told.
    /// </summary>
    /// <param name="decide">
    /// Asked about each entry that a process died with while it worked on nothing else and had run long enough for that to count (ND-4),
    /// once per death: gives the state to save, or the reason to set the entry aside. Nothing of the message is read before it is answered:
    /// that may be what killed the process.
    /// </param>
    /// <param name="cancellationToken">Ends the look early.</param>
    /// <exception cref="IOException">
    /// Nothing can be looked at. What fails of one entry is told by the store itself, and looked at again with the next call (RY-4).
    /// </exception>
    ValueTask<StoreContents> LoadAsync(Func<CrashedEntry, CrashDecision> decide, CancellationToken cancellationToken);

    /// <summary>
    /// Stores entries of one message, all or none; durable when it returns, and none is leased before. Passes over an entry when one of the
    /// same submission with the same recipients is there for its connector; other sets of recipients are other entries (RT-5). The key of a
    /// submission decides which it is, not its time.
    /// </summary>
    /// <param name="entries">The entries. Their content is valid during the call.</param>
    /// <param name="cancellationToken">Nothing is stored when it ends the call.</param>
    ValueTask AddAsync(IReadOnlyList<QueueEntry> entries, CancellationToken cancellationToken);

    /// <summary>
    /// What entries of a submission there are: what a repeated hand-over must not store again. Null when there is none.
    /// </summary>
    /// <param name="key">The <see cref="SubmissionId.Key"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<StoredSubmission?> FindSubmissionAsync(UInt128 key, CancellationToken cancellationToken);

    /// <summary>
    /// Leases the entries that a query chooses, each at most once, in the order that the query names. Passes over what is leased, set
    /// aside, or not <see cref="DeliveryState.IsLeasable"/>. An entry that cannot be leased now comes back later and does not end the
    /// enumeration before the others had their turn.
    /// </summary>
    /// <returns>Leases that the caller disposes; they may overlap.</returns>
    IAsyncEnumerable<IQueueLease> LeaseAsync(LeaseQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Leases one entry for an operator, whatever it waits for: held, suspect and set-aside ones too. Also works before
    /// <see cref="LoadAsync"/>.
    /// </summary>
    /// <param name="id">The id of an entry; anything else is not found.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<LeaseResult> LeaseAsync(string id, CancellationToken cancellationToken);

    /// <summary>Lets an entry that was set aside wait again; durable when it returns. The message is not read.</summary>
    /// <param name="id">The id of an entry.</param>
    /// <param name="state">Gives the state that it has from now on.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False when no entry of that id is set aside.</returns>
    ValueTask<bool> PutBackAsync(string id, Func<DeliveryState, DeliveryState> state, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the entries that are there, connector by connector, in the order of acceptance; leased, held and set-aside ones too. Also
    /// works before <see cref="LoadAsync"/>.
    /// </summary>
    /// <param name="connector">Only this connector, without case; null is all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<EntrySnapshot> ListAsync(string? connector, CancellationToken cancellationToken);

    /// <summary>Reads one entry as <see cref="ListAsync"/> does; null when it is not there.</summary>
    ValueTask<EntrySnapshot?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Tells every process that works with the store that an operator changed an entry: it is due now, and held no longer if its state says
    /// so. They look at the latest with their next <see cref="LoadAsync"/>.
    /// </summary>
    /// <param name="id">The id of an entry.</param>
    /// <param name="isRetryWanted">See <see cref="QueueChange.IsRetryWanted"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask NotifyAsync(string id, bool isRetryWanted, CancellationToken cancellationToken);

    /// <summary>Makes what is due later than a time due at that time: after the clock was set back (SE-4).</summary>
    ValueTask LimitDueAsync(DateTimeOffset latest, CancellationToken cancellationToken);
}

/// <summary>A store whose entries can be changed by others, and that can tell of it without being asked.</summary>
public interface IWatchableQueueStore
{
    /// <summary>
    /// Calls back when <see cref="IQueueStore.LoadAsync"/> would find something changed; null where that cannot be watched.
    /// </summary>
    /// <param name="changed">Called on any thread.</param>
    /// <returns>Ends the watching when it is disposed.</returns>
    IDisposable? Watch(Action changed);
}

/// <summary>
/// A store that several hosts share: what one host accepts for a connector of another one waits under the connector's name, and that host
/// delivers it (RT-7).
/// </summary>
#pragma warning disable CA1040 // It says something about the store, and asks for nothing.
public interface ISharedQueueStore : IQueueStore;
#pragma warning restore CA1040

/// <summary>Something is to be done for a connector.</summary>
/// <param name="Connector">Its name, or <see cref="DeliveryQueue.Unreachable"/>.</param>
/// <param name="IsRetryWanted">An administrator wants its entries tried now, although it may be failing.</param>
public readonly record struct QueueChange(string Connector, bool IsRetryWanted);

/// <summary>A submission that has entries in a store.</summary>
/// <param name="Id">The id under which it was stored.</param>
/// <param name="Recipients">Those that its entries were stored for. One that two entries hold comes twice.</param>
public sealed record StoredSubmission(SubmissionId Id, ImmutableArray<EnvelopeRecipient> Recipients);

/// <summary>What a look at a store found.</summary>
/// <param name="Found">Entries that were not known before.</param>
/// <param name="LatestSubmission">
/// The latest submission that this process knows; new ones must be named later. One that a clock gave which was far ahead does not count
/// (SE-4).
/// </param>
public readonly record struct StoreContents(int Found, DateTimeOffset LatestSubmission);

/// <summary>An entry that a process died with while it worked on nothing else (ND-4).</summary>
/// <param name="Id">The entry.</param>
/// <param name="Connector">Its connector.</param>
/// <param name="Submission">Its submission.</param>
/// <param name="State">Its state as it is stored.</param>
public sealed record CrashedEntry(string Id, string Connector, SubmissionId Submission, DeliveryState State);

/// <summary>What becomes of an entry that a process died with.</summary>
/// <param name="State">The state to save, unless it is set aside.</param>
/// <param name="SetAside">Why it is set aside as poison; null when it is tried again.</param>
public readonly record struct CrashDecision(DeliveryState State, string? SetAside);

/// <summary>Whether one entry could be leased.</summary>
/// <param name="Lease">The lease; null when it could not.</param>
/// <param name="IsBusy">True when it is there, and somebody else has it.</param>
public readonly record struct LeaseResult(IQueueLease? Lease, bool IsBusy);
