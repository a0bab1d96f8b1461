using System.Globalization;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Storage;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Counts the processes that died while they worked on an entry (ND-4). The entry is a suspect from the first time on, and is set aside as <c>.poison</c> when there
/// were as many as allowed; renamed back to <c>.eml</c> it is tried again as if nothing had been.
/// </summary>
internal sealed class QueueCrashRecovery(
    QueueIndex index, QueueFolder folder, QueueStateFiles states, InFlightJournal journal, IPlatformFiles platform, int threshold, IMessageTrail trail, ILogger logger)
{
    /// <summary>Reads what dead processes left behind.</summary>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        foreach (var names in journal.LeftBehind())
        {
            foreach (var name in names)
            {
                foreach (var entry in index.Named(name))
                    await BlameAsync(entry, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // The message itself is not looked at: reading it may be what killed the process.
    private async ValueTask BlameAsync(QueuedEntry entry, CancellationToken cancellationToken)
    {
        if (!index.Remove(entry))
            return;
        var path = folder.PathOf(entry.Folder, entry.Name);
        if (platform.OpenExclusive(path, out var file) != OpenResult.Opened)
        {
            index.Add(entry);
            return;
        }
        using (file)
        {
            var state = states.Read(path, out var exists);
            var crashes = state.Crashes + 1;
            // A release begins anew.
            await states.WriteAsync(path, state with { Crashes = crashes < threshold ? crashes : 0 }, exists, cancellationToken).ConfigureAwait(false);
            if (crashes < threshold)
            {
                index.Add(entry, suspect => suspect.IsSuspect = true);
                return;
            }
            SetAside(entry, path, crashes);
        }
    }

    private void SetAside(QueuedEntry entry, string path, int crashes)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"ND-4: the process died {crashes} times while it worked on this message; rename it to .eml to try it again");
        folder.SetAside(path, QueueFolder.PoisonExtension, reason);
        index.Forget(entry);
        logger.PoisonEntry(entry.Name, entry.Connector, crashes);
        trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.PoisonMessage,
            Source = TrackingSource.Routing,
            Id = entry.Id,
            Connector = entry.Connector,
            Detail = reason,
        });
    }
}
