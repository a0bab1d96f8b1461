using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// Knows the entries that processes died with (ND-4). Each is a suspect until one attempt of it ends; the journals of dead processes stay
/// until then, so that a process that dies meanwhile forgets nothing. The core decides about an entry that a process worked on alone when
/// it died; one that is set aside as <c>.poison</c> is tried again when it is renamed back to <c>.eml</c>. One call at a time.
/// </summary>
internal sealed class QueueCrashRecovery(
    QueueIndex index, QueueFolder folder, StateFiles states, InFlightJournal journal, IPlatformFiles platform)
{
    private readonly Dictionary<string, HashSet<string>> _journals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _uncounted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _blamed = new(StringComparer.Ordinal);

    /// <summary>True when a process died while it worked on an entry of that name, and nobody did since.</summary>
    public bool IsSuspect(string name) => _journals.Values.Any(names => names.Contains(name));

    /// <summary>
    /// Makes an entry a suspect. The first time it is tried as soon as the others have gone; when that, too, ended with the process it
    /// waits until a death can be told from a kill.
    /// </summary>
    public void Suspect(IndexedEntry entry)
    {
        entry.IsSuspect = true;
        if (_blamed.Contains(entry.Name) || _journals.Values.Count(names => names.Contains(entry.Name)) > 1)
            entry.DueTicks = journal.QuietFrom().UtcTicks;
    }

    /// <summary>Reads the journals that were not read before; entries that are in the index already become suspects.</summary>
    /// <exception cref="IOException">One cannot be read; those before it were.</exception>
    public void Read()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, names, isAlone) in journal.LeftBehind(_journals.ContainsKey))
        {
            _journals[path] = [.. names];
            if (isAlone)
                _uncounted.Add(path);
            found.UnionWith(names);
        }
        foreach (var entry in found.SelectMany(index.Named))
            index.Change(entry, Suspect);
    }

    /// <summary>Has the core decide about the entries that processes worked on alone, once for each death.</summary>
    /// <param name="decide">Decides.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IOException">The answer could not be written down; it is asked again with the next call.</exception>
    public async ValueTask DecideAsync(Func<CrashedEntry, CrashDecision> decide, CancellationToken cancellationToken)
    {
        foreach (var path in _uncounted.ToArray())
        {
            // First: a crash is rather not counted than counted twice.
            var counted = journal.NoteCounted(path);
            _uncounted.Remove(path);
            if (!_journals.Remove(path, out var names) || counted is null)
                continue;
            _journals[counted] = names;
            _blamed.UnionWith(names);
        }
        foreach (var name in _blamed.ToArray())
        {
            foreach (var entry in index.Named(name))
                await DecideAsync(entry, decide, cancellationToken).ConfigureAwait(false);
            _blamed.Remove(name);
        }
    }

    /// <summary>Forgets entries that are suspects no more. The whole queue must have been looked through.</summary>
    /// <exception cref="IOException">A journal cannot be deleted.</exception>
    public void Forget()
    {
        foreach (var (path, names) in _journals.Where(journal => !_uncounted.Contains(journal.Key)).ToArray())
        {
            names.RemoveWhere(name => !_blamed.Contains(name) && !index.Named(name).Any(entry => entry.IsSuspect));
            if (names.Count > 0)
                continue;
            journal.Delete(path);
            _journals.Remove(path);
        }
    }

    private async ValueTask DecideAsync(IndexedEntry entry, Func<CrashedEntry, CrashDecision> decide, CancellationToken cancellationToken)
    {
        // Somebody works on the entry, and finds out by himself.
        if (!index.Remove(entry))
            return;
        var isSetAside = false;
        try
        {
            isSetAside = await TrySetAsideAsync(entry, decide, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (isSetAside)
                index.Forget(entry);
            else
                index.Add(entry, Suspect);
        }
    }

    private async ValueTask<bool> TrySetAsideAsync(
        IndexedEntry entry, Func<CrashedEntry, CrashDecision> decide, CancellationToken cancellationToken)
    {
        var path = folder.PathOf(entry.Folder, entry.Name);
        // The file is gone, or somebody else's now: the next lease finds out.
        if (platform.OpenExclusive(path, out var file) != OpenResult.Opened)
            return false;
        using (file)
        {
            var decision = decide(new CrashedEntry(entry.Name, entry.Connector, entry.Id, states.Read(path, out var exists)));
            if (decision.SetAside is { } reason)
                folder.SetAside(path, QueueFolder.PoisonExtension, reason + "; rename it to .eml to try it again");
            else
                await states.WriteAsync(path, decision.State, exists, cancellationToken).ConfigureAwait(false);
            return decision.SetAside is not null;
        }
    }
}
