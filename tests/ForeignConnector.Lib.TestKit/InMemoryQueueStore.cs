using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.TestKit;

/// <summary>
/// A store in memory, for tests: of the core over any store, and of applications. Its leases have an end; <see cref="Restart"/> is the
/// death of a process, <see cref="Fault"/> a store that fails. Thread-safe.
/// </summary>
public sealed class InMemoryQueueStore : IQueueStore
{
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Storage _storage;
    private bool _isDead;

    /// <summary>An empty store.</summary>
    /// <param name="time">The clock.</param>
    public InMemoryQueueStore(TimeProvider time)
        : this(time, new Storage())
    {
    }

    private InMemoryQueueStore(TimeProvider time, Storage storage)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_time, _storage, _started) = (time, storage, time.GetTimestamp());
    }

    /// <summary>How long a lease lasts unless it is renewed.</summary>
    /// <value>Default 5 minutes.</value>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the process must have run before its death counts against the one entry it works on (ND-4).</summary>
    /// <value>Default 1 minute.</value>
    public TimeSpan SuspectDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Asked before each operation, by its name ("add", "save", "move", "remove", "lease" …); what it gives is thrown.</summary>
    public Func<string, Exception?>? Fault { get; set; }

    /// <inheritdoc/>
    public event Action<QueueChange>? Changed;

    /// <inheritdoc/>
    public QueueOverview Overview
    {
        get
        {
            lock (_storage)
            {
                var connectors = Leasable.GroupBy(entry => entry.Connector, StringComparer.OrdinalIgnoreCase);
                return new QueueOverview(Known.Count(), [.. connectors.Select(group => Backlog(group.Key, [.. group]))]);
            }
        }
    }

    private IEnumerable<Entry> Known => _storage.Entries.Where(entry => entry.IsKnown && entry.SetAside is null);

    private IEnumerable<Entry> Leasable => Known.Where(entry => !entry.State.Held && !IsLeased(entry));

    /// <summary>The process of this store dies: its leases save nothing any more, and what was in hand is suspect. The next process has the
    /// same entries.</summary>
    public InMemoryQueueStore Restart()
    {
        var next = new InMemoryQueueStore(_time, _storage) { LeaseTime = LeaseTime, SuspectDelay = SuspectDelay };
        lock (_storage)
        {
            _isDead = true;
            foreach (var entry in _storage.Entries)
            {
                if (entry.Lease is { } lease)
                {
                    entry.Deaths++;
                    entry.IsSuspect = true;
                    entry.IsToBeJudged |= lease.IsAlone && _time.GetElapsedTime(lease.Begun) < SuspectDelay;
                }
                (entry.Lease, entry.IsKnown, entry.IsTried) = (null, false, false);
            }
        }
        return next;
    }

    /// <inheritdoc/>
    public ValueTask<StoreContents> LoadAsync(Func<CrashedEntry, CrashDecision> decide, CancellationToken cancellationToken)
    {
        Check("load", cancellationToken);
        ArgumentNullException.ThrowIfNull(decide);
        var (found, changes) = (0, new List<QueueChange>());
        lock (_storage)
        {
            foreach (var entry in _storage.Entries.Where(entry => !entry.IsKnown && entry.SetAside is null))
            {
                found++;
                entry.IsKnown = true;
                entry.Due = Earlier(entry.Submission.AcceptedAt, _time.GetUtcNow());
                entry.AgeFrom = AgeOf(entry.Submission);
                if (entry.IsSuspect && (entry.Deaths > 1 || entry.IsToBeJudged))
                    entry.Due = QuietFrom;
            }
            foreach (var entry in Known.Where(entry => entry.IsToBeJudged).ToArray())
            {
                entry.IsToBeJudged = false;
                var decision = decide(new CrashedEntry(entry.Id, entry.Connector, entry.Submission, entry.State));
                if (decision.SetAside is null)
                    entry.State = decision.State;
                else
                    (entry.SetAside, entry.Reason) = (SetAsideKind.Poison, decision.SetAside);
            }
            foreach (var (id, isRetryWanted) in _storage.Notices)
            {
                foreach (var entry in Known.Where(entry => entry.Id == id))
                {
                    entry.Due = _time.GetUtcNow();
                    changes.Add(new QueueChange(entry.Connector, isRetryWanted));
                }
            }
            _storage.Notices.Clear();
            if (found > 0)
                changes.AddRange(Known.Select(entry => entry.Connector).Distinct(StringComparer.OrdinalIgnoreCase)
                    .Select(connector => new QueueChange(connector, IsRetryWanted: false)));
        }
        changes.ForEach(change => Changed?.Invoke(change));
        return new(new StoreContents(
            found, Known.Select(entry => entry.Submission.AcceptedAt).DefaultIfEmpty(DateTimeOffset.MinValue).Max()));
    }

    /// <inheritdoc/>
    public ValueTask AddAsync(IReadOnlyList<QueueEntry> entries, CancellationToken cancellationToken)
    {
        Check("add", cancellationToken);
        ArgumentNullException.ThrowIfNull(entries);
        Store(entries);
        foreach (var entry in entries)
            Changed?.Invoke(new QueueChange(entry.Connector, IsRetryWanted: false));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<StoredSubmission?> FindSubmissionAsync(UInt128 key, CancellationToken cancellationToken)
    {
        Check("find", cancellationToken);
        lock (_storage)
        {
            Entry[] entries = [.. Known.Where(entry => entry.Submission.Key == key)];
            return new(entries is [var first, ..]
                ? new StoredSubmission(first.Submission, [.. entries.SelectMany(entry => entry.Envelope.Recipients)])
                : null);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<IQueueLease> LeaseAsync(LeaseQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var seen = new HashSet<Entry>();
        while (true)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            Check("lease", cancellationToken);
            Lease? lease = null;
            lock (_storage)
            {
                if (Choose(query).FirstOrDefault(entry => !seen.Contains(entry)) is not { } entry)
                    yield break;
                seen.Add(entry);
                if (query.IsWanted?.Invoke(entry.ToSnapshot()) ?? true)
                    lease = Begin(entry);
            }
            if (lease is not null)
                yield return lease;
        }
    }

    /// <inheritdoc/>
    public ValueTask<LeaseResult> LeaseAsync(string id, CancellationToken cancellationToken)
    {
        Check("lease", cancellationToken);
        lock (_storage)
        {
            return _storage.Entries.FirstOrDefault(entry => entry.Id == id) is not { } entry ? default
                : IsLeased(entry) ? new(new LeaseResult(null, IsBusy: true))
                : new(new LeaseResult(Begin(entry), IsBusy: false));
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> PutBackAsync(string id, Func<DeliveryState, DeliveryState> state, CancellationToken cancellationToken)
    {
        Check("put back", cancellationToken);
        ArgumentNullException.ThrowIfNull(state);
        lock (_storage)
        {
            if (_storage.Entries.FirstOrDefault(entry => entry.Id == id && entry.SetAside is not null) is not { } entry)
                return new(false);
            (entry.State, entry.SetAside, entry.Reason) = (state(entry.State), null, null);
            (entry.IsKnown, entry.IsSuspect, entry.Deaths) = (false, false, 0);
            return new(true);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<EntrySnapshot> ListAsync(string? connector, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Check("list", cancellationToken);
        await Task.CompletedTask.ConfigureAwait(false);
        EntrySnapshot[] all;
        lock (_storage)
        {
            all =
            [
                .. _storage.Entries
                    .Where(entry => connector is null || entry.Connector.Equals(connector, StringComparison.OrdinalIgnoreCase))
                    .OrderBy(entry => entry.Connector, StringComparer.OrdinalIgnoreCase).ThenBy(entry => entry.Id, StringComparer.Ordinal)
                    .Select(entry => entry.ToSnapshot()),
            ];
        }
        foreach (var entry in all)
            yield return entry;
    }

    /// <inheritdoc/>
    public ValueTask<EntrySnapshot?> FindAsync(string id, CancellationToken cancellationToken)
    {
        Check("list", cancellationToken);
        lock (_storage)
            return new(_storage.Entries.FirstOrDefault(entry => entry.Id == id)?.ToSnapshot());
    }

    /// <inheritdoc/>
    public ValueTask NotifyAsync(string id, bool isRetryWanted, CancellationToken cancellationToken)
    {
        lock (_storage)
            _storage.Notices.Add((id, isRetryWanted));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask LimitDueAsync(DateTimeOffset latest, CancellationToken cancellationToken)
    {
        lock (_storage)
        {
            foreach (var entry in Known.Where(entry => entry.Due > latest))
                entry.Due = latest;
        }
        return ValueTask.CompletedTask;
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private TimeSpan Steady => _time.GetElapsedTime(_started);

    private DateTimeOffset QuietFrom => _time.GetUtcNow() + (Steady < SuspectDelay ? SuspectDelay - Steady : TimeSpan.Zero);

    private void Check(string operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Fault?.Invoke(operation) is { } fault)
            throw fault;
    }

    private bool IsLeased(Entry entry) => entry.Lease is { } lease && lease.ExpiresAt > _time.GetUtcNow();

    // An entry is as old as the younger of its ages: by the clock, and by what the process has seen (SE-4).
    private TimeSpan AgeOf(SubmissionId id)
    {
        var age = _time.GetUtcNow() - id.AcceptedAt;
        return Steady - (age > TimeSpan.Zero ? age : TimeSpan.Zero);
    }

    private DateTimeOffset CountsFrom(Entry entry)
    {
        var (now, accepted) = (_time.GetUtcNow(), entry.Submission.AcceptedAt);
        var seen = now - (Steady - entry.AgeFrom);
        return accepted > now || seen > accepted ? seen : accepted;
    }

    private ConnectorBacklog Backlog(string connector, Entry[] entries)
    {
        var (usual, suspects) = (entries.Where(entry => !entry.IsSuspectNow), entries.Where(entry => entry.IsSuspectNow));
        return new ConnectorBacklog
        {
            Connector = connector,
            Count = entries.Length,
            NextDue = usual.Min(entry => (DateTimeOffset?)entry.Due),
            NextSuspect = suspects.Min(entry => (DateTimeOffset?)entry.Due),
            Oldest = Oldest(usual),
            OldestTried = Oldest(usual.Where(entry => entry.IsTried)),
            OldestNotReported = Oldest(usual.Where(entry => !entry.State.DelayReported)),
            OldestTriedNotReported = Oldest(usual.Where(entry => entry.IsTried && !entry.State.DelayReported)),
            OldestSuspect = Oldest(suspects),
        };
    }

    private DateTimeOffset? Oldest(IEnumerable<Entry> entries) => entries.Min(entry => (DateTimeOffset?)CountsFrom(entry));

    private IEnumerable<Entry> Choose(LeaseQuery query)
    {
        var all = Leasable
            .Where(entry =>
                query.Kind == LeaseKind.Submission || entry.Connector.Equals(query.Connector, StringComparison.OrdinalIgnoreCase))
            .Where(entry => entry.IsSuspectNow == (query.Kind == LeaseKind.Suspect));
        return query.Kind switch
        {
            LeaseKind.Due or LeaseKind.Suspect =>
                all.Where(entry => entry.Due <= query.DueBy).OrderBy(entry => entry.Due).ThenBy(entry => entry.Submission.AcceptedAt),
            LeaseKind.Old => all.Where(entry => IsCounted(entry, query.Age) && CountsFrom(entry) <= query.AcceptedBy).OrderBy(CountsFrom),
            LeaseKind.Chosen => all,
            _ => all.Where(entry => entry.Submission == query.Submission && entry.Id != query.Except),
        };
    }

    private static bool IsCounted(Entry entry, QueueAge age) =>
        (!age.HasFlag(QueueAge.DelayNotReported) || !entry.State.DelayReported)
            && (!age.HasFlag(QueueAge.Tried) || entry.IsTried)
            && (!age.HasFlag(QueueAge.Untried) || !entry.IsTried);

    private Lease Begin(Entry entry)
    {
        var others = _storage.Entries.Where(IsLeased).ToArray();
        foreach (var other in others)
            other.Lease!.IsAlone = false;
        return entry.Lease = new Lease(this, entry, isAlone: entry.IsSuspectNow && others.Length == 0 && Steady >= SuspectDelay);
    }

    private void Store(IEnumerable<QueueEntry> entries)
    {
        lock (_storage)
        {
            foreach (var entry in entries.Where(entry => !Known.Any(known => known.IsSame(entry))).ToArray())
            {
                using var octets = new MemoryStream();
                using (var content = entry.Item.Content.OpenRead())
                    content.CopyTo(octets);
                _storage.Entries.Add(new Entry(entry, octets.ToArray())
                {
                    IsKnown = true,
                    Due = Earlier(entry.Item.Id.AcceptedAt, _time.GetUtcNow()),
                    AgeFrom = AgeOf(entry.Item.Id),
                });
            }
        }
    }

    private sealed class Storage
    {
        public List<Entry> Entries { get; } = [];

        public List<(string Id, bool IsRetryWanted)> Notices { get; } = [];
    }

    private sealed class Entry(QueueEntry entry, byte[] octets)
    {
        public string Id { get; } = IdOf(entry);

        public string Connector { get; } = entry.Connector;

        public SubmissionId Submission { get; } = entry.Item.Id;

        public MailEnvelope Envelope { get; } = entry.Item.Envelope;

        public byte[] Octets { get; } = octets;

        public DeliveryState State { get; set; } = entry.State;

        public SetAsideKind? SetAside { get; set; }

        public string? Reason { get; set; }

        public bool IsKnown { get; set; }

        public DateTimeOffset Due { get; set; }

        public TimeSpan AgeFrom { get; set; }

        public bool IsTried { get; set; } = entry.IsTried;

        public bool IsSuspect { get; set; }

        public int Deaths { get; set; }

        public bool IsToBeJudged { get; set; }

        public Lease? Lease { get; set; }

        public bool IsSuspectNow => IsSuspect || State.Crashes > 0;

        public bool IsSame(QueueEntry other) =>
            Submission.Key == other.Item.Id.Key && Mark(Connector, Envelope) == Mark(other.Connector, other.Item.Envelope);

        public EntrySnapshot ToSnapshot() => new()
        {
            Id = Id,
            Connector = Connector,
            Submission = Submission,
            Envelope = Envelope,
            State = State,
            ContentLength = Octets.Length,
            StoredLength = Octets.Length,
            SetAside = SetAside,
            Reason = Reason,
        };

        private static string IdOf(QueueEntry entry) =>
            string.Create(CultureInfo.InvariantCulture, $"{entry.Item.Id}-{Mark(entry.Connector, entry.Item.Envelope):x16}");

        private static ulong Mark(string connector, MailEnvelope envelope)
        {
            var recipients = envelope.Recipients.Select(recipient => recipient.ToString()).Order(StringComparer.Ordinal);
            var text = connector.ToUpperInvariant() + "\n" + string.Join('\n', recipients);
            return BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        }
    }

    private sealed class Lease : IQueueLease
    {
        private readonly InMemoryQueueStore _store;
        private readonly Entry _entry;
        private bool _isGone;

        public Lease(InMemoryQueueStore store, Entry entry, bool isAlone)
        {
            (_store, _entry, IsAlone) = (store, entry, isAlone);
            Entry = entry.ToSnapshot();
            Content = MessageContent.FromOctets(entry.Octets);
            Begun = store._time.GetTimestamp();
            ExpiresAt = store._time.GetUtcNow() + store.LeaseTime;
            (CountsFrom, Due, IsTried, IsSuspect) = (store.CountsFrom(entry), entry.Due, entry.IsTried, entry.IsSuspectNow);
        }

        public bool IsAlone { get; set; }

        public long Begun { get; }

        public EntrySnapshot Entry { get; }

        public MessageContent Content { get; }

        public DateTimeOffset ExpiresAt { get; private set; }

        public DateTimeOffset CountsFrom { get; }

        public DateTimeOffset Due { get; set; }

        public bool IsTried { get; set; }

        public bool IsSuspect { get; set; }

        private bool IsMine => !_store._isDead && !_isGone && _entry.Lease == this && ExpiresAt > _store._time.GetUtcNow();

        public ValueTask RenewAsync(CancellationToken cancellationToken)
        {
            Do("renew", () => ExpiresAt = _store._time.GetUtcNow() + _store.LeaseTime, cancellationToken);
            return ValueTask.CompletedTask;
        }

        public ValueTask SaveAsync(DeliveryState state, CancellationToken cancellationToken)
        {
            Do("save", () => Save(state), cancellationToken);
            return ValueTask.CompletedTask;
        }

        public ValueTask<ImmutableArray<EnvelopeRecipient>> MoveAsync(
            IReadOnlyList<QueueEntry> entries, Func<ImmutableArray<EnvelopeRecipient>, DeliveryState> after,
            CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(entries);
            ArgumentNullException.ThrowIfNull(after);
            var moved = ImmutableArray.CreateBuilder<EnvelopeRecipient>();
            var stored = new List<QueueEntry>();
            Do("move", () =>
            {
                // One that two entries hold is there twice.
                var held = _store.Known.Where(other => other != _entry && other.Submission.Key == _entry.Submission.Key)
                    .SelectMany(other => other.Envelope.Recipients.Where((_, i) =>
                        !other.State.Recipients.Any(recipient => recipient.Index == i && recipient.Moved)))
                    .ToList();
                foreach (var entry in entries)
                {
                    ImmutableArray<EnvelopeRecipient> rest =
                        [.. entry.Item.Envelope.Recipients.Where(recipient => !held.Remove(recipient))];
                    var next = rest.IsEmpty ? null : entry.For(rest);
                    // They have left an entry that is to be removed still; afterwards they can come back.
                    if (next is not null && _store.Known.Any(other => other.IsSame(next)))
                        continue;
                    if (next is not null)
                        stored.Add(next);
                    moved.AddRange(entry.Item.Envelope.Recipients);
                }
                if (moved.Count == 0)
                    return;
                var state = after(moved.ToImmutable());
                _store.Store(stored);
                Save(state);
            }, cancellationToken);
            foreach (var entry in stored)
                _store.Changed?.Invoke(new QueueChange(entry.Connector, IsRetryWanted: false));
            return new(moved.ToImmutable());
        }

        public ValueTask RemoveAsync(CancellationToken cancellationToken)
        {
            Do("remove", () => _isGone = _store._storage.Entries.Remove(_entry), cancellationToken);
            return ValueTask.CompletedTask;
        }

        public ValueTask SetAsideAsync(SetAsideKind kind, string reason, CancellationToken cancellationToken)
        {
            Do("set aside", () => (_entry.SetAside, _entry.Reason) = (kind, reason), cancellationToken);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            lock (_store._storage)
            {
                if (!IsMine)
                    return ValueTask.CompletedTask;
                (_entry.Lease, _entry.Due) = (null, Due);
                (_entry.IsTried, _entry.IsSuspect) = (IsTried, IsSuspect);
                if (!IsSuspect)
                    _entry.Deaths = 0;
            }
            return ValueTask.CompletedTask;
        }

        private void Save(DeliveryState state)
        {
            // It waited for somebody and is tried once more before it may be given up (ND-8).
            if (_entry.State.Held && !state.Held)
                IsTried = _entry.Connector == DeliveryQueue.Unreachable;
            // As everybody else gets it.
            _entry.State = DeliveryState.Read(state.Write());
        }

        private void Do(string operation, Action action, CancellationToken cancellationToken)
        {
            _store.Check(operation, cancellationToken);
            lock (_store._storage)
            {
                if (!IsMine)
                    throw new LeaseLostException();
                action();
            }
        }
    }
}
