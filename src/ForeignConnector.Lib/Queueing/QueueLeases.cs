using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>Opens entries for work and takes them back: one at a time each, noted in the journal meanwhile, suspects alone.</summary>
internal sealed class QueueLeases(QueueIndex index, QueueFolder folder, InFlightJournal journal, TimeProvider time, ILogger logger)
{
    // Another process works on it; it is gone, or free, when we look again.
    private static readonly TimeSpan LockedRetry = TimeSpan.FromSeconds(1);

    // A file that cannot be opened, or its state not be written, must not be in the way of the others.
    private static readonly TimeSpan FailedRetry = TimeSpan.FromSeconds(15);

    private readonly AloneGate _gate = new();

    /// <summary>Leases one entry after the other. One that cannot be opened comes back later.</summary>
    /// <param name="next">The first entry after a place.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="IOException">What the first one failed of; thrown when the others have had their turn.</exception>
    public async IAsyncEnumerable<QueueLease> TakeAsync(Func<QueuedEntry?, QueuedEntry?> next, [EnumeratorCancellation] CancellationToken cancellationToken)
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
                lease = await TryLeaseAsync(entry, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
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
            if (!_gate.TryEnter())
                break;
            try
            {
                if (await LeaseAsync(other, alone: false, cancellationToken).ConfigureAwait(false) is { } lease)
                    leases.Add(lease);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
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

    private async ValueTask<QueueLease?> TryLeaseAsync(QueuedEntry entry, CancellationToken cancellationToken)
    {
        var alone = entry.IsSuspect;
        await _gate.EnterAsync(alone, cancellationToken).ConfigureAwait(false);
        var lease = await LeaseAsync(entry, alone, cancellationToken).ConfigureAwait(false);
        return lease is null && entry.IsSuspect && !alone ? await TryLeaseAsync(entry, cancellationToken).ConfigureAwait(false) : lease;
    }

    // Inside the gate, which it leaves when there is no lease.
    private async ValueTask<QueueLease?> LeaseAsync(QueuedEntry entry, bool alone, CancellationToken cancellationToken)
    {
        if (!index.Remove(entry))
        {
            _gate.Leave();
            return null;
        }
        var line = journal.Begin(entry.Name);
        QueueLease? lease = null;
        try
        {
            lease = await OpenAsync(entry, alone, line, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (lease is null)
                End(line);
        }
        return lease;
    }

    private async ValueTask<QueueLease?> OpenAsync(QueuedEntry queued, bool alone, int line, CancellationToken cancellationToken)
    {
        try
        {
            var (entry, opened) = await folder.OpenAsync(queued.Folder, queued.Name, queued.Unsaved, cancellationToken).ConfigureAwait(false);
            if (entry is null && opened == OpenResult.Locked)
                Return(queued, time.GetUtcNow() + LockedRetry);
            else if (entry is null)
                index.Forget(queued);
            else if (!IsTakenBack(queued, entry, alone))
                return await BeginAsync(queued, entry, ended => End(ended, line)).ConfigureAwait(false);
            return null;
        }
        catch (MailFormatException e)
        {
            logger.QueueFileUnreadable(e, queued.Name);
            index.Forget(queued);
            return null;
        }
        catch (OperationCanceledException)
        {
            index.Add(queued);
            throw;
        }
        catch
        {
            Return(queued, time.GetUtcNow() + FailedRetry);
            throw;
        }
    }

    private async ValueTask<QueueLease> BeginAsync(QueuedEntry queued, QueueEntry entry, Action<DirectoryQueueLease> end)
    {
        try
        {
            if (queued.Unsaved is not null && await TrySaveAsync(entry).ConfigureAwait(false))
                queued.Unsaved = null;
            return DirectoryQueueLease.Begin(queued, entry, end);
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
        catch (Exception e) when (!entry.State.MustSurvive && (e is IOException or UnauthorizedAccessException))
        {
            // Nothing is reported that is not written down. But a deferral may be lost: the message is tried again, and deliveries make room.
            return false;
        }
    }

    // What the sidecar says may keep the entry from being worked on, or not in this company.
    private bool IsTakenBack(QueuedEntry queued, QueueEntry entry, bool alone)
    {
        var (held, suspect) = (entry.State.Held, entry.State.Crashes > 0);
        if (!held && (!suspect || alone))
            return false;
        entry.Dispose();
        index.Add(queued, back => (back.IsHeld, back.IsSuspect) = (held, suspect));
        return true;
    }

    private void Return(QueuedEntry queued, DateTimeOffset due) => index.Add(queued, back => back.DueTicks = due.UtcTicks);

    private void End(DirectoryQueueLease lease, int line)
    {
        if (lease.IsGone)
            index.Forget(lease.Queued);
        else
            index.Add(lease.Queued, back => (back.DueTicks, back.IsDelayReported, back.IsSuspect) = (lease.Due.UtcTicks, lease.IsDelayReported, lease.Entry.State.Crashes > 0));
        End(line);
    }

    private void End(int line)
    {
        journal.End(line);
        _gate.Leave();
    }
}
