using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;

namespace Outside.Stores;

/// <summary>
/// A store over a <see cref="Journal"/>, for one process at a time; its leases end with the process. What a process only remembers (when
/// entries are due, whether they were tried, who has them) is here; what must survive it is in the journal.
/// </summary>
internal sealed class JournalStore : IQueueStore
{
    // The process must have run so long before its death counts against the one entry that it works on (ND-4).
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Journal _journal;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly int _process;
    private readonly Dictionary<string, Memory> _known = new(StringComparer.Ordinal);

    /// <summary>A process begins; the one before it has died.</summary>
    public JournalStore(Journal journal, TimeProvider time)
    {
        (_journal, _time, _started) = (journal, time, time.GetTimestamp());
        _process = ++journal.Process;
    }

    public event Action<QueueChange>? Changed;

    public QueueOverview Overview
    {
        get
        {
            using (Enter())
            {
                var connectors = Leasable.GroupBy(page => page.Connector, StringComparer.OrdinalIgnoreCase);
                return new QueueOverview(Known.Count(), [.. connectors.Select(group => Backlog(group.Key, [.. group]))]);
            }
        }
    }

    private IEnumerable<Page> Known => _journal.Pages.Values.Where(page => page.SetAside is null && _known.ContainsKey(page.Id));

    private IEnumerable<Page> Leasable => Known.Where(page => page.InHandOf is null && !page.State.Held);

    private TimeSpan Running => _time.GetElapsedTime(_started);

    public async ValueTask<StoreContents> LoadAsync(Func<CrashedEntry, CrashDecision> decide, CancellationToken cancellationToken)
    {
        using var gate = await EnterAsync(cancellationToken);
        Page[] found = [.. _journal.Pages.Values.Where(page => page.SetAside is null && !_known.ContainsKey(page.Id))];
        foreach (var page in found)
            Find(page, decide);
        List<QueueChange> changes = [.. found.Select(page => new QueueChange(page.Connector, IsRetryWanted: false)).Distinct()];
        foreach (var (id, isRetryWanted) in _journal.Notices)
        {
            if (!_known.TryGetValue(id, out var memory) || !_journal.Pages.TryGetValue(id, out var page))
                continue;
            memory.Due = _time.GetUtcNow();
            changes.Add(new QueueChange(page.Connector, isRetryWanted));
        }
        _journal.Notices.Clear();
        // A clock that was ahead does not name what comes (SE-4).
        var accepted = Known.Select(page => page.SubmissionId.AcceptedAt).Where(at => at <= _time.GetUtcNow().AddMinutes(1));
        var contents = new StoreContents(found.Length, accepted.DefaultIfEmpty(DateTimeOffset.MinValue).Max());
        gate.Dispose();
        changes.ForEach(change => Changed?.Invoke(change));
        return contents;
    }

    public async ValueTask AddAsync(IReadOnlyList<QueueEntry> entries, CancellationToken cancellationToken)
    {
        var pages = new List<Page>();
        foreach (var entry in entries)
            pages.Add(await Page.OfAsync(entry, cancellationToken));
        using (await EnterAsync(cancellationToken))
        {
            foreach (var (page, entry) in pages.Zip(entries))
                Store(page, entry.IsTried);
        }
        Tell(entries);
    }

    public async ValueTask<StoredSubmission?> FindSubmissionAsync(UInt128 key, CancellationToken cancellationToken)
    {
        using var gate = await EnterAsync(cancellationToken);
        Page[] pages = [.. Known.Where(page => page.SubmissionId.Key == key)];
        return pages is [var first, ..]
            ? new StoredSubmission(first.SubmissionId, [.. pages.SelectMany(page => page.Envelope.Recipients)])
            : null;
    }

