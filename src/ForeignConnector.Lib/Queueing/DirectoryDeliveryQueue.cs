using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// A queue of files a person can read: <c>&lt;connector&gt;/&lt;id&gt;.eml</c> in the form of a Drop directory, with a small <c>.json</c> beside it while there is
/// something to tell. Several processes may share the directory.
/// </summary>
public sealed class DirectoryDeliveryQueue : IDeliveryQueue, IQueueLevels, IDisposable
{
    // Never the folder of a connector: FileNames.Folder writes '%' only before hexadecimal digits.
    private const string UnreachableFolder = "%unreachable";

    private static readonly TimeSpan DeletionRetry = TimeSpan.FromSeconds(15);

    private readonly QueueFolder _folder;
    private readonly QueueIndex _index = new();
    private readonly QueueChanges _changes;
    private readonly QueueLeases _leases;
    private readonly QueueCrashRecovery _recovery;
    private readonly InFlightJournal _journal;
    private readonly QueueClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly QueueLook _look;
    private readonly ConcurrentDictionary<string, string> _folders = new(StringComparer.Ordinal);

    /// <summary>A queue below a directory, which is created if need be. Call <see cref="LoadAsync"/> before anything else.</summary>
    /// <param name="directory">The directory. On the volume of the Drop directories a delivery is one rename.</param>
    /// <param name="options">Limits.</param>
    /// <param name="files">The file system.</param>
    /// <param name="time">The clock.</param>
    /// <param name="trail">Where to record what is set aside as poison.</param>
    /// <param name="logger">Where to tell about files that cannot be read.</param>
    public DirectoryDeliveryQueue(
        string directory, DirectoryQueueOptions options, IFileSystem files, TimeProvider time, IMessageTrail trail, ILogger<DirectoryDeliveryQueue> logger)
        : this(directory, options, files, PlatformFiles.For(files), time, trail, logger)
    {
    }

    internal DirectoryDeliveryQueue(
        string directory, DirectoryQueueOptions options, IFileSystem files, IPlatformFiles platform, TimeProvider time, IMessageTrail trail, ILogger logger)
    {
        var states = new QueueStateFiles(files, platform, logger);
        _time = time;
        _logger = logger;
        _clock = new QueueClock(time);
        _changes = new QueueChanges(directory, files, platform);
        _folder = new QueueFolder(directory, files, platform, states);
        _look = new QueueLook(logger);
        _journal = new InFlightJournal(files.Path.GetFullPath(directory), files, platform, time, options.SuspectDelay);
        _leases = new QueueLeases(_index, _folder, _journal, _clock, time, logger);
        _recovery = new QueueCrashRecovery(_index, _folder, states, _journal, platform, options.PoisonThreshold, trail, logger);
    }

    /// <inheritdoc/>
    public event Action<string>? Enqueued;

    /// <inheritdoc/>
    public event Action<string>? RetryRequested;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Connectors => _index.Connectors;

    /// <inheritdoc/>
    public int Count => _index.Count;

    /// <inheritdoc/>
    public IReadOnlyList<QueueLevel> Levels => _index.Levels(_clock.Now);

