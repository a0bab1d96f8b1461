using System.Collections.Concurrent;
using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// Moves recipients of one entry to others so that nobody gets the message twice or not at all, wherever it breaks off (RT-5, RT-8). A
/// marker is written first, then the new entries, then what the old one has left; then the marker goes. While a move is open, which a death
/// or a failure leaves it, no entry of its submission is given out. Thread-safe.
/// </summary>
internal sealed class QueueMoves(
    MoveMarkers markers, QueueIndex index, QueueFolder folder, NewEntries entries, OutagesByPart look) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly ConcurrentDictionary<UInt128, bool> _open = new();

    /// <summary>True while no entry of a submission may be given out.</summary>
    public bool IsOpen(UInt128 key) => !_open.IsEmpty && _open.ContainsKey(key);

    /// <summary>Entries were stored by a move, and can be leased.</summary>
    public event Action<List<IndexedEntry>>? Stored;

    /// <summary>
    /// Moves recipients out of a lease; see <see cref="IQueueLease.MoveAsync"/>. Those that another entry holds already are not stored
    /// again.
    /// </summary>
    /// <exception cref="IOException">The move broke off; it is ended by <see cref="EndAsync"/>.</exception>
    public async ValueTask<ImmutableArray<EnvelopeRecipient>> MoveAsync(
        DirectoryLease lease, IReadOnlyList<QueueEntry> copies, Func<ImmutableArray<EnvelopeRecipient>, DeliveryState> after,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(copies);
        List<IndexedEntry> stored = [];
        ImmutableArray<EnvelopeRecipient> moved;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            (var missing, moved) = await SortAsync(lease.Indexed!, copies, cancellationToken).ConfigureAwait(false);
            if (!moved.IsEmpty)
                stored = await MoveAsync(lease, missing, after(moved)).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
        Stored?.Invoke(stored);
        return moved;
    }

    // After a move of an earlier version that broke off, or by somebody's hand, recipients may be elsewhere already. Recipients whose entry
    // cannot be stored now stay.
    private async ValueTask<(List<QueueEntry> Missing, ImmutableArray<EnvelopeRecipient> Moved)> SortAsync(
        IndexedEntry queued, IReadOnlyList<QueueEntry> copies, CancellationToken cancellationToken)
    {
        var known = new Bag<EnvelopeRecipient>(await entries.KnownAsync(queued.Key, queued, cancellationToken).ConfigureAwait(false));
        var missing = new List<QueueEntry>();
        var moved = ImmutableArray.CreateBuilder<EnvelopeRecipient>();
        foreach (var copy in copies)
        {
            var whole = copy.Item.Envelope;
            ImmutableArray<EnvelopeRecipient> rest = [.. whole.Recipients.Where(recipient => !known.TryTake(recipient))];
            if (!rest.IsEmpty)
            {
                var next = copy.For(rest);
                if (!entries.TryForgetGone(next))
                    continue;
                missing.Add(next);
            }
            moved.AddRange(whole.Recipients);
        }
        return (missing, moved.ToImmutable());
    }

    private async ValueTask<List<IndexedEntry>> MoveAsync(DirectoryLease lease, List<QueueEntry> copies, DeliveryState state)
    {
        var (indexed, stored) = (lease.Indexed!, new List<IndexedEntry>());
        try
        {
            await markers.WriteAsync(indexed.Key, indexed.Folder, indexed.Name).ConfigureAwait(false);
            if (copies.Count > 0)
                stored = await entries.StoreAsync(copies, CancellationToken.None).ConfigureAwait(false);
            // Also of an entry that goes now: a power cut, or a deletion that fails, may bring it back, and then it must know.
            await folder.WriteStateAsync(lease.File, state, CancellationToken.None).ConfigureAwait(false);
            lease.File.State = state;
            markers.Delete(indexed.Key);
            return stored;
        }
        catch
        {
            _open[indexed.Key] = true;
            throw;
        }
        finally
        {
            // Not before: delivered and gone, they could not be told from entries that were never stored.
            entries.Publish(stored);
        }
    }

    /// <summary>
    /// Finds the moves that are open: those of processes that died, or failed, or are at work. To be called when entries were found, and
    /// before they are given out.
    /// </summary>
    public async ValueTask FindAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var found = markers.List();
            foreach (var key in found)
                _open[key] = true;
            foreach (var key in _open.Keys.Except(found))
                _open.TryRemove(key, out _);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Ends moves that broke off: recipients that other entries hold leave the old one. A move that cannot be ended stays
    /// open.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many are ended.</returns>
    public async ValueTask<int> EndAsync(CancellationToken cancellationToken)
    {
        var ended = 0;
        foreach (var key in _open.Keys)
        {
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await look.TryAsync(
                    $"{key:x32}",
                    async () =>
                    {
                        if (await TryEndAsync(key, cancellationToken).ConfigureAwait(false) && _open.TryRemove(key, out _))
                            ended++;
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }
        return ended;
    }

    public void Dispose() => _gate.Dispose();

    // False when somebody works on it.
    private async ValueTask<bool> TryEndAsync(UInt128 key, CancellationToken cancellationToken)
    {
        if (markers.Read(key) is not var (folderName, name))
            return true;
        var queued = index.OfSubmission(key).FirstOrDefault(entry => entry.Folder == folderName && entry.Name == name);
        if (queued is not null && !index.Remove(queued))
            return false;
        var isGone = false;
        try
        {
            foreach (var extension in (string[])[FileNames.Message, QueueFolder.PoisonExtension])
            {
                if (await TakeOutAsync(key, folderName, name, extension, cancellationToken).ConfigureAwait(false) is not { } isLeft)
                    return false;
                isGone |= !isLeft && extension == FileNames.Message;
            }
            markers.Delete(key);
            return true;
        }
        finally
        {
            if (queued is not null && isGone)
                index.Forget(queued);
            else if (queued is not null)
                index.Add(queued);
        }
    }

    // True when the old entry is still there; null when another process has it.
    private async ValueTask<bool?> TakeOutAsync(
        UInt128 key, string folderName, string name, string extension, CancellationToken cancellationToken)
    {
        var (entry, result) = await folder.OpenAsync(folderName, name, cancellationToken, extension).ConfigureAwait(false);
        if (entry is null)
            return result == OpenResult.Locked ? null : false;
        using (entry)
        {
            var elsewhere = new Bag<EnvelopeRecipient>(
                await FindElsewhereAsync(key, folderName, name, cancellationToken).ConfigureAwait(false));
            entry.State = entry.State.AfterMove(entry.Envelope!, [.. entry.Pending.Where(elsewhere.TryTake)]);
            var isLeft = !entry.IsDone || extension != FileNames.Message;
            if (isLeft)
                await folder.WriteStateAsync(entry, entry.State, cancellationToken).ConfigureAwait(false);
            else
                End(entry, folderName);
            return isLeft;
        }
    }

    // On the disk, and while nobody else can have the old entry: the process that died may have stored others a moment ago.
    private async ValueTask<List<EnvelopeRecipient>> FindElsewhereAsync(
        UInt128 key, string folderName, string name, CancellationToken cancellationToken)
    {
        var found = new List<EnvelopeRecipient>();
        var folders = folder.Existing().ToArray();
        // A file system that does not answer may seem to be empty.
        if (!folders.Contains(folderName))
            throw new IOException($"the folder '{folderName}' of the queue was not found");
        foreach (var other in folders)
        {
            var names = folder.Names(other).Where(each =>
                QueueFileName.TryParse(each, out var id, out _) && id.Key == key && (each != name || other != folderName)).ToArray();
            if (names.Length > 0)
                folder.Flush(other);
            foreach (var each in names)
            {
                if (await folder.PeekAsync(other, each, cancellationToken).ConfigureAwait(false) is not var (envelope, state, _))
                    continue;
                var elsewhere = state.Recipients.Where(recipient => recipient.Moved).Select(recipient => recipient.Index).ToHashSet();
                found.AddRange(envelope.Recipients.Where((_, i) => !elsewhere.Contains(i)));
            }
        }
        return found;
    }

    private void End(QueueFile entry, string folderName)
    {
        folder.Delete(entry);
        folder.Flush(folderName);
    }
}
