using System.Globalization;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
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

    private async ValueTask BlameAsync(QueuedEntry entry, CancellationToken cancellationToken)
    {
        if (!index.Remove(entry))
            return;
        var path = folder.PathOf(entry.Folder, entry.Name);
        string reason;
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
            reason = SetAside(entry, path, crashes);
        }
        await RecordAsync(entry, reason, cancellationToken).ConfigureAwait(false);
    }

    private string SetAside(QueuedEntry entry, string path, int crashes)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"ND-4: the process died {Times(crashes)} while it worked on this message; rename it to .eml to try it again");
        folder.SetAside(path, QueueFolder.PoisonExtension, reason);
        index.Forget(entry);
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
        catch (Exception e) when (e is MailFormatException or IOException or UnauthorizedAccessException)
        {
            trail.Record(poisoned);
        }
    }
}
