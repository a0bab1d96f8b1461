using System.Collections.Concurrent;
using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// Puts entries into a <see cref="DirectoryQueueStore"/>: first the index knows them, then they are stored, then they can be taken.
/// Thread-safe.
/// </summary>
internal sealed class NewEntries(QueueIndex index, QueueFolder folder, QueueClock clock)
{
    private readonly ConcurrentDictionary<string, string> _folders = new(StringComparer.Ordinal);

    /// <summary>An entry that nobody knows yet. Accepted under a clock that was ahead, it is due all the same.</summary>
    public IndexedEntry Make(SubmissionId id, ulong mark, string connector, string folderName)
    {
        var now = clock.Now;
        var entry = new IndexedEntry(
            id, mark, connector, _folders.GetOrAdd(folderName, folderName))
        { AgeTicks = now.AgeOf(id.AcceptedAt) };
        entry.DueTicks = Math.Min(entry.DueTicks, now.Wall);
        return entry;
    }

    /// <summary>
    /// Stores entries; all durable when it returns, and none to be leased before <see cref="Publish"/>. Passes over entries that are known.
    /// </summary>
    /// <exception cref="IOException">One could not be stored; so no other was.</exception>
    public async ValueTask<List<IndexedEntry>> StoreAsync(IReadOnlyList<QueueEntry> copies, CancellationToken cancellationToken)
    {
        var stored = new List<IndexedEntry>(copies.Count);
        var messages = new List<(string Folder, string Name, QueueEntry Copy)>(copies.Count);
        try
        {
            foreach (var copy in copies)
            {
                var entry = Make(copy);
                if (!index.Reserve(entry))
                    continue;
                stored.Add(entry);
                messages.Add((entry.Folder, entry.Name, copy));
            }
            await folder.WriteAsync([.. messages], cancellationToken).ConfigureAwait(false);
            return stored;
        }
        catch
        {
            stored.ForEach(index.Forget);
            throw;
        }
    }

    /// <summary>Lets entries be taken.</summary>
    public void Publish(List<IndexedEntry> entries) => entries.ForEach(entry => index.Add(entry));

    /// <summary>Forgets what the index knows of a copy whose file another process has taken away, so that it can be stored again.</summary>
    /// <returns>
    /// False when the copy cannot be stored now: somebody works on an entry of its name, or one is there that its recipients have left and
    /// that could not be deleted yet.
    /// </returns>
    public bool TryForgetGone(QueueEntry copy)
    {
        var entry = Make(copy);
        foreach (var known in index.Named(entry.Name).Where(known => known.Folder == entry.Folder))
        {
            if (folder.Exists(known.Folder, known.Name, Storage.FileNames.Message) || !index.Remove(known))
                return false;
            index.Forget(known);
        }
        return true;
    }

    /// <summary>
    /// The recipients that the entries of a submission hold; beside an entry, without its own and without recipients that moved on.
    /// </summary>
    public async ValueTask<ImmutableArray<EnvelopeRecipient>> KnownAsync(
        UInt128 key, IndexedEntry? beside, CancellationToken cancellationToken)
    {
        var known = ImmutableArray.CreateBuilder<EnvelopeRecipient>();
        foreach (var entry in index.OfSubmission(key).Where(entry => entry != beside))
        {
            if (await folder.PeekAsync(entry.Folder, entry.Name, cancellationToken).ConfigureAwait(false) is not var (envelope, state, _))
                continue;
            var elsewhere = beside is null ? [] : state.Recipients.Where(recipient => recipient.Moved)
                .Select(recipient => recipient.Index).ToHashSet();
            known.AddRange(envelope.Recipients.Where((_, i) => !elsewhere.Contains(i)));
        }
        return known.ToImmutable();
    }

    private IndexedEntry Make(QueueEntry copy)
    {
        var (connector, item) = (copy.Connector, copy.Item);
        var entry = Make(
            item.Id, QueueFileName.Mark(connector, item.Envelope.Recipients), connector, QueueFolder.FolderOf(connector));
        entry.IsTried = copy.IsTried;
        return entry;
    }
}
