using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Queueing;

/// <summary>Writes down what became of a leased entry, and ends those that are done. Thread-safe.</summary>
internal sealed class LeaseRecords(QueueFolder folder, QueueLook look, TimeProvider time)
{
    private static readonly TimeSpan DeletionRetry = TimeSpan.FromSeconds(15);

    /// <summary>Records a state. What is final is durable when it returns, except the deletion of an entry that is done.</summary>
    public async ValueTask RecordAsync(DirectoryQueueLease lease, QueueEntryState state, CancellationToken cancellationToken)
    {
        var entry = lease.Entry;
        entry.State = state;
        // Until it is written down this process remembers it.
        lease.Queued.Unsaved = state;
        if (!entry.IsDone)
            await folder.WriteStateAsync(entry, state, cancellationToken).ConfigureAwait(false);
        else
            lease.IsGone = await TryEndAsync(lease, state, cancellationToken).ConfigureAwait(false);
        lease.Queued.Unsaved = null;
    }

    // False when the files stay for now, with all that is to be known of them: their deletion is tried again.
    private async ValueTask<bool> TryEndAsync(DirectoryQueueLease lease, QueueEntryState state, CancellationToken cancellationToken)
    {
        try
        {
            if (state.Recipients.Any(recipient => recipient.Report == SenderReportResult.Impossible && recipient.Action == RecipientAction.Failed))
                await folder.SetAsideAsync(lease.Entry, state, cancellationToken).ConfigureAwait(false);
            else
                folder.Delete(lease.Entry);
            look.End(lease.Entry.Path);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Should a power cut bring it back, it has its state still.
            if (IsGone(lease.Queued))
                return true;
            await folder.WriteStateAsync(lease.Entry, state, cancellationToken).ConfigureAwait(false);
            look.Begin(lease.Entry.Path, lease.Queued.Folder, e);
            lease.Due = time.GetUtcNow() + DeletionRetry;
            return false;
        }
    }

    // A message of which nothing can be known counts as there: without its state it would be delivered again.
    private bool IsGone(QueuedEntry queued)
    {
        try
        {
            return !folder.Exists(queued.Folder, queued.Name, FileNames.Message);
        }
#pragma warning disable CA1031 // It does not matter what keeps it from being known.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
