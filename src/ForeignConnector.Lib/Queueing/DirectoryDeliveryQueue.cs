using System.Collections.Immutable;
using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// A queue of files a person can read: <c>&lt;connector&gt;/&lt;id&gt;.eml</c> in the form of a Drop directory, with a small <c>.json</c>
/// beside it while there is something to tell. Several processes may share the directory.
/// </summary>
public sealed class DirectoryDeliveryQueue : IDeliveryQueue, IQueueLevels, IQueueHistory, IWatchedQueue, IManagedQueue, IDisposable
{
    // Never the folder of a connector: FileNames.Folder writes '%' only before hexadecimal digits.
    private const string UnreachableFolder = "%unreachable";

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
    private readonly NewEntries _entries;
    private readonly LeaseRecords _records;
    private readonly MoveMarkers _markers;
    private readonly QueueMoves _moves;
    private readonly Func<ISenderReports, IMessageTrail, IQueueManager> _manager;

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
        _manager = (reports, records) => new DirectoryQueueManager(directory, reports, records, files, platform, time, logger);
        _time = time;
        _logger = logger;
        _clock = new QueueClock(time);
        _changes = new QueueChanges(directory, files, platform);
        _folder = new QueueFolder(directory, files, platform, states);
        _look = new QueueLook(logger);
        _journal = new InFlightJournal(files.Path.GetFullPath(directory), files, platform, time, options.SuspectDelay);
        _entries = new NewEntries(_index, _folder, _clock);
        _records = new LeaseRecords(_folder, _look, time);
        _markers = new MoveMarkers(directory, files, platform);
        _moves = new QueueMoves(_markers, _index, _folder, _entries, _records, _look);
        _leases = new QueueLeases(_index, _folder, _journal, _moves.IsOpen, _clock, time, logger);
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

