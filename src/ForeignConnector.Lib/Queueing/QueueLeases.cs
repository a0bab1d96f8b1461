using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>Opens entries for work and takes them back: one at a time each, noted in the journal meanwhile. Whatever fails, the entry can be taken again.</summary>
internal sealed class QueueLeases(QueueIndex index, QueueFolder folder, InFlightJournal journal, Func<UInt128, bool> isMoving, QueueClock clock, TimeProvider time, ILogger logger)
{
    // Another process works on it; it is gone, or free, when we look again.
    private static readonly TimeSpan LockedRetry = TimeSpan.FromSeconds(1);

    // A file that cannot be opened, or its state not be written, must not be in the way of the others.
    private static readonly TimeSpan FailedRetry = TimeSpan.FromSeconds(15);

    private readonly LockedEntries _locked = new(time, logger);

    /// <summary>Leases one entry after the other. One that cannot be opened comes back later.</summary>
    /// <param name="next">The first entry after a place.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <param name="isWanted">Asked of each entry before it is leased; null wants all.</param>
    /// <exception cref="IOException">What the first one failed of; thrown when the others have had their turn.</exception>
    public async IAsyncEnumerable<QueueLease> TakeAsync(
        Func<QueuedEntry?, QueuedEntry?> next, [EnumeratorCancellation] CancellationToken cancellationToken, Func<QueuedEntry, ValueTask<bool>>? isWanted = null)
    {
        QueuedEntry? place = null;
        ExceptionDispatchInfo? failure = null;
        while (next(place) is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Of an entry that comes back while the enumeration goes on, the place counts where it was.
            place = QueuedEntry.After(entry);
            QueueLease? lease = null;
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
    public async ValueTask<ImmutableArray<QueueLease>> TakeBesideAsync(QueuedEntry entry, CancellationToken cancellationToken)
    {
        var leases = ImmutableArray.CreateBuilder<QueueLease>();
        foreach (var other in index.OfSubmission(entry.Key).Where(other => other != entry && other.Id == entry.Id && !other.IsSuspect))
        {
            try
            {
                if (await LeaseAsync(other, cancellationToken).ConfigureAwait(false) is { } lease)
                    leases.Add(lease);
            }
            catch (Exception e) when (!IsOurs(e, cancellationToken))
            {
                // Its own turn comes, and tells.
            }
            catch
            {
                foreach (var lease in leases)
                    lease.Dispose();
                throw;
            }
        }
        return leases.ToImmutable();
    }

    private static bool IsOurs(Exception e, CancellationToken cancellationToken) => e is OperationCanceledException && cancellationToken.IsCancellationRequested;

    private async ValueTask<QueueLease?> LeaseAsync(QueuedEntry entry, CancellationToken cancellationToken)
    {
        if (!index.Remove(entry))
            return null;
        if (isMoving(entry.Key))
        {
            // The next look at the queue ends the move.
            index.Add(entry, back => back.IsHeld = true);
            return null;
        }
        var line = journal.Begin(entry.Name, entry.IsSuspect);
        QueueLease? lease = null;
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

    private async ValueTask<QueueLease?> OpenAsync(QueuedEntry queued, int line, CancellationToken cancellationToken)
    {
        try
        {
            var (entry, opened) = await folder.OpenAsync(queued.Folder, queued.Name, queued.Unsaved, cancellationToken).ConfigureAwait(false);
            if (opened == OpenResult.Locked)
                _locked.Saw(queued);
            else
                _locked.Clear(queued);
            if (entry is null && opened == OpenResult.Locked)
                Return(queued, LockedRetry);
            else if (entry is null)
                index.Forget(queued);
            else if (IsSuspect(queued, entry) is var isSuspect && (entry.State.Held || isSuspect != queued.IsSuspect))
                GiveBack(queued, entry, isSuspect);
            else
                return await BeginAsync(queued, entry, line).ConfigureAwait(false);
            return null;
        }
        catch (MailFormatException e)
        {
            logger.QueueFileUnreadable(e, queued.Name);
            index.Forget(queued);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            index.Add(queued);
            throw;
        }
        catch
        {
            Return(queued, FailedRetry);
            throw;
        }
    }

    private async ValueTask<QueueLease> BeginAsync(QueuedEntry queued, QueueEntry entry, int line)
    {
        try
        {
            if (queued.Unsaved is not null && await TrySaveAsync(entry).ConfigureAwait(false))
                queued.Unsaved = null;
            return DirectoryQueueLease.Begin(queued, entry, clock.Now.CountsFrom(queued), lease => End(lease, line));
        }
        catch
        {
            entry.Dispose();
            throw;
        }
    }

    // False when it must be remembered on.
    private async ValueTask<bool> TrySaveAsync(QueueEntry entry)
    {
        try
        {
            await folder.WriteStateAsync(entry, entry.State, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // Nothing is reported that is not written down. But a deferral may be lost: the message is tried again, and deliveries make room.
        catch (Exception) when (!entry.State.MustSurvive || entry.IsDone)
#pragma warning restore CA1031
        {
            // Of one that is done only the deletion is left.
            return false;
        }
    }

    private static bool IsSuspect(QueuedEntry queued, QueueEntry entry) => queued.IsSuspect || entry.State.Crashes > 0;

    // What the sidecar says keeps the entry from being worked on now.
    private void GiveBack(QueuedEntry queued, QueueEntry entry, bool isSuspect)
    {
        var (isHeld, isBlamed) = (entry.State.Held, !queued.IsSuspect && isSuspect);
        entry.Dispose();
        index.Add(queued, back =>
        {
            (back.IsHeld, back.IsSuspect) = (isHeld, isSuspect);
            if (isBlamed)
                back.DueTicks = journal.QuietFrom().UtcTicks;
        });
    }

    private void Return(QueuedEntry queued, TimeSpan wait) => index.Add(queued, back => back.DueTicks = (time.GetUtcNow() + wait).UtcTicks);

    private void End(DirectoryQueueLease lease, int line)
    {
        if (lease.IsGone)
            index.Forget(lease.Queued);
        else
            index.Add(lease.Queued, lease.GiveBack);
        journal.End(line);
    }
}
