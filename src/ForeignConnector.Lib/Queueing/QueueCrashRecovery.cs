using System.Globalization;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Knows what dead processes worked on (ND-4). All of that is suspect until one attempt of it ends; their journals stay until then, so that a process that dies meanwhile forgets nothing.
/// The one entry that a process worked on alone when it died is counted a crash, and set aside as <c>.poison</c> when there were as many as allowed; renamed back to
/// <c>.eml</c> it is tried again. One call at a time.
/// </summary>
internal sealed class QueueCrashRecovery(
    QueueIndex index, QueueFolder folder, QueueStateFiles states, InFlightJournal journal, IPlatformFiles platform, int threshold, IMessageTrail trail, ILogger logger)
{
    private readonly Dictionary<string, HashSet<string>> _journals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _uncounted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _blamed = new(StringComparer.Ordinal);

    /// <summary>True when a process died while it worked on an entry of that name, and nobody did since.</summary>
    public bool IsSuspect(string name) => _journals.Values.Any(names => names.Contains(name));

    /// <summary>
    /// Makes an entry a suspect. The first time it is tried as soon as the others have gone; when that, too, ended with the process it waits until a death can be told from a kill.
    /// </summary>
    public void Suspect(QueuedEntry entry)
    {
        entry.IsSuspect = true;
        if (_blamed.Contains(entry.Name) || _journals.Values.Count(names => names.Contains(entry.Name)) > 1)
            entry.DueTicks = journal.QuietFrom().UtcTicks;
    }

    /// <summary>Reads the journals that were not read before; what is in the index already becomes suspect.</summary>
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

    /// <summary>Counts crashes, and sets aside what had too many.</summary>
    /// <exception cref="IOException">One could not be counted; it is tried again with the next call.</exception>
    public async ValueTask BlameAsync(CancellationToken cancellationToken)
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
                await BlameAsync(entry, cancellationToken).ConfigureAwait(false);
            _blamed.Remove(name);
        }
    }

    /// <summary>Forgets what is not suspect any more. The whole queue must have been looked through.</summary>
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

    private async ValueTask BlameAsync(QueuedEntry entry, CancellationToken cancellationToken)
    {
        // Who works on it finds out by himself.
        if (!index.Remove(entry))
            return;
        string? reason = null;
        try
        {
            reason = await CountAsync(entry, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (reason is null)
                index.Add(entry, Suspect);
            else
                index.Forget(entry);
        }
        if (reason is not null)
            await RecordAsync(entry, reason, cancellationToken).ConfigureAwait(false);
    }

    // Why it was set aside; null when it was not.
    private async ValueTask<string?> CountAsync(QueuedEntry entry, CancellationToken cancellationToken)
    {
        var path = folder.PathOf(entry.Folder, entry.Name);
        // Gone, or somebody else's now: the next lease finds out.
        if (platform.OpenExclusive(path, out var file) != OpenResult.Opened)
            return null;
        using (file)
        {
            var state = states.Read(path, out var exists);
            var crashes = state.Crashes + 1;
            if (crashes >= threshold)
                return SetAside(entry, path, crashes);
            await states.WriteAsync(path, state with { Crashes = crashes }, exists, cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    private string SetAside(QueuedEntry entry, string path, int crashes)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"ND-4: the process died {Times(crashes)} while it worked on this message alone; rename it to .eml to try it again");
        folder.SetAside(path, QueueFolder.PoisonExtension, reason);
        logger.PoisonEntry(entry.Name, Telemetry.NameOf(entry.Connector), crashes);
        return reason;
    }

    private static string Times(int count) => count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{count} times");

    // Only here is the message looked at: reading it may be what killed the process, and now it is out of the way.
    private async ValueTask RecordAsync(QueuedEntry queued, string reason, CancellationToken cancellationToken)
    {
        var poisoned = new TrackingEvent
        {
            Kind = TrackingEventKind.PoisonMessage,
            Source = TrackingSource.Routing,
            Id = queued.Id,
            Connector = queued.Connector,
            Detail = reason,
        };
        try
        {
            var (entry, _) = await folder.OpenAsync(queued.Folder, queued.Name, unsaved: null, cancellationToken, QueueFolder.PoisonExtension).ConfigureAwait(false);
            using (entry)
                trail.Record(entry is null ? poisoned : poisoned with { Sender = entry.Envelope.Sender, Recipients = entry.Waiting, Content = entry.Content });
        }
#pragma warning disable CA1031 // It is set aside all the same; the trail knows less of it.
        catch (Exception)
#pragma warning restore CA1031
        {
            trail.Record(poisoned);
        }
    }
}
