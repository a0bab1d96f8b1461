using System.Collections.Concurrent;
using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>Puts entries into a <see cref="DirectoryDeliveryQueue"/>: first the index knows them, then they are stored, then they can be taken. Thread-safe.</summary>
internal sealed class NewEntries(QueueIndex index, QueueFolder folder, QueueClock clock)
{
    private readonly ConcurrentDictionary<string, string> _folders = new(StringComparer.Ordinal);

    /// <summary>An entry that nobody knows yet. Accepted under a clock that was ahead, it is due all the same.</summary>
    public QueuedEntry Make(SubmissionId id, ulong mark, string connector, string folderName)
    {
        var now = clock.Now;
        var entry = new QueuedEntry(id, mark, connector, _folders.GetOrAdd(folderName, folderName)) { AgeTicks = now.AgeOf(id.AcceptedAt) };
        entry.DueTicks = Math.Min(entry.DueTicks, now.Wall);
        return entry;
    }

    /// <summary>Stores copies; all durable when it returns, and none to be taken before <see cref="Publish"/>. Passes over those that are known.</summary>
    /// <exception cref="IOException">One could not be stored; so no other was.</exception>
    public async ValueTask<List<QueuedEntry>> StoreAsync(IReadOnlyList<QueueCopy> copies, CancellationToken cancellationToken)
    {
        var stored = new List<QueuedEntry>(copies.Count);
        var messages = new List<(string Folder, string Name, QueueCopy Copy)>(copies.Count);
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
    public void Publish(List<QueuedEntry> entries) => entries.ForEach(entry => index.Add(entry));

    /// <summary>Forgets what the index knows of a copy whose file another process has taken away, so that it can be stored again.</summary>
    /// <returns>False when somebody works on it at this moment, so that nobody can tell.</returns>
    public bool TryForgetGone(QueueCopy copy)
    {
        var entry = Make(copy);
        foreach (var known in index.Named(entry.Name).Where(known => known.Folder == entry.Folder && !folder.Exists(known.Folder, known.Name, Storage.FileNames.Message)))
        {
            if (!index.Remove(known))
                return false;
            index.Forget(known);
        }
        return true;
    }

    /// <summary>The recipients that the entries of a submission answer for; beside an entry, without it and those that were moved elsewhere.</summary>
    public async ValueTask<ImmutableArray<EnvelopeRecipient>> KnownAsync(UInt128 key, QueuedEntry? beside, CancellationToken cancellationToken)
    {
        var known = ImmutableArray.CreateBuilder<EnvelopeRecipient>();
        foreach (var entry in index.OfSubmission(key).Where(entry => entry != beside))
        {
            if (await folder.PeekAsync(entry.Folder, entry.Name, cancellationToken).ConfigureAwait(false) is not var (envelope, state, _))
                continue;
            var elsewhere = beside is null ? [] : (entry.Unsaved?.Over(state) ?? state).Recipients.Where(recipient => recipient.Moved).Select(recipient => recipient.Index).ToHashSet();
            known.AddRange(envelope.Recipients.Where((_, i) => !elsewhere.Contains(i)));
        }
        return known.ToImmutable();
    }

    private QueuedEntry Make(QueueCopy copy)
    {
        var (connector, item) = copy;
        var entry = Make(item.Id, QueueEntryName.Mark(connector, item.Envelope.Recipients), connector, DirectoryDeliveryQueue.FolderOf(connector));
        // Routing it was the attempt that is possible.
        entry.IsTried = connector == IDeliveryQueue.Unreachable;
        return entry;
    }
}
