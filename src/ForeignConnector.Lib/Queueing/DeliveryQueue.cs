using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// The queue over any store: it decides what an attempt, a report or a death means for an entry, and the store saves that. It keeps
/// messages until every recipient is settled and every due report was made. A state that could not be saved is remembered as long as the
/// process lives, so that nothing final is lost to a disk that fails for a while. Thread-safe.
/// </summary>
/// <param name="store">Where entries are. The queue does not dispose it.</param>
/// <param name="options">Limits.</param>
/// <param name="trail">Told of entries that are set aside as poison.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Ids and counts.</param>
public sealed class DeliveryQueue(
    IQueueStore store, DeliveryQueueOptions options, IMessageTrail trail, TimeProvider time, ILogger<DeliveryQueue> logger)
{
    internal TimeProvider Time => time;

    /// <summary>The connector name of entries whose recipients have no connector now (RT-4).</summary>
    public const string Unreachable = "";

    private static readonly TimeSpan DeletionRetry = TimeSpan.FromSeconds(15);

    // An entry whose state cannot be saved must not be in the way of the others.
    private static readonly TimeSpan SaveRetry = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, DeliveryState> _unsaved = new(StringComparer.Ordinal);
    private readonly OutagesByPart _outages = new(logger);

    /// <summary>See <see cref="IQueueStore.Changed"/>.</summary>
    public event Action<QueueChange>? Changed
    {
        add => store.Changed += value;
        remove => store.Changed -= value;
    }

    /// <summary>See <see cref="IQueueStore.Overview"/>.</summary>
    public QueueOverview Overview => store.Overview;

    /// <summary>How many entries there are in all.</summary>
    public int Count => store.Overview.Count;

    /// <summary>What waits for each connector, suspects included: for metrics and health checks.</summary>
    public IReadOnlyList<QueueLevel> Levels =>
    [
        .. store.Overview.Connectors.Select(backlog =>
            new QueueLevel(backlog.Connector, backlog.Count, backlog.OldestOfAll ?? time.GetUtcNow())),
    ];

    /// <summary>See <see cref="IWatchableQueueStore.Watch"/>; null over a store that cannot watch.</summary>
    public IDisposable? Watch(Action changed) => (store as IWatchableQueueStore)?.Watch(changed);

    /// <summary>
    /// Looks for entries that are stored but not known yet, and judges what processes died with (ND-4). See
    /// <see cref="IQueueStore.LoadAsync"/>.
    /// </summary>
    /// <exception cref="IOException">Nothing can be looked at.</exception>
    public async ValueTask<StoreContents> LoadAsync(CancellationToken cancellationToken)
    {
        var poison = new PoisonPolicy(store, options, trail, logger);
        try
        {
            return await store.LoadAsync(poison.Decide, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await poison.RecordAsync().ConfigureAwait(false);
            await ForgetGoneAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stores entries of one message, all or none. See <see cref="IQueueStore.AddAsync"/>.</summary>
    /// <exception cref="IOException">
    /// One could not be stored; so no other was, and handed over again the message goes to nobody twice.
    /// </exception>
    public ValueTask AddAsync(IReadOnlyList<QueueEntry> entries, CancellationToken cancellationToken) =>
        store.AddAsync(entries, cancellationToken);

    /// <summary>See <see cref="IQueueStore.FindSubmissionAsync"/>.</summary>
    public ValueTask<StoredSubmission?> FindSubmissionAsync(UInt128 key, CancellationToken cancellationToken) =>
        store.FindSubmissionAsync(key, cancellationToken);

    /// <summary>See <see cref="IQueueStore.LimitDueAsync"/>.</summary>
    internal ValueTask LimitDueAsync(DateTimeOffset latest, CancellationToken cancellationToken) =>
        store.LimitDueAsync(latest, cancellationToken);

    /// <summary>
    /// Leases what a query chooses. One whose state could not be saved before is saved first; if that fails with something final the entry
    /// comes back later.
    /// </summary>
    /// <exception cref="Exception">What the first one failed of; thrown when the others have had their turn.</exception>
    internal async IAsyncEnumerable<LeasedEntry> LeaseAsync(LeaseQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo? failure = null;
        await foreach (var lease in store.LeaseAsync(query, cancellationToken).ConfigureAwait(false))
        {
            LeasedEntry? entry = null;
            try
            {
                entry = await BeginAsync(lease).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
            if (entry is not null)
                yield return entry;
        }
        failure?.Throw();
    }

    /// <summary>As <see cref="LeaseAsync"/>; the question gets the recipients that wait, and the octets of the message.</summary>
    internal IAsyncEnumerable<LeasedEntry> LeaseChosenAsync(
        string connector, Func<IReadOnlyList<EnvelopeRecipient>, long, bool> isWanted, CancellationToken cancellationToken) =>
        LeaseAsync(
            LeaseQuery.Chosen(connector, entry => entry.Envelope is { } envelope
                && isWanted(Latest(entry.Id, entry.State).Pending(envelope), entry.ContentLength)), cancellationToken);

    /// <summary>Leases the other entries of a submission, as far as nobody works on them. Waits for nobody.</summary>
    internal async ValueTask<ImmutableArray<LeasedEntry>> LeaseBesideAsync(LeasedEntry entry, CancellationToken cancellationToken)
    {
        var others = ImmutableArray.CreateBuilder<LeasedEntry>();
        try
        {
            await foreach (var lease in store.LeaseAsync(LeaseQuery.Beside(entry.Lease.Entry), cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    others.Add(await BeginAsync(lease).ConfigureAwait(false));
                }
#pragma warning disable CA1031 // Its own turn comes, and tells.
                catch (Exception)
#pragma warning restore CA1031
                {
                }
            }
            return others.ToImmutable();
        }
        catch
        {
            foreach (var other in others)
                await other.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Records what became of the recipients of a lease. Final outcomes are durable when it returns. With every recipient final and no
    /// report due the entry is gone; otherwise it stays, for <see cref="ReportedAsync"/>, and for those without a final outcome, due at
    /// <paramref name="nextAttempt"/>.
    /// </summary>
    /// <param name="entry">The entry. Its <see cref="LeasedEntry.DueReports"/> are what is to be reported now.</param>
    /// <param name="outcomes">One per recipient that waits; a recipient without one counts as deferred.</param>
    /// <param name="nextAttempt">When the entry is due again.</param>
    /// <param name="cancellationToken">Not settled when it ends the call.</param>
    internal ValueTask SettleAsync(
        LeasedEntry entry, ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, CancellationToken cancellationToken)
    {
        entry.Postpone(nextAttempt);
        return RecordAsync(entry, entry.State.AfterAttempt(entry.Envelope, outcomes, nextAttempt, time.GetUtcNow()), cancellationToken);
    }

    /// <summary>
    /// Records what became of some recipients of a lease while its attempt goes on with others. Final outcomes are durable when it returns.
    /// </summary>
    internal ValueTask SettlePartAsync(
        LeasedEntry entry, ImmutableArray<RecipientOutcome> outcomes, CancellationToken cancellationToken) =>
        RecordAsync(entry, entry.State.DuringAttempt(entry.Envelope, outcomes), cancellationToken);

    /// <summary>
    /// Records why recipients of a lease wait, without an attempt. Those that are not named keep what was said about them before.
    /// </summary>
    internal ValueTask NoteAsync(LeasedEntry entry, ImmutableArray<RecipientOutcome> reasons, CancellationToken cancellationToken) =>
        RecordAsync(entry, entry.State.Noting(entry.Envelope, reasons), cancellationToken);

    /// <summary>
    /// Records what came of a report. After the last one an entry without waiting recipients is gone, or, when a failure could be reported
    /// to nobody, set aside with its reasons.
    /// </summary>
    internal ValueTask ReportedAsync(
        LeasedEntry entry, QueueNotice notice, SenderReportResult result, CancellationToken cancellationToken) =>
        RecordAsync(entry, entry.State.AfterReport(entry.Envelope, notice, result), cancellationToken);

    /// <summary>
    /// Moves recipients of a lease to other entries of the submission (RT-8); see <see cref="IQueueLease.MoveAsync"/>. With none left the
    /// entry is gone.
    /// </summary>
    internal async ValueTask<ImmutableArray<EnvelopeRecipient>> MoveAsync(
        LeasedEntry entry, IReadOnlyList<QueueEntry> entries, CancellationToken cancellationToken)
    {
        var after = entry.State;
        var moved = await entry.Lease.MoveAsync(entries, gone => after = entry.State.AfterMove(entry.Envelope, gone), cancellationToken)
            .ConfigureAwait(false);
        if (moved.IsEmpty)
            return moved;
        entry.State = after;
        _unsaved.TryRemove(entry.DeliveryId, out _);
        if (after.IsDone(entry.Envelope))
            await RecordAsync(entry, after, CancellationToken.None).ConfigureAwait(false);
        return moved;
    }

    private DeliveryState Latest(string id, DeliveryState stored) =>
        _unsaved.TryGetValue(id, out var unsaved) ? unsaved.Over(stored) : stored;

    private async ValueTask<LeasedEntry> BeginAsync(IQueueLease lease)
    {
        LeasedEntry entry;
        try
        {
            entry = new LeasedEntry(lease, Latest(lease.Entry.Id, lease.Entry.State), time);
        }
        catch
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        if (!_unsaved.ContainsKey(entry.DeliveryId))
            return entry;
        try
        {
            await lease.SaveAsync(entry.State, CancellationToken.None).ConfigureAwait(false);
            _unsaved.TryRemove(entry.DeliveryId, out _);
        }
        // Nothing is reported that is not written down. But a deferral may be lost: the message is tried again, and deliveries make room.
#pragma warning disable CA1031 // Whatever the store throws, it is tried again with the next lease.
        catch (Exception) when (!entry.State.MustSurvive || entry.State.IsDone(entry.Envelope))
#pragma warning restore CA1031
        {
            // Of one that is done only the removal is left.
        }
        catch
        {
            entry.Postpone(time.GetUtcNow() + SaveRetry);
            await entry.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        return entry;
    }

    // Final outcomes are durable when it returns, but not the removal of an entry that is done.
    private async ValueTask RecordAsync(LeasedEntry entry, DeliveryState state, CancellationToken cancellationToken)
    {
        entry.State = state;
        try
        {
            if (!state.IsDone(entry.Envelope))
                await entry.Lease.SaveAsync(state, cancellationToken).ConfigureAwait(false);
            else
                entry.IsGone = await TryEndAsync(entry, state, cancellationToken).ConfigureAwait(false);
            _unsaved.TryRemove(entry.DeliveryId, out _);
        }
        catch
        {
            _unsaved[entry.DeliveryId] = state;
            throw;
        }
    }

    // False when the entry stays for now, with all that is to be known of it: its removal is tried again.
    private async ValueTask<bool> TryEndAsync(LeasedEntry entry, DeliveryState state, CancellationToken cancellationToken)
    {
        try
        {
            if (state.HasUnreportedFailure)
            {
                // Once it is released, recipients that have the message must not get it again.
                await entry.Lease.SaveAsync(state, cancellationToken).ConfigureAwait(false);
                await entry.Lease.SetAsideAsync(SetAsideKind.Failed, WhyFailed(entry, state), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await entry.Lease.RemoveAsync(cancellationToken).ConfigureAwait(false);
            }
            _outages.End(entry.DeliveryId);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Should a power cut bring it back, it has its state still.
            await entry.Lease.SaveAsync(state, cancellationToken).ConfigureAwait(false);
            _outages.Begin(entry.DeliveryId, Telemetry.NameOf(entry.Connector), e);
            entry.Postpone(time.GetUtcNow() + DeletionRetry);
            return false;
        }
    }

    private static string WhyFailed(LeasedEntry entry, DeliveryState state) =>
        "delivery failed for these recipients:\n" + string.Join('\n', state.Recipients
        .Where(recipient => recipient.Action == RecipientAction.Failed)
        .Select(recipient => $"{entry.Envelope.Recipients[recipient.Index].Address}: {recipient.Status} {recipient.Text}"));

    // An operator, or another process, ended entries that this process remembers.
    private async ValueTask ForgetGoneAsync(CancellationToken cancellationToken)
    {
        foreach (var id in _unsaved.Keys)
        {
            try
            {
                if (await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is null)
                    _unsaved.TryRemove(id, out _);
            }
#pragma warning disable CA1031 // The next look asks again.
            catch (Exception)
#pragma warning restore CA1031
            {
                return;
            }
        }
    }
}
