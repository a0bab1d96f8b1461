using static ForeignConnector.Lib.Queueing.ConnectorBacklog;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// The entries of one connector that can be taken, in both orders, and apart from them the suspects; finding the next one takes a time that
/// hardly grows with their number. Not thread-safe.
/// </summary>
internal sealed class ConnectorIndex
{
    private const int Kinds = 4;

    private readonly SortedSet<IndexedEntry> _byDue = new(IndexedEntry.ByDue);
    private readonly SortedSet<IndexedEntry> _byAge = new(IndexedEntry.ByAge);
    private readonly SortedSet<IndexedEntry> _suspects = new(IndexedEntry.ByDue);

    public int Count => _byDue.Count + _suspects.Count;

    public void Add(IndexedEntry entry)
    {
        if (entry.IsSuspect)
        {
            _suspects.Add(entry);
            return;
        }
        _byDue.Add(entry);
        _byAge.Add(entry);
    }

    public bool Contains(IndexedEntry entry) => entry.IsSuspect ? _suspects.Contains(entry) : _byDue.Contains(entry);

    public bool Remove(IndexedEntry entry) => entry.IsSuspect ? _suspects.Remove(entry) : _byDue.Remove(entry) && _byAge.Remove(entry);

    /// <summary>The first entry after a place that is due by a time.</summary>
    public IndexedEntry? FirstDue(IndexedEntry? after, DateTimeOffset by) => FirstDue(_byDue, after, by);

    /// <summary>The first suspect after a place that is due by a time.</summary>
    public IndexedEntry? FirstSuspect(IndexedEntry? after, DateTimeOffset by) => FirstDue(_suspects, after, by);

    /// <summary>The first entry after a place that counts as accepted by a time, by both clocks.</summary>
    public IndexedEntry? FirstOld(QueueAge age, IndexedEntry? after, QueueNow now, DateTimeOffset acceptedBy)
    {
        for (var kind = after?.AgeKind ?? 0; kind < Kinds; kind++)
        {
            if (!Counts(age, kind))
                continue;
            var (start, end) =
                (kind == after?.AgeKind ? after : IndexedEntry.StartOfAge(kind), IndexedEntry.EndOfAge(kind, now.SteadyBy(acceptedBy)));
            if (IndexedEntry.ByAge.Compare(start, end) > 0)
                continue;
            foreach (var entry in _byAge.GetViewBetween(start, end))
            {
                if (now.IsAcceptedBy(acceptedBy, entry))
                    return entry;
            }
        }
        return null;
    }

    /// <summary>The counts and times of the entries here.</summary>
    public ConnectorBacklog Backlog(string connector, QueueNow now)
    {
        Span<DateTimeOffset?> oldest = stackalloc DateTimeOffset?[Kinds];
        for (var kind = 0; kind < Kinds; kind++)
        {
            var first = _byAge.GetViewBetween(IndexedEntry.StartOfAge(kind), IndexedEntry.EndOfAge(kind, long.MaxValue)).Min;
            oldest[kind] = first is null ? null : now.CountsFrom(first);
        }
        DateTimeOffset? oldestSuspect = null;
        foreach (var suspect in _suspects)
            oldestSuspect = Earlier(oldestSuspect, now.CountsFrom(suspect));
        return new ConnectorBacklog
        {
            Connector = connector,
            Count = Count,
            NextDue = Due(_byDue.Min),
            NextSuspect = Due(_suspects.Min),
            Oldest = Earlier(Earlier(oldest[0], oldest[1]), Earlier(oldest[2], oldest[3])),
            OldestTried = Earlier(oldest[0], oldest[2]),
            OldestNotReported = Earlier(oldest[2], oldest[3]),
            OldestTriedNotReported = oldest[2],
            OldestSuspect = oldestSuspect,
        };
    }

    /// <summary>Makes entries that are due after a time due at that time.</summary>
    public void LimitDue(DateTimeOffset latest)
    {
        LimitDue(_byDue, latest);
        LimitDue(_suspects, latest);
    }

    private static void LimitDue(SortedSet<IndexedEntry> set, DateTimeOffset latest)
    {
        while (set.Max is { } last && last.DueTicks > latest.UtcTicks)
        {
            set.Remove(last);
            last.DueTicks = latest.UtcTicks;
            set.Add(last);
        }
    }

    private static DateTimeOffset? Due(IndexedEntry? entry) => entry is null ? null : new DateTimeOffset(entry.DueTicks, TimeSpan.Zero);

    private static bool Counts(QueueAge age, int kind) =>
        (!age.HasFlag(QueueAge.DelayNotReported) || kind >= 2) && (!age.HasFlag(QueueAge.Tried) || kind % 2 == 0)
            && (!age.HasFlag(QueueAge.Untried) || kind % 2 == 1);

    private static IndexedEntry? FirstDue(SortedSet<IndexedEntry> set, IndexedEntry? after, DateTimeOffset by)
    {
        var end = IndexedEntry.EndOfDue(by);
        if (after is null)
            return set.Min is { } first && IndexedEntry.ByDue.Compare(first, end) <= 0 ? first : null;
        return IndexedEntry.ByDue.Compare(after, end) <= 0 ? set.GetViewBetween(after, end).Min : null;
    }
}
