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
            var result = await ActAsync(command, message.Id, cancellationToken);
            view.WriteResult(message.Id, command.Verb, result);
            isDone &= result == QueueActionResult.Done || IsDelivered(command, result);
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

    // It was there when it was chosen. The first of several messages that are tried again may take the others along.
    private static bool IsDelivered(QueueCommand command, QueueActionResult result) => command.Verb == QueueVerb.Retry && result == QueueActionResult.NotFound;

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

    private ValueTask<QueueActionResult> TryAsync(QueueCommand command, string id, CancellationToken cancellationToken) => command.Verb switch
    {
        QueueVerb.Hold => manager.HoldAsync(id, cancellationToken),
        QueueVerb.Release => manager.ReleaseAsync(id, cancellationToken),
        QueueVerb.Retry => manager.RetryAsync(id, cancellationToken),
        QueueVerb.Remove => manager.RemoveAsync(id, command.Report, cancellationToken),
        _ => manager.ExportAsync(id, Path.GetFullPath(command.To!), cancellationToken),
    };
}
