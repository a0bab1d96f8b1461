using ForeignConnector.Lib.Queueing.Management;

namespace TransportHost;

/// <summary>Carries a <see cref="QueueCommand"/> out.</summary>
internal sealed class QueueTool(IQueueManager manager, QueueView view, TimeProvider time)
{
    private const int BusyQuestions = 10;

    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Does it; false when something could not be done.</summary>
    public async Task<bool> RunAsync(QueueCommand command, CancellationToken cancellationToken)
    {
        var found = await FindAsync(command, cancellationToken);
        if (found is null)
            return false;
        if (command.Verb is QueueVerb.List or QueueVerb.Show)
        {
            view.Write(found, time.GetUtcNow(), isComplete: command.Verb == QueueVerb.Show);
            return true;
        }
        var isDone = true;
        foreach (var message in found)
        {
            isDone &= command.Verb == QueueVerb.Export
                ? await ExportAsync(message.Id, Path.GetFullPath(command.To!), cancellationToken)
                : Show(message.Id, command.Verb, await ActAsync(command, message.Id, cancellationToken));
        }
        return isDone;
    }

    // Null when an id names no message, or several.
    private async Task<List<QueuedMessage>?> FindAsync(QueueCommand command, CancellationToken cancellationToken)
    {
        var messages = await manager.ListAsync(command.Filter, cancellationToken).ToListAsync(cancellationToken);
        if (command.Ids.Count == 0)
            return messages;
        var found = new List<QueuedMessage>();
        foreach (var id in command.Ids)
        {
            var matches = messages.FindAll(message => message.Id.Contains(id, StringComparison.OrdinalIgnoreCase));
            if (matches is not [var only])
            {
                view.WriteNotOne(id, matches.Count);
                return null;
            }
            found.Add(only);
        }
        return found;
    }

    // An attempt is short as a rule.
    private async Task<QueueActionResult> ActAsync(QueueCommand command, string id, CancellationToken cancellationToken)
    {
        for (var left = BusyQuestions; ; left--)
        {
            var result = await TryAsync(command, id, cancellationToken);
            if (result != QueueActionResult.Busy || left == 0)
                return result;
            await Task.Delay(BusyPause, time, cancellationToken);
        }
    }

    private ValueTask<QueueActionResult> TryAsync(QueueCommand command, string id, CancellationToken cancellationToken) =>
        command.Verb switch
        {
            QueueVerb.Hold => manager.HoldAsync(id, cancellationToken),
            QueueVerb.Release => manager.ReleaseAsync(id, cancellationToken),
            QueueVerb.Retry => manager.RetryAsync(id, cancellationToken),
            _ => manager.RemoveAsync(id, command.Report, cancellationToken),
        };

    private async Task<bool> ExportAsync(string id, string path, CancellationToken cancellationToken)
    {
        try
        {
            return Show(id, QueueVerb.Export, await manager.ExportAsync(id, path, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            view.WriteFailure(id, QueueVerb.Export, Explain(e, path));
            return false;
        }
    }

    private bool Show(string id, QueueVerb verb, QueueActionResult result)
    {
        view.WriteResult(id, verb, result);
        // It was there when it was chosen: the first of several messages that are tried again may take the others along.
        return result == QueueActionResult.Done || (verb == QueueVerb.Retry && result == QueueActionResult.NotFound);
    }

    // The queue is as it was; what is wrong is the file to write.
    private static string Explain(Exception e, string path)
    {
        if (Directory.Exists(path))
            return $"'{path}' is a folder; name a file in it with --to";
        if (File.Exists(path))
            return $"'{path}' exists already and is not overwritten; name another file with --to";
        return Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder)
            ? $"the folder '{folder}' does not exist; create it, or name another file with --to"
            : $"'{path}' cannot be written; name another file with --to. {e.Message}";
    }
}