    /// <summary>The latest submission found by <see cref="LoadAsync"/>; new ones must be named later. One that a clock gave which was far ahead does not count (SE-4).</summary>
    public DateTimeOffset LatestSubmission { get; private set; } = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public async ValueTask<int> LoadAsync(CancellationToken cancellationToken)
    {
        _look.Try("rights", MakePrivate, cancellationToken);
        _folder.Settle();
        // First, so that no suspect is taken for an ordinary message.
        _look.Try("in-flight", _recovery.Read, cancellationToken);
        var folders = _folder.Existing().ToList();
        var found = 0;
        var isComplete = true;
        foreach (var folder in folders)
            isComplete &= _look.Try(folder, () => found += Load(folder, cancellationToken), cancellationToken);
        // Somebody may have released it.
        _index.ReleaseHeld();
        isComplete &= await _look.TryAsync("crashes", () => _recovery.BlameAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        if (isComplete)
            _look.Try("in-flight", _recovery.Forget, cancellationToken);
        foreach (var folder in folders)
            _look.Try($"{folder} (sweep)", () => _folder.Sweep(folder, name => _index.Named(name).Any()), cancellationToken);
        _look.Try(QueueChanges.Folder, () => Announce(found), cancellationToken);
        return found;
    }

    /// <inheritdoc/>
    public async ValueTask EnqueueAsync(IReadOnlyList<QueueCopy> copies, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(copies);
        var reserved = new List<(QueuedEntry Entry, QueueCopy Copy)>(copies.Count);
        try
        {
            foreach (var copy in copies)
            {
                var (connector, item) = copy;
                var entry = NewEntry(item.Id, QueueEntryName.Mark(connector, item.Envelope.Recipients), connector, FolderOf(connector));
                // Routing it was the attempt that is possible.
                entry.IsTried = connector == IDeliveryQueue.Unreachable;
                if (_index.Reserve(entry))
                    reserved.Add((entry, copy));
            }
            await _folder.WriteAsync([.. reserved.Select(pair => (pair.Entry.Folder, pair.Entry.Name, pair.Copy))], cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (var (entry, _) in reserved)
                _index.Forget(entry);
            throw;
        }
        foreach (var (entry, _) in reserved)
            _index.Add(entry);
        foreach (var (entry, _) in reserved)
            Enqueued?.Invoke(entry.Connector);
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<EnvelopeRecipient>> KnownAsync(SubmissionId id, QueueLease? beside, CancellationToken cancellationToken)
    {
        var known = ImmutableArray.CreateBuilder<EnvelopeRecipient>();
        foreach (var entry in _index.OfSubmission(id.Key).Where(entry => entry != (beside as DirectoryQueueLease)?.Queued))
        {
            if (await _folder.PeekAsync(entry.Folder, entry.Name, cancellationToken).ConfigureAwait(false) is not var (envelope, state))
                continue;
            var elsewhere = beside is null ? [] : (entry.Unsaved?.Over(state) ?? state).Recipients.Where(recipient => recipient.Moved).Select(recipient => recipient.Index).ToHashSet();
            known.AddRange(envelope.Recipients.Where((_, i) => !elsewhere.Contains(i)));
        }
        return known.ToImmutable();
    }

    /// <inheritdoc/>
    public DateTimeOffset? NextDue(string connector) => _index.Look(connector, shelf => shelf.NextDue);

    /// <inheritdoc/>
    public DateTimeOffset? NextSuspect(string connector) => _index.Look(connector, shelf => shelf.NextSuspect);

    /// <inheritdoc/>
    public DateTimeOffset? Oldest(string connector, QueueAge age) => _clock.Now is var now ? _index.Look(connector, shelf => shelf.Oldest(age, now)) : null;

    /// <inheritdoc/>
    public IAsyncEnumerable<QueueLease> TakeAsync(string connector, DateTimeOffset dueBy, CancellationToken cancellationToken) =>
        _leases.TakeAsync(after => _index.Look(connector, shelf => shelf.FirstDue(after, dueBy)), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<QueueLease> TakeSuspectsAsync(string connector, DateTimeOffset dueBy, CancellationToken cancellationToken) =>
        _leases.TakeAsync(after => _index.Look(connector, shelf => shelf.FirstSuspect(after, dueBy)), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<QueueLease> TakeAsync(string connector, QueueAge age, DateTimeOffset acceptedBy, CancellationToken cancellationToken)
    {
        var limit = _clock.Now.Limit(acceptedBy);
        return _leases.TakeAsync(after => _index.Look(connector, shelf => shelf.FirstOld(age, after, limit)), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<QueueLease>> TakeBesideAsync(QueueLease lease, CancellationToken cancellationToken) =>
        _leases.TakeBesideAsync(((DirectoryQueueLease)lease).Queued, cancellationToken);

    /// <inheritdoc/>
    public void PullForward(DateTimeOffset latest) => _index.PullForward(latest);

    /// <inheritdoc/>
    public ValueTask SettleAsync(QueueLease lease, ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, CancellationToken cancellationToken)
    {
        var held = (DirectoryQueueLease)lease;
        held.Due = nextAttempt;
        return RecordAsync(held, held.Entry.After(outcomes, nextAttempt, _time.GetUtcNow()), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask NoteAsync(QueueLease lease, ImmutableArray<RecipientOutcome> reasons, CancellationToken cancellationToken)
    {
        var held = (DirectoryQueueLease)lease;
        return RecordAsync(held, held.Entry.Noting(reasons), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask MoveAsync(QueueLease lease, ImmutableArray<EnvelopeRecipient> recipients, CancellationToken cancellationToken)
    {
        var held = (DirectoryQueueLease)lease;
        return RecordAsync(held, held.Entry.Without(recipients), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask ReportedAsync(QueueLease lease, QueueNotice notice, SenderReportResult result, CancellationToken cancellationToken)
    {
        var held = (DirectoryQueueLease)lease;
        return RecordAsync(held, held.Entry.Told(notice, result), cancellationToken);
    }

    private void MakePrivate()
    {
        if (_folder.MakePrivate())
            _logger.QueueMadePrivate();
    }

    /// <summary>Nothing is worked on any more; stop the host first.</summary>
    public void Dispose() => _journal.Dispose();

    private async ValueTask RecordAsync(DirectoryQueueLease lease, QueueEntryState state, CancellationToken cancellationToken)
    {
        var entry = lease.Entry;
        entry.State = state;
        // Until it is written down this process remembers it.
        lease.Queued.Unsaved = state;
        if (!entry.IsDone)
            await _folder.WriteStateAsync(entry, state, cancellationToken).ConfigureAwait(false);
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
                await _folder.SetAsideAsync(lease.Entry, state, cancellationToken).ConfigureAwait(false);
            else
                _folder.Delete(lease.Entry);
            _look.End(lease.Entry.Path);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Should a power cut bring it back, it has its state still.
            if (!_folder.Exists(lease.Queued.Folder, lease.Queued.Name, FileNames.Message))
                return true;
            await _folder.WriteStateAsync(lease.Entry, state, cancellationToken).ConfigureAwait(false);
            _look.Begin(lease.Entry.Path, lease.Queued.Folder, e);
            lease.Due = _time.GetUtcNow() + DeletionRetry;
            return false;
        }
    }

    /// <summary>Calls back when an administrator changed an entry, so that <see cref="LoadAsync"/> can be called at once; null where that cannot be watched.</summary>
    internal IDisposable? Watch(Action changed) => _changes.Watch(changed);

    /// <summary>The connector whose entries are in a folder.</summary>
    internal static string ConnectorOf(string folder) => folder == UnreachableFolder ? IDeliveryQueue.Unreachable : FileNames.FromFolder(folder);

    // What was changed by hand is due at once, and what is new is to be delivered.
    private void Announce(int found)
    {
        var changed = _changes.Take();
        foreach (var entry in changed.SelectMany(change => _index.Named(change.Name)))
            _index.Change(entry, due => due.DueTicks = _time.GetUtcNow().UtcTicks);
        foreach (var connector in changed.Where(change => change.IsRetry).SelectMany(change => _index.Named(change.Name)).Select(entry => entry.Connector).Distinct())
            RetryRequested?.Invoke(connector);
        foreach (var connector in found + changed.Count > 0 ? Connectors : [])
            Enqueued?.Invoke(connector);
    }

    private int Load(string folder, CancellationToken cancellationToken)
    {
        var connector = ConnectorOf(folder);
        var latest = _time.GetUtcNow() + SubmissionIdSource.MaxLead;
        var found = 0;
        foreach (var name in _folder.Names(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!QueueEntryName.TryParse(name, out var id, out var mark))
                continue;
            if (id.AcceptedAt <= latest && id.AcceptedAt > LatestSubmission)
                LatestSubmission = id.AcceptedAt;
            // Due at once: whatever made it wait may be over, and nobody waits for a clock that was off.
            var entry = NewEntry(id, mark, connector, folder);
            if (!_index.Reserve(entry))
                continue;
            entry.IsSuspect = _recovery.IsSuspect(name);
            _index.Add(entry);
            found++;
        }
        _folder.Flush(folder);
        return found;
    }

    // Accepted under a clock that was ahead, it is due all the same.
    private QueuedEntry NewEntry(SubmissionId id, ulong mark, string connector, string folder)
    {
        var now = _clock.Now;
        var entry = new QueuedEntry(id, mark, connector, _folders.GetOrAdd(folder, folder)) { AgeTicks = now.AgeOf(id.AcceptedAt) };
        entry.DueTicks = Math.Min(entry.DueTicks, now.Wall);
        return entry;
    }

    private static string FolderOf(string connector) => connector == IDeliveryQueue.Unreachable ? UnreachableFolder : FileNames.Folder(connector);
}
