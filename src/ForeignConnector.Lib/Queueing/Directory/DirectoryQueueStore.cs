using System.Collections.Immutable;
using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// A queue of files a person can read: <c>&lt;connector&gt;/&lt;id&gt;.eml</c> in the form of a Drop directory, with a small <c>.json</c>
/// beside it while there is something to tell. Several processes may share the directory. Leases end with the process.
/// </summary>
public sealed class DirectoryQueueStore : IQueueStore, IWatchableQueueStore, IDisposable
{
    // Never the folder of a connector: FileNames.Folder writes '%' only before hexadecimal digits.
    private const string UnreachableFolder = "%unreachable";

    private readonly QueueFolder _folder;
    private readonly QueueIndex _index = new();
    private readonly ChangeNotes _changes;
    private readonly EntryLeasing _leases;
    private readonly OperatorEntries _operator;
    private readonly QueueCrashRecovery _recovery;
    private readonly InFlightJournal _journal;
    private readonly QueueClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OutagesByPart _look;
    private readonly NewEntries _entries;
    private readonly MoveMarkers _markers;
    private readonly QueueMoves _moves;
    private DateTimeOffset _latestSubmission = DateTimeOffset.MinValue;

    /// <summary>
    /// A store below a directory, which is created if need be. Call <see cref="LoadAsync"/> first; what an operator does works without.
    /// </summary>
    /// <param name="directory">The directory. On the volume of the Drop directories a delivery is one rename.</param>
    /// <param name="options">Limits.</param>
    /// <param name="files">The file system.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to tell about files that cannot be read.</param>
    public DirectoryQueueStore(
        string directory, DirectoryQueueOptions options, IFileSystem files, TimeProvider time, ILogger<DirectoryQueueStore> logger)
        : this(directory, options, files, PlatformFiles.For(files), time, logger)
    {
    }

    internal DirectoryQueueStore(
        string directory, DirectoryQueueOptions options, IFileSystem files, IPlatformFiles platform, TimeProvider time, ILogger logger)
    {
        var states = new StateFiles(files, platform, logger);
        _time = time;
        _logger = logger;
        _clock = new QueueClock(time);
        _changes = new ChangeNotes(directory, files, platform);
        _folder = new QueueFolder(directory, files, platform, states);
        _operator = new OperatorEntries(_folder);
        _look = new OutagesByPart(logger);
        _journal = new InFlightJournal(files.Path.GetFullPath(directory), files, platform, time, options.SuspectDelay);
        _entries = new NewEntries(_index, _folder, _clock);
        _markers = new MoveMarkers(directory, files, platform);
        _moves = new QueueMoves(_markers, _index, _folder, _entries, _look);
        _moves.Stored += Announce;
        _leases = new EntryLeasing(_index, _folder, _journal, _moves, _clock, time, logger);
        _recovery = new QueueCrashRecovery(_index, _folder, states, _journal, platform);
    }

    /// <inheritdoc/>
    public event Action<QueueChange>? Changed;

    /// <inheritdoc/>
    public QueueOverview Overview => _index.Overview(_clock.Now);