    public async IAsyncEnumerable<IQueueLease> LeaseAsync(LeaseQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            Lease? lease = null;
            using (await EnterAsync(cancellationToken))
            {
                if (Choose(query).FirstOrDefault(page => !seen.Contains(page.Id)) is not { } page)
                    yield break;
                seen.Add(page.Id);
                if (query.IsWanted?.Invoke(page.ToSnapshot()) ?? true)
                    lease = Begin(page);
            }
            if (lease is not null)
                yield return lease;
        }
    }

    public async ValueTask<LeaseResult> LeaseAsync(string id, CancellationToken cancellationToken)
    {
        using var gate = await EnterAsync(cancellationToken);
        if (!_journal.Pages.TryGetValue(id, out var page))
            return default;
        return page.InHandOf == _process ? new LeaseResult(null, IsBusy: true) : new LeaseResult(Begin(page), IsBusy: false);
    }

    public async ValueTask<bool> PutBackAsync(string id, Func<DeliveryState, DeliveryState> state, CancellationToken cancellationToken)
    {
        using var gate = await EnterAsync(cancellationToken);
        if (!_journal.Pages.TryGetValue(id, out var page) || page.SetAside is null)
            return false;
        page.State = state(page.State);
        (page.SetAside, page.Reason, page.IsSuspect, page.Deaths) = (null, null, false, 0);
        _known.Remove(id);
        return true;
    }

    public async IAsyncEnumerable<EntrySnapshot> ListAsync(
        string? connector, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EntrySnapshot[] all;
        using (await EnterAsync(cancellationToken))
        {
            all =
            [
                .. _journal.Pages.Values
                    .Where(page => connector is null || page.Connector.Equals(connector, StringComparison.OrdinalIgnoreCase))
                    .OrderBy(page => page.Connector, StringComparer.OrdinalIgnoreCase).ThenBy(page => page.SubmissionId.AcceptedAt)
                    .Select(page => page.ToSnapshot()),
            ];
        }
        foreach (var entry in all)
            yield return entry;
    }

    public async ValueTask<EntrySnapshot?> FindAsync(string id, CancellationToken cancellationToken)
    {
        using var gate = await EnterAsync(cancellationToken);
        return _journal.Pages.GetValueOrDefault(id)?.ToSnapshot();
    }

    public async ValueTask NotifyAsync(string id, bool isRetryWanted, CancellationToken cancellationToken)
    {
        using var gate = await EnterAsync(cancellationToken);
        _journal.Notices.Add((id, isRetryWanted));
    }

    public async ValueTask LimitDueAsync(DateTimeOffset latest, CancellationToken cancellationToken)
    {
        using var gate = await EnterAsync(cancellationToken);
        foreach (var memory in _known.Values.Where(memory => memory.Due > latest))
            memory.Due = latest;
    }

    private Gate Enter()
    {
        _journal.Gate.Wait();
        return new Gate(_journal.Gate);
    }

    private async ValueTask<Gate> EnterAsync(CancellationToken cancellationToken)
    {
        await _journal.Gate.WaitAsync(cancellationToken);
        return new Gate(_journal.Gate);
    }

    private void Tell(IEnumerable<QueueEntry> entries)
    {
        foreach (var entry in entries)
            Changed?.Invoke(new QueueChange(entry.Connector, IsRetryWanted: false));
    }

    private void Store(Page page, bool isTried)
    {
        if (_journal.Pages.TryAdd(page.Id, page))
            _known[page.Id] = new Memory { Due = Earlier(page.SubmissionId.AcceptedAt, _time.GetUtcNow()), IsTried = isTried };
    }

    private void Find(Page page, Func<CrashedEntry, CrashDecision> decide)
    {
        var memory = _known[page.Id] = new Memory { Due = Earlier(page.SubmissionId.AcceptedAt, _time.GetUtcNow()) };
        if (page.InHandOf is null || page.InHandOf == _process)
            return;
        (page.InHandOf, page.IsSuspect, page.Deaths) = (null, true, page.Deaths + 1);
        if (page.Deaths > 1 && Running < Quiet)
            memory.Due = _time.GetUtcNow() + (Quiet - Running);
        if (!page.IsAlone)
            return;
        page.IsAlone = false;
        var decision = decide(new CrashedEntry(page.Id, page.Connector, page.SubmissionId, page.State));
        if (decision.SetAside is null)
            page.State = decision.State;
        else
            (page.SetAside, page.Reason) = (SetAsideKind.Poison, decision.SetAside);
    }

    private Lease Begin(Page page)
    {
        Page[] others = [.. _journal.Pages.Values.Where(other => other.InHandOf == _process)];
        foreach (var other in others)
            other.IsAlone = false;
        (page.InHandOf, page.IsAlone) = (_process, page.IsSuspectNow && others.Length == 0 && Running >= Quiet);
        return new Lease(this, page, _known.GetValueOrDefault(page.Id) ?? new Memory());
    }

    private IEnumerable<Page> Choose(LeaseQuery query)
    {
        var all = Leasable.Where(page => page.IsSuspectNow == (query.Kind == LeaseKind.Suspect));
        if (query.Kind == LeaseKind.Submission)
            return all.Where(page => page.SubmissionId == query.Submission && page.Id != query.Except);
        all = all.Where(page => page.Connector.Equals(query.Connector, StringComparison.OrdinalIgnoreCase));
        return query.Kind switch
        {
            LeaseKind.Due or LeaseKind.Suspect =>
                all.Where(page => DueOf(page) <= query.DueBy).OrderBy(DueOf).ThenBy(page => page.SubmissionId.AcceptedAt),
            LeaseKind.Old => all.Where(page => IsCounted(page, query.Age) && CountsFrom(page) <= query.AcceptedBy).OrderBy(CountsFrom),
            _ => all,
        };
    }

    private bool IsCounted(Page page, QueueAge age) =>
        (!age.HasFlag(QueueAge.DelayNotReported) || !page.State.DelayReported)
        && (!age.HasFlag(QueueAge.Tried) || _known[page.Id].IsTried)
        && (!age.HasFlag(QueueAge.Untried) || !_known[page.Id].IsTried);

    private DateTimeOffset DueOf(Page page) => _known[page.Id].Due;

    // An entry whose time is yet to come is as old as one of now (SE-4).
    private DateTimeOffset CountsFrom(Page page) => Earlier(page.SubmissionId.AcceptedAt, _time.GetUtcNow());

    private ConnectorBacklog Backlog(string connector, Page[] pages)
    {
        Page[] usual = [.. pages.Where(page => !page.IsSuspectNow)], suspects = [.. pages.Where(page => page.IsSuspectNow)];
        return new ConnectorBacklog
        {
            Connector = connector,
            Count = pages.Length,
            NextDue = usual.Min(page => (DateTimeOffset?)DueOf(page)),
            NextSuspect = suspects.Min(page => (DateTimeOffset?)DueOf(page)),
            Oldest = Oldest(usual, QueueAge.All),
            OldestTried = Oldest(usual, QueueAge.Tried),
            OldestNotReported = Oldest(usual, QueueAge.DelayNotReported),
            OldestTriedNotReported = Oldest(usual, QueueAge.Tried | QueueAge.DelayNotReported),
            OldestSuspect = Oldest(suspects, QueueAge.All),
        };
    }

    private DateTimeOffset? Oldest(Page[] pages, QueueAge age) =>
        pages.Where(page => IsCounted(page, age)).Min(page => (DateTimeOffset?)CountsFrom(page));

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private sealed class Gate(SemaphoreSlim semaphore) : IDisposable
    {
        private bool _isLeft;

        public void Dispose()
        {
            if (!_isLeft)
                semaphore.Release();
            _isLeft = true;
        }
    }

    private sealed class Memory
    {
        public DateTimeOffset Due { get; set; }

        public bool IsTried { get; set; }
    }

    private sealed class Lease : IQueueLease
    {
        private readonly JournalStore _store;
        private readonly Page _page;
        private readonly Memory _memory;
        private bool _hasEnded;

        public Lease(JournalStore store, Page page, Memory memory)
        {
            (_store, _page, _memory) = (store, page, memory);
            Entry = page.ToSnapshot();
            Content = ForeignConnector.Lib.Mail.EnvelopeBlock.DropFile.FromOctets(page.Message).Content;
            CountsFrom = store.CountsFrom(page);
            (Due, IsTried, IsSuspect) = (memory.Due, memory.IsTried, page.IsSuspectNow);
        }

        public EntrySnapshot Entry { get; }

        public MessageContent Content { get; }

        public DateTimeOffset ExpiresAt => DateTimeOffset.MaxValue;

        public DateTimeOffset CountsFrom { get; }

        public DateTimeOffset Due { get; set; }

        public bool IsTried { get; set; }

        public bool IsSuspect { get; set; }

        private bool IsMine => !_hasEnded && _store._journal.Process == _store._process;

        public async ValueTask RenewAsync(CancellationToken cancellationToken) => (await EnterAsync(cancellationToken)).Dispose();

        public async ValueTask SaveAsync(DeliveryState state, CancellationToken cancellationToken)
        {
            using var gate = await EnterAsync(cancellationToken);
            _page.State = state;
        }

        public async ValueTask<ImmutableArray<EnvelopeRecipient>> MoveAsync(
            IReadOnlyList<QueueEntry> entries, Func<ImmutableArray<EnvelopeRecipient>, DeliveryState> after,
            CancellationToken cancellationToken)
        {
            var (moved, stored) = (ImmutableArray.CreateBuilder<EnvelopeRecipient>(), new List<QueueEntry>());
            using (await EnterAsync(cancellationToken))
            {
                var held = HeldByOthers();
                var pages = new List<Page>();
                foreach (var entry in entries)
                {
                    ImmutableArray<EnvelopeRecipient> rest =
                        [.. entry.Item.Envelope.Recipients.Where(recipient => !held.Remove(recipient))];
                    if (!rest.IsEmpty)
                    {
                        var next = entry.For(rest);
                        // They have left an entry of that name that is not removed yet.
                        if (_store._journal.Pages.ContainsKey(Page.IdOf(next)))
                            continue;
                        pages.Add(await Page.OfAsync(next, cancellationToken));
                        stored.Add(next);
                    }
                    moved.AddRange(entry.Item.Envelope.Recipients);
                }
                if (moved.Count > 0)
                    _page.State = after(moved.ToImmutable());
                foreach (var (page, entry) in pages.Zip(stored))
                    _store.Store(page, entry.IsTried);
            }
            _store.Tell(stored);
            return moved.ToImmutable();
        }

        public async ValueTask RemoveAsync(CancellationToken cancellationToken)
        {
            using var gate = await EnterAsync(cancellationToken);
            _hasEnded = true;
            _store._journal.Pages.Remove(_page.Id);
            _store._known.Remove(_page.Id);
        }

        public async ValueTask SetAsideAsync(SetAsideKind kind, string reason, CancellationToken cancellationToken)
        {
            using var gate = await EnterAsync(cancellationToken);
            (_page.SetAside, _page.Reason) = (kind, reason);
        }

        public async ValueTask DisposeAsync()
        {
            using var gate = await _store.EnterAsync(CancellationToken.None);
            if (!IsMine)
                return;
            _hasEnded = true;
            (_memory.Due, _memory.IsTried) = (Due, IsTried);
            (_page.InHandOf, _page.IsAlone, _page.IsSuspect) = (null, false, IsSuspect);
            if (!IsSuspect)
                _page.Deaths = 0;
        }

        // Recipients that other entries of the submission have and did not move on; one that two of them have is there twice.
        private List<EnvelopeRecipient> HeldByOthers() =>
        [
            .. _store.Known.Where(other => other != _page && other.SubmissionId.Key == Entry.Submission.Key)
                .SelectMany(other => other.Envelope.Recipients.Where(
                    (_, i) => !other.State.Recipients.Any(recipient => recipient.Index == i && recipient.Moved))),
        ];

        private async ValueTask<Gate> EnterAsync(CancellationToken cancellationToken)
        {
            var gate = await _store.EnterAsync(cancellationToken);
            if (IsMine)
                return gate;
            gate.Dispose();
            throw new LeaseLostException();
        }
    }
}
