using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// A queue of files a person can read: <c>&lt;connector&gt;/&lt;id&gt;.eml</c> in the form of a Drop directory, with a small <c>.json</c> beside it after a
/// first failure. Several processes may share the directory.
/// </summary>
public sealed class DirectoryDeliveryQueue : IDeliveryQueue
{
    // Never the folder of a connector: FileNames.Folder writes '%' only before hexadecimal digits.
    private const string UnreachableFolder = "%unreachable";

    private readonly QueueFolder _folder;
    private readonly QueueIndex _index = new();
    private readonly ILogger _logger;

    /// <summary>A queue below a directory, which is created if need be. Call <see cref="LoadAsync"/> before anything else.</summary>
    /// <param name="directory">The directory. On the volume of the Drop directories a delivery is one rename.</param>
    /// <param name="files">The file system.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to tell about files that cannot be read.</param>
    public DirectoryDeliveryQueue(string directory, IFileSystem files, TimeProvider time, ILogger<DirectoryDeliveryQueue> logger)
        : this(directory, files, PlatformFiles.For(files), time, logger)
    {
    }

    internal DirectoryDeliveryQueue(string directory, IFileSystem files, IPlatformFiles platform, TimeProvider time, ILogger logger)
    {
        _folder = new QueueFolder(directory, files, platform, time);
        _logger = logger;
    }

    /// <inheritdoc/>
    public event Action<string>? Enqueued;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Connectors => _index.Connectors;

    /// <inheritdoc/>
    public int Count => _index.Count;

    /// <summary>The latest submission found by <see cref="LoadAsync"/>; new ones must be named later.</summary>
    public DateTimeOffset LatestSubmission { get; private set; } = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public ValueTask<int> LoadAsync(CancellationToken cancellationToken)
    {
        var found = 0;
        foreach (var (folder, names) in _folder.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var connector = folder == UnreachableFolder ? IDeliveryQueue.Unreachable : FileNames.FromFolder(folder);
            foreach (var name in names)
            {
                if (!QueueEntryName.TryParse(name, out var id) || !_index.Reserve(connector, id.Key))
                    continue;
                // Due at once: whatever made it wait may be over, and nobody waits for a clock that was off.
                _index.Add(connector, name, id.AcceptedAt);
                LatestSubmission = id.AcceptedAt > LatestSubmission ? id.AcceptedAt : LatestSubmission;
                found++;
            }
        }
        foreach (var connector in found > 0 ? Connectors : [])
            Enqueued?.Invoke(connector);
        return ValueTask.FromResult(found);
    }

    /// <inheritdoc/>
    public async ValueTask EnqueueAsync(MailItem item, string connector, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (!_index.Reserve(connector, item.Id.Key))
            return;
        var name = QueueEntryName.For(item.Id, connector);
        try
        {
            await _folder.WriteAsync(FolderOf(connector), name, item, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _index.Forget(connector, item.Id.Key);
            throw;
        }
        _index.Add(connector, name, item.Id.AcceptedAt);
        Enqueued?.Invoke(connector);
    }

    /// <inheritdoc/>
    public DateTimeOffset? NextDue(string connector) => _index.NextDue(connector);

    /// <inheritdoc/>
    public async IAsyncEnumerable<QueueLease> TakeAsync(
        string connector, DateTimeOffset dueBy, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in _index.Due(connector, dueBy))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_index.Remove(connector, entry) && await OpenAsync(connector, entry, cancellationToken).ConfigureAwait(false) is { } lease)
                yield return lease;
        }
    }

    /// <inheritdoc/>
    public async ValueTask SettleAsync(
        QueueLease lease, ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, CancellationToken cancellationToken)
    {
        var held = (DirectoryQueueLease)lease;
        var state = held.Entry.After(outcomes, nextAttempt, _folder.Now);
        if (state.Recipients.Count < held.Entry.Envelope.Recipients.Length || state.Recipients.Any(recipient => !recipient.IsFinal))
        {
            await _folder.WriteStateAsync(held.Entry, state, cancellationToken).ConfigureAwait(false);
            held.Due = nextAttempt;
            return;
        }
        if (state.Recipients.Any(recipient => recipient.Action == RecipientAction.Failed))
            _folder.SetAside(held.Entry, state);
        else
            _folder.Delete(held.Entry);
        held.IsGone = true;
    }

    private static string FolderOf(string connector) => connector == IDeliveryQueue.Unreachable ? UnreachableFolder : FileNames.Folder(connector);

    private async ValueTask<QueueLease?> OpenAsync(string connector, (DateTimeOffset Due, string Name) due, CancellationToken cancellationToken)
    {
        if (!QueueEntryName.TryParse(due.Name, out var id))
            throw new InvalidOperationException($"'{due.Name}' was indexed but is no name of a queue file");
        try
        {
            var (entry, opened) = await _folder.OpenAsync(FolderOf(connector), due.Name, cancellationToken).ConfigureAwait(false);
            if (entry is not null)
                return new DirectoryQueueLease(id, connector, entry, due.Due, End);
            if (opened == OpenResult.Locked)
                // Another process works on it; it is gone, or free, when we look again.
                _index.Add(connector, due.Name, _folder.Now + LockedRetry);
            else
                _index.Forget(connector, id.Key);
            return null;
        }
        catch (MailFormatException e)
        {
            _logger.QueueFileUnreadable(e, due.Name);
            _index.Forget(connector, id.Key);
            return null;
        }
        catch
        {
            _index.Add(connector, due.Name, due.Due);
            throw;
        }
    }

    private static readonly TimeSpan LockedRetry = TimeSpan.FromSeconds(1);

    private void End(DirectoryQueueLease lease)
    {
        if (lease.IsGone)
            _index.Forget(lease.Connector, lease.Item.Id.Key);
        else
            _index.Add(lease.Connector, lease.DeliveryId, lease.Due);
    }
}