    /// <inheritdoc/>
    public async ValueTask<StoreContents> LoadAsync(Func<CrashedEntry, CrashDecision> decide, CancellationToken cancellationToken)
    {
        _look.Try("rights", MakePrivate, cancellationToken);
        _folder.Settle();
        // First, so that no suspect is taken for an ordinary message.
        _look.Try("in-flight", _recovery.Read, cancellationToken);
        var folders = _folder.Existing().ToList();
        var entries = new List<IndexedEntry>();
        var isComplete = true;
        foreach (var folder in folders)
            isComplete &= _look.Try(folder, () => Load(folder, entries, cancellationToken), CancellationToken.None);
        isComplete &= await PublishAsync(entries, cancellationToken).ConfigureAwait(false);
        // Somebody may have released it.
        _index.ReleaseHeld();
        var ended = await _moves.EndAsync(cancellationToken).ConfigureAwait(false);
        if (ended > 0)
            _index.ReleaseHeld();
        isComplete &= await _look.TryAsync("crashes", () => _recovery.DecideAsync(decide, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        if (isComplete)
            _look.Try("in-flight", _recovery.Forget, cancellationToken);
        foreach (var folder in folders)
            _look.Try($"{folder} (sweep)", () => _folder.Sweep(folder, name => _index.Named(name).Any()), cancellationToken);
        _look.Try("moving (sweep)", _markers.Sweep, cancellationToken);
        _look.Try(ChangeNotes.Folder, () => Announce(entries.Count + ended), cancellationToken);
        return new StoreContents(entries.Count, _latestSubmission);
    }

    /// <inheritdoc/>
    public async ValueTask AddAsync(IReadOnlyList<QueueEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var stored = await _entries.StoreAsync(entries, cancellationToken).ConfigureAwait(false);
        _entries.Publish(stored);
        Announce(stored);
    }

    /// <inheritdoc/>
    public async ValueTask<StoredSubmission?> FindSubmissionAsync(UInt128 key, CancellationToken cancellationToken) =>
        _index.OfSubmission(key) is [var first, ..]
            ? new StoredSubmission(first.Id, await _entries.KnownAsync(key, beside: null, cancellationToken).ConfigureAwait(false))
            : null;

    /// <inheritdoc/>
    public IAsyncEnumerable<IQueueLease> LeaseAsync(LeaseQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        switch (query.Kind)
        {
            case LeaseKind.Due:
                return _leases.LeaseAsync(
                    after => _index.Look(query.Connector, waiting => waiting.FirstDue(after, query.DueBy)), cancellationToken);
            case LeaseKind.Suspect:
                return _leases.LeaseAsync(
                    after => _index.Look(query.Connector, waiting => waiting.FirstSuspect(after, query.DueBy)), cancellationToken);
            case LeaseKind.Submission:
                return _leases.LeaseBesideAsync(query, cancellationToken);
            default:
                var limit = _clock.Now.Limit(query.AcceptedBy);
                return _leases.LeaseAsync(
                    after => _index.Look(query.Connector, waiting => waiting.FirstOld(query.Age, after, limit)),
                    cancellationToken,
                    query.IsWanted is { } isWanted ? entry => IsWantedAsync(entry, isWanted, cancellationToken) : null);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<LeaseResult> LeaseAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (_index.IsInWork(id))
            return new LeaseResult(null, IsBusy: true);
        // As a rule one, or none before the first look and in a process that does not deliver.
        var taken = _index.Named(id).Where(_index.Remove).ToArray();
        LeaseResult result = default;
        try
        {
            return result = await _operator.LeaseAsync(id, lease => GiveBack(lease, taken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (result.Lease is null)
                Array.ForEach(taken, entry => _index.Add(entry));
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> PutBackAsync(string id, Func<DeliveryState, DeliveryState> state, CancellationToken cancellationToken) =>
        _operator.PutBackAsync(id, state, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<EntrySnapshot> ListAsync(string? connector, CancellationToken cancellationToken) =>
        _operator.ListAsync(connector, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<EntrySnapshot?> FindAsync(string id, CancellationToken cancellationToken) =>
        _operator.FindAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask NotifyAsync(string id, bool isRetryWanted, CancellationToken cancellationToken)
    {
        if (QueueFileName.TryParse(id, out _, out _))
            _changes.Note(id, isRetryWanted);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask LimitDueAsync(DateTimeOffset latest, CancellationToken cancellationToken)
    {
        _index.LimitDue(latest);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public IDisposable? Watch(Action changed) => _changes.Watch(changed);

    /// <summary>Nothing is leased any more; stop the host first.</summary>
    public void Dispose()
    {
        _journal.Dispose();
        _moves.Dispose();
    }

    /// <summary>The connector whose entries are in a folder.</summary>
    internal static string ConnectorOf(string folder) =>
        folder == UnreachableFolder ? DeliveryQueue.Unreachable : FileNames.FromFolder(folder);

    internal static string FolderOf(string connector) =>
        connector == DeliveryQueue.Unreachable ? UnreachableFolder : FileNames.Folder(connector);

    private void GiveBack(DirectoryLease lease, IndexedEntry[] taken)
    {
        foreach (var entry in taken)
        {
            if (lease.IsGone && _folder.PathOf(entry.Folder, entry.Name) == lease.File.Path)
                _index.Forget(entry);
            else
                _index.Add(entry, back => back.IsDelayReported |= lease.File.State.DelayReported);
        }
    }

    private void MakePrivate()
    {
        if (_folder.MakePrivate())
            _logger.QueueMadePrivate();
    }

    // What was changed by hand is due at once, and what is new is to be delivered.
    private void Announce(int found)
    {
        var changed = _changes.Take();
        foreach (var entry in changed.SelectMany(change => _index.Named(change.Name)))
            _index.Change(entry, due => due.DueTicks = _time.GetUtcNow().UtcTicks);
        foreach (var connector in changed.Where(change => change.IsRetry)
            .SelectMany(change => _index.Named(change.Name)).Select(entry => entry.Connector).Distinct())
            Changed?.Invoke(new QueueChange(connector, IsRetryWanted: true));
        foreach (var connector in found + changed.Count > 0 ? _index.Connectors : [])
            Changed?.Invoke(new QueueChange(connector, IsRetryWanted: false));
    }

    private void Announce(List<IndexedEntry> stored)
    {
        foreach (var entry in stored)
            Changed?.Invoke(new QueueChange(entry.Connector, IsRetryWanted: false));
    }

    private async ValueTask<bool> IsWantedAsync(IndexedEntry entry, Func<EntrySnapshot, bool> isWanted, CancellationToken cancellationToken)
    {
        if (await _folder.PeekAsync(entry.Folder, entry.Name, cancellationToken).ConfigureAwait(false) is not var (envelope, state, size))
            return false;
        return state.IsLeasable && isWanted(new EntrySnapshot
        {
            Id = entry.Name,
            Connector = entry.Connector,
            Submission = entry.Id,
            Envelope = envelope,
            State = state.Within(envelope),
            ContentLength = size,
        });
    }

    // Lets what was found be leased, once it is known which of it is being moved. False when that cannot be told: all of it is found again.
    private async ValueTask<bool> PublishAsync(List<IndexedEntry> found, CancellationToken cancellationToken)
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

    private void Load(string folder, List<IndexedEntry> found, CancellationToken cancellationToken)
    {
        var connector = ConnectorOf(folder);
        var latest = _time.GetUtcNow() + SubmissionIdSource.MaxLead;
        foreach (var name in _folder.Names(folder))
        {
            if (cancellationToken.IsCancellationRequested)
                return;
            if (!QueueFileName.TryParse(name, out var id, out var mark))
                continue;
            if (id.AcceptedAt <= latest && id.AcceptedAt > _latestSubmission)
                _latestSubmission = id.AcceptedAt;
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
}
