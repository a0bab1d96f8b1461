using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// Leases entries of the index: one lease at a time each, noted in the journal meanwhile. Whatever fails, the entry can be leased again.
/// </summary>
internal sealed class EntryLeasing(
    QueueIndex index, QueueFolder folder, InFlightJournal journal, QueueMoves moves, QueueClock clock, TimeProvider time, ILogger logger)
{
    // Another process works on it; it is gone, or free, when we look again.
    private static readonly TimeSpan LockedRetry = TimeSpan.FromSeconds(1);

    // A file that cannot be opened must not be in the way of the others.
    private static readonly TimeSpan FailedRetry = TimeSpan.FromSeconds(15);

    private readonly LockedEntries _locked = new(time, logger);

    /// <summary>Leases one entry after the other. One that cannot be opened comes back later.</summary>
    /// <param name="next">The first entry after a place.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <param name="isWanted">Asked of each entry before it is leased; null wants all.</param>
    /// <exception cref="IOException">What the first one failed of; thrown when the others have had their turn.</exception>
    public async IAsyncEnumerable<IQueueLease> LeaseAsync(
        Func<IndexedEntry?, IndexedEntry?> next, [
            EnumeratorCancellation] CancellationToken cancellationToken, Func<IndexedEntry, ValueTask<bool>>? isWanted = null)
    {
        IndexedEntry? place = null;
        ExceptionDispatchInfo? failure = null;
        while (next(place) is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Of an entry that comes back while the enumeration goes on, the place counts where it was.
            place = IndexedEntry.After(entry);
            IQueueLease? lease = null;
            try
            {
                if (isWanted is null || await isWanted(entry).ConfigureAwait(false))
                    lease = await LeaseAsync(entry, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!IsOurs(e, cancellationToken))
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
            if (lease is not null)
                yield return lease;
        }
        failure?.Throw();
    }

    /// <summary>Leases the other entries of a submission that are free; waits for none.</summary>
    public async IAsyncEnumerable<IQueueLease> LeaseBesideAsync(
        LeaseQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var other in index.OfSubmission(query.Submission.Key).Where(
            other => other.Id == query.Submission && !other.IsSuspect && !IsExcepted(other, query)))
        {
            IQueueLease? lease = null;
            try
            {
                lease = await LeaseAsync(other, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!IsOurs(e, cancellationToken))
            {
                // Its own turn comes, and tells.
            }
            if (lease is not null)
                yield return lease;
        }
    }

    // One name may be in the folders of two connectors: a folder that was copied by hand.
    private static bool IsExcepted(IndexedEntry entry, LeaseQuery query) =>
        entry.Name == query.Except && entry.Connector.Equals(query.Connector, StringComparison.OrdinalIgnoreCase);

    private static bool IsOurs(Exception e, CancellationToken cancellationToken) =>
        e is OperationCanceledException && cancellationToken.IsCancellationRequested;

    private async ValueTask<IQueueLease?> LeaseAsync(IndexedEntry entry, CancellationToken cancellationToken)
    {
        if (!index.Remove(entry))
            return null;
        if (moves.IsOpen(entry.Key))
        {
            // The next look at the queue ends the move.
            index.Add(entry, back => back.IsHeld = true);
            return null;
        }
        var line = journal.Begin(entry.Name, entry.IsSuspect);
        IQueueLease? lease = null;
        try
        {
            lease = await OpenAsync(entry, line, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (lease is null)
                journal.End(line);
        }
        return lease;
    }

    private async ValueTask<IQueueLease?> OpenAsync(IndexedEntry indexed, int line, CancellationToken cancellationToken)
    {
        try
        {
            var (file, opened) = await folder.OpenAsync(indexed.Folder, indexed.Name, cancellationToken).ConfigureAwait(false);
            if (opened == OpenResult.Locked)
                _locked.Saw(indexed);
            else
                _locked.Clear(indexed);
            if (file is null && opened == OpenResult.Locked)
                Return(indexed, LockedRetry);
            else if (file is null)
                index.Forget(indexed);
            else if (IsSuspect(indexed, file) is var isSuspect && (!file.State.IsLeasable || isSuspect != indexed.IsSuspect))
                GiveBack(indexed, file, isSuspect);
            else
                return Begin(indexed, file, line);
            return null;
        }
        catch (MailFormatException e)
        {
            logger.QueueFileUnreadable(e, indexed.Name);
            index.Forget(indexed);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            index.Add(indexed);
            throw;
        }
        catch
        {
            Return(indexed, FailedRetry);
            throw;
        }
    }

    private DirectoryLease Begin(IndexedEntry indexed, QueueFile file, int line)
    {
        var entry = new EntrySnapshot
        {
            Id = indexed.Name,
            Connector = indexed.Connector,
            Submission = indexed.Id,
            Envelope = file.Envelope,
            State = file.State,
            ContentLength = file.Content.Length,
            StoredLength = file.Locked.Length,
        };
        return new DirectoryLease(file, entry, folder)
        {
            Indexed = indexed,
            Moves = moves.MoveAsync,
            Ended = lease => End(indexed, lease, line),
            CountsFrom = clock.Now.CountsFrom(indexed),
            Due = new DateTimeOffset(indexed.DueTicks, TimeSpan.Zero),
            IsTried = indexed.IsTried,
            IsSuspect = indexed.IsSuspect,
        };
    }

    private static bool IsSuspect(IndexedEntry indexed, QueueFile file) => indexed.IsSuspect || file.State.Crashes > 0;

    // What the sidecar says keeps the entry from being leased now.
    private void GiveBack(IndexedEntry indexed, QueueFile file, bool isSuspect)
    {
        var (isHeld, isBlamed) = (!file.State.IsLeasable, !indexed.IsSuspect && isSuspect);
        file.Dispose();
        index.Add(indexed, back =>
        {
            (back.IsHeld, back.IsSuspect) = (isHeld, isSuspect);
            if (isBlamed)
                back.DueTicks = journal.QuietFrom().UtcTicks;
        });
    }

    private void Return(IndexedEntry indexed, TimeSpan wait) =>
        index.Add(indexed, back => back.DueTicks = (time.GetUtcNow() + wait).UtcTicks);

    private void End(IndexedEntry indexed, DirectoryLease lease, int line)
    {
        if (lease.IsGone)
        {
            index.Forget(indexed);
        }
        else
        {
            var state = lease.File.State;
            index.Add(indexed, back => (back.DueTicks, back.IsDelayReported, back.IsHeld, back.IsTried, back.IsSuspect) =
                (lease.Due.UtcTicks, state.DelayReported, !state.IsLeasable, lease.IsTried, lease.IsSuspect));
        }
        journal.End(line);
    }
}
