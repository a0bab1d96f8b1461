using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Queueing;

/// <summary>A lease on a queue file: the file is open and locked meanwhile.</summary>
internal sealed class DirectoryQueueLease(SubmissionId id, string connector, QueueEntry entry, DateTimeOffset due, Action<DirectoryQueueLease> end)
    : QueueLease(new MailItem(id, entry.Pending, entry.Content), connector, entry.Name, entry.State.Attempts)
{
    private bool _ended;

    public QueueEntry Entry => entry;

    /// <summary>When the entry is due after the lease.</summary>
    public DateTimeOffset Due { get; set; } = due;

    /// <summary>True when the entry was settled for good.</summary>
    public bool IsGone { get; set; }

    // With some recipients settled the file is not what is to be delivered.
    internal override PreparedFile? PreparedFile => entry.Pending == entry.Envelope ? entry.Prepared : null;

    protected override void Dispose(bool disposing)
    {
        if (_ended)
            return;
        _ended = true;
        entry.Dispose();
        end(this);
    }
}
