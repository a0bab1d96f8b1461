using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>A lease on a queue file: the file is open and locked meanwhile, so that it ends with the process.</summary>
/// <param name="file">The file; disposed with the lease.</param>
/// <param name="entry">The entry in the file.</param>
/// <param name="folder">Writes states, and ends entries.</param>
internal sealed class DirectoryLease(QueueFile file, EntrySnapshot entry, QueueFolder folder) : IQueueLease
{
    private bool _ended;

    public QueueFile File { get; } = file;

    /// <summary>The entry of the index; null for a lease of an operator.</summary>
    public IndexedEntry? Indexed { get; init; }

    /// <summary>Moves recipients; null for a lease of an operator, who moves none.</summary>
    public Func<DirectoryLease, IReadOnlyList<QueueEntry>, Func<ImmutableArray<EnvelopeRecipient>, DeliveryState>, CancellationToken,
    ValueTask<ImmutableArray<EnvelopeRecipient>>>? Moves
    { get; init; }

    /// <summary>Called once, when the file is closed.</summary>
    public Action<DirectoryLease>? Ended { get; init; }

    /// <summary>True when the entry is no more.</summary>
    public bool IsGone { get; private set; }

    public EntrySnapshot Entry { get; } = entry;

    // With some recipients settled the file holds more than is to be delivered.
    public MessageContent Content { get; } = entry.SetAside is null
        && file.Pending.Length == file.Envelope?.Recipients.Length ? new QueueFileContent(file) : file.Content;

    public DateTimeOffset ExpiresAt => DateTimeOffset.MaxValue;

    public DateTimeOffset CountsFrom { get; init; } = entry.Submission.AcceptedAt;

    public DateTimeOffset Due { get; set; }

    public bool IsTried { get; set; }

    public bool IsSuspect { get; set; }

    public ValueTask RenewAsync(CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        return ValueTask.CompletedTask;
    }

    public ValueTask SaveAsync(DeliveryState state, CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        // The index takes it from here, also when the disk does not.
        File.State = state;
        return folder.WriteStateAsync(File, state, cancellationToken);
    }

    public ValueTask<ImmutableArray<EnvelopeRecipient>> MoveAsync(
        IReadOnlyList<QueueEntry> entries, Func<ImmutableArray<EnvelopeRecipient>, DeliveryState> after,
        CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        return (Moves ?? throw new NotSupportedException("a lease of an operator moves no recipients"))(
            this, entries, after, cancellationToken);
    }

    public ValueTask RemoveAsync(CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        if (Entry.SetAside is { } kind)
            folder.DeleteAside(Path.GetDirectoryName(File.Path)!, Entry.Id, QueueFolder.ExtensionOf(kind));
        else
            EndWith(() => folder.Delete(File));
        return ValueTask.CompletedTask;
    }

    public ValueTask SetAsideAsync(SetAsideKind kind, string reason, CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        EndWith(() => folder.SetAside(File.Path, QueueFolder.ExtensionOf(kind), reason));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (_ended)
            return ValueTask.CompletedTask;
        _ended = true;
        try
        {
            File.Dispose();
        }
        finally
        {
            Ended?.Invoke(this);
        }
        return ValueTask.CompletedTask;
    }

    private void ThrowIfEnded()
    {
        if (_ended)
            throw new LeaseLostException();
    }

    // Gone is gone, also when something beside the message could not be deleted.
    private void EndWith(Action end)
    {
        try
        {
            end();
        }
        catch (Exception e) when (e is not OperationCanceledException && IsFileGone())
        {
            // The next look at the queue deletes the rest.
        }
        IsGone = true;
    }

    // A message of which nothing can be known counts as there: without its state it would be delivered again.
    private bool IsFileGone()
    {
        try
        {
            return !folder.Exists(File.Path);
        }
#pragma warning disable CA1031 // It does not matter what keeps it from being known.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
