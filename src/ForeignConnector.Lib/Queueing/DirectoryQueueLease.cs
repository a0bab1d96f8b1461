using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Queueing;

/// <summary>A lease on a queue file: the file is open and locked meanwhile.</summary>
internal sealed class DirectoryQueueLease : QueueLease
{
    private readonly Action<DirectoryQueueLease> _end;
    private readonly bool _isWhole;
    private bool _ended;

    private DirectoryQueueLease(QueuedEntry queued, QueueEntry entry, ImmutableArray<int> pending, DateTimeOffset countsFrom, Action<DirectoryQueueLease> end)
        : base(new MailItem(queued.Id, Envelope(entry.Envelope, pending), entry.Content), queued.Connector, queued.Name, entry.State.Attempts)
    {
        Queued = queued;
        Entry = entry;
        Due = new DateTimeOffset(queued.DueTicks, TimeSpan.Zero);
        IsTried = queued.IsTried;
        CountsFrom = countsFrom;
        _isWhole = pending.Length == entry.Envelope.Recipients.Length;
        _end = end;
    }

    public QueuedEntry Queued { get; }

    public QueueEntry Entry { get; }

    /// <summary>When the entry is due after the lease.</summary>
    public DateTimeOffset Due { get; set; }

    /// <summary>True when the entry is no more.</summary>
    public bool IsGone { get; set; }

    public override bool IsSettled => Entry.Pending.IsEmpty;

    public override bool IsDelayReported => Entry.State.DelayReported;

    public override ImmutableArray<QueueNotice> Notices => IsGone ? [] : Entry.Notices;

    public override ImmutableArray<RecipientOutcome> Waiting
    {
        get
        {
            var said = Entry.State.Recipients.ToDictionary(recipient => recipient.Index);
            return
            [
                .. Entry.Pending.Select(index => said.TryGetValue(index, out var last)
                    ? last.ToOutcome(Entry.Envelope.Recipients[index])
                    : RecipientOutcome.Deferred(Entry.Envelope.Recipients[index], DeliveryStatus.NotTried)),
            ];
        }
    }

    // With some recipients settled the file is not what is to be delivered.
    internal override PreparedFile? PreparedFile => _isWhole ? Entry.Prepared : null;

    public static DirectoryQueueLease Begin(QueuedEntry queued, QueueEntry entry, DateTimeOffset countsFrom, Action<DirectoryQueueLease> end) =>
        new(queued, entry, entry.Pending, countsFrom, end);

    /// <summary>Notes in the index what came of it. One attempt that ended, whatever came of it, clears a suspect (ND-4).</summary>
    public void GiveBack(QueuedEntry back) =>
        (back.DueTicks, back.IsDelayReported, back.IsTried, back.IsSuspect) = (Due.UtcTicks, IsDelayReported, IsTried, back.IsSuspect && !IsTried);

    public override void Postpone(DateTimeOffset due) => Due = due;

    protected override void Dispose(bool disposing)
    {
        if (_ended)
            return;
        _ended = true;
        try
        {
            Entry.Dispose();
        }
        finally
        {
            _end(this);
        }
    }

    private static MailEnvelope Envelope(MailEnvelope whole, ImmutableArray<int> pending) =>
        pending.IsEmpty || pending.Length == whole.Recipients.Length ? whole : whole with { Recipients = [.. pending.Select(index => whole.Recipients[index])] };
}