    /// <inheritdoc/>
    public DateTimeOffset LatestSubmission { get; private set; } = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public async ValueTask<int> LoadAsync(CancellationToken cancellationToken)
    {
        _look.Try("rights", MakePrivate, cancellationToken);
        _folder.Settle();
        // First, so that no suspect is taken for an ordinary message.
        _look.Try("in-flight", _recovery.Read, cancellationToken);
        var folders = _folder.Existing().ToList();
        var entries = new List<QueuedEntry>();
        var isComplete = true;
        foreach (var folder in folders)
            isComplete &= _look.Try(folder, () => Load(folder, entries, cancellationToken), CancellationToken.None);
        isComplete &= await PublishAsync(entries, cancellationToken).ConfigureAwait(false);
        // Somebody may have released it.
        _index.ReleaseHeld();
        var ended = await _moves.EndAsync(cancellationToken).ConfigureAwait(false);
        if (ended > 0)
            _index.ReleaseHeld();
        isComplete &= await _look.TryAsync("crashes", () => _recovery.BlameAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        if (isComplete)
            _look.Try("in-flight", _recovery.Forget, cancellationToken);
        foreach (var folder in folders)
            _look.Try($"{folder} (sweep)", () => _folder.Sweep(folder, name => _index.Named(name).Any()), cancellationToken);
        _look.Try("moving (sweep)", _markers.Sweep, cancellationToken);
        _look.Try(QueueChanges.Folder, () => Announce(entries.Count + ended), cancellationToken);
        return entries.Count;
    }

    /// <inheritdoc/>
    public async ValueTask EnqueueAsync(IReadOnlyList<QueueCopy> copies, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(copies);
        var stored = await _entries.StoreAsync(copies, cancellationToken).ConfigureAwait(false);
        _entries.Publish(stored);
        Announce(stored);
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<EnvelopeRecipient>> KnownAsync(SubmissionId id, CancellationToken cancellationToken) =>
        _entries.KnownAsync(id.Key, beside: null, cancellationToken);

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
    public IAsyncEnumerable<QueueLease> TakeAsync(string connector, Func<IReadOnlyList<EnvelopeRecipient>, long, bool> isWanted, CancellationToken cancellationToken)
    {
        var limit = _clock.Now.Limit(DateTimeOffset.MaxValue);
        return _leases.TakeAsync(
            after => _index.Look(connector, shelf => shelf.FirstOld(QueueAge.All, after, limit)), cancellationToken, entry => IsWantedAsync(entry, isWanted, cancellationToken));
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
        return _records.RecordAsync(held, held.Entry.After(outcomes, nextAttempt, _time.GetUtcNow()), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask NoteAsync(QueueLease lease, ImmutableArray<RecipientOutcome> reasons, CancellationToken cancellationToken)
    {
        var held = (DirectoryQueueLease)lease;
        return _records.RecordAsync(held, held.Entry.Noting(reasons), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<EnvelopeRecipient>> MoveAsync(QueueLease lease, IReadOnlyList<QueueCopy> copies, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(copies);
        var (moved, stored) = await _moves.MoveAsync((DirectoryQueueLease)lease, copies, cancellationToken).ConfigureAwait(false);
        Announce(stored);
        return moved;
    }

    /// <inheritdoc/>
    public ValueTask ReportedAsync(QueueLease lease, QueueNotice notice, SenderReportResult result, CancellationToken cancellationToken)
    {
        var held = (DirectoryQueueLease)lease;
        return _records.RecordAsync(held, held.Entry.Told(notice, result), cancellationToken);
    }

    private void MakePrivate()
    {
        if (_folder.MakePrivate())
            _logger.QueueMadePrivate();
    }

    /// <summary>Nothing is worked on any more; stop the host first.</summary>
    public void Dispose()
    {
        _journal.Dispose();
        _moves.Dispose();
    }

    /// <inheritdoc/>
    public SubmissionId? Find(UInt128 key) => _index.OfSubmission(key) is [var entry, ..] ? entry.Id : null;

    /// <inheritdoc/>
    public IDisposable? Watch(Action changed) => _changes.Watch(changed);

    /// <inheritdoc/>
    public IQueueManager CreateManager(ISenderReports reports, IMessageTrail trail) => _manager(reports, trail);

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

    private void Announce(List<QueuedEntry> stored)
    {
        foreach (var entry in stored)
            Enqueued?.Invoke(entry.Connector);
    }

    private async ValueTask<bool> IsWantedAsync(QueuedEntry entry, Func<IReadOnlyList<EnvelopeRecipient>, long, bool> isWanted, CancellationToken cancellationToken)
    {
        if (await _folder.PeekAsync(entry.Folder, entry.Name, cancellationToken).ConfigureAwait(false) is not var (envelope, written, size))
            return false;
        var state = entry.Unsaved?.Over(written) ?? written;
        var settled = state.Recipients.Where(recipient => recipient.IsFinal).Select(recipient => recipient.Index).ToHashSet();
        return !state.Held && isWanted([.. envelope.Recipients.Where((_, index) => !settled.Contains(index))], size);
    }

    // Lets what was found be taken, once it is known which of it is being moved. False when that cannot be told: all of it is found again.
    private async ValueTask<bool> PublishAsync(List<QueuedEntry> found, CancellationToken cancellationToken)
    {
        var isKnown = false;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            isKnown = await _look.TryAsync("moving", () => _moves.FindAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (isKnown)
                _entries.Publish(found);
            else
                found.ForEach(_index.Forget);
        }
        if (!isKnown)
            found.Clear();
        return isKnown;
    }

    private void Load(string folder, List<QueuedEntry> found, CancellationToken cancellationToken)
    {
        var connector = ConnectorOf(folder);
        var latest = _time.GetUtcNow() + SubmissionIdSource.MaxLead;
        foreach (var name in _folder.Names(folder))
        {
            if (cancellationToken.IsCancellationRequested)
                return;
            if (!QueueEntryName.TryParse(name, out var id, out var mark))
                continue;
            if (id.AcceptedAt <= latest && id.AcceptedAt > LatestSubmission)
                LatestSubmission = id.AcceptedAt;
            // Due at once: whatever made it wait may be over, and nobody waits for a clock that was off.
            var entry = _entries.Make(id, mark, connector, folder);
            if (!_index.Reserve(entry))
                continue;
            if (_recovery.IsSuspect(name))
                _recovery.Suspect(entry);
            found.Add(entry);
        }
        _folder.Flush(folder);
    }

    internal static string FolderOf(string connector) => connector == IDeliveryQueue.Unreachable ? UnreachableFolder : FileNames.Folder(connector);
}
