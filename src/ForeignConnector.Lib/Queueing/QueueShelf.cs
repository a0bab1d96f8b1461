using ForeignConnector.Lib.Diagnostics;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// The entries of one connector that can be taken, in both orders, and apart from them the suspects; finding the next one takes a time that hardly grows with their number. Not thread-safe.
/// </summary>
internal sealed class QueueShelf
{
    private const int Kinds = 4;

    private readonly SortedSet<QueuedEntry> _byDue = new(QueuedEntryOrder.ByDue);
    private readonly SortedSet<QueuedEntry> _byAge = new(QueuedEntryOrder.ByAge);
    private readonly SortedSet<QueuedEntry> _suspects = new(QueuedEntryOrder.ByDue);

    public int Count => _byDue.Count + _suspects.Count;

    public DateTimeOffset? NextDue => Due(_byDue.Min);

    public DateTimeOffset? NextSuspect => Due(_suspects.Min);

    public void Add(QueuedEntry entry)
    {
        if (entry.IsSuspect)
        {
            _suspects.Add(entry);
            return;
        }
        _byDue.Add(entry);
        _byAge.Add(entry);
    }

    public bool Remove(QueuedEntry entry) => entry.IsSuspect ? _suspects.Remove(entry) : _byDue.Remove(entry) && _byAge.Remove(entry);

    /// <summary>The first entry after a place that is due by a time.</summary>
    public QueuedEntry? FirstDue(QueuedEntry? after, DateTimeOffset by) => FirstDue(_byDue, after, by);

    /// <summary>The first suspect after a place that is due by a time.</summary>
    public QueuedEntry? FirstSuspect(QueuedEntry? after, DateTimeOffset by) => FirstDue(_suspects, after, by);

    /// <summary>The first entry after a place that is old enough.</summary>
    public QueuedEntry? FirstOld(QueueAge age, QueuedEntry? after, QueueAgeLimit limit)
    {
        for (var kind = after?.AgeKind ?? 0; kind < Kinds; kind++)
        {
            if (!Counts(age, kind))
                continue;
            var (start, end) = (kind == after?.AgeKind ? after : QueuedEntry.StartOfAge(kind), QueuedEntry.EndOfAge(kind, limit.SteadyBy));
            if (QueuedEntryOrder.ByAge.Compare(start, end) > 0)
                continue;
            foreach (var entry in _byAge.GetViewBetween(start, end))
            {
                if (limit.IncludesByClock(entry))
                    return entry;
            }
        }
        return null;
    }

    /// <summary>When the oldest entry counts as accepted.</summary>
    public DateTimeOffset? Oldest(QueueAge age, QueueNow now)
    {
        DateTimeOffset? oldest = null;
        for (var kind = 0; kind < Kinds; kind++)
        {
            if (Counts(age, kind) && _byAge.GetViewBetween(QueuedEntry.StartOfAge(kind), QueuedEntry.EndOfAge(kind, long.MaxValue)).Min is { } first
                && now.CountsFrom(first) is var accepted && (oldest is null || accepted < oldest))
                oldest = accepted;
        }
        return oldest;
    }

    /// <summary>What to say about it to people.</summary>
    public QueueLevel Level(string connector, QueueNow now)
    {
        var oldest = Oldest(QueueAge.All, now);
        foreach (var suspect in _suspects.Select(now.CountsFrom))
            oldest = oldest is null || suspect < oldest ? suspect : oldest;
        return new QueueLevel(connector, Count, oldest ?? new DateTimeOffset(now.Wall, TimeSpan.Zero));
    }

    /// <summary>Makes what is due later than a time due at that time.</summary>
    public void PullForward(DateTimeOffset latest)
    {
        PullForward(_byDue, latest);
        PullForward(_suspects, latest);
    }

    private static void PullForward(SortedSet<QueuedEntry> set, DateTimeOffset latest)
    {
        while (set.Max is { } last && last.DueTicks > latest.UtcTicks)
        {
            set.Remove(last);
            last.DueTicks = latest.UtcTicks;
            set.Add(last);
        }
    }

    private static DateTimeOffset? Due(QueuedEntry? entry) => entry is null ? null : new DateTimeOffset(entry.DueTicks, TimeSpan.Zero);

    private static bool Counts(QueueAge age, int kind) =>
        (!age.HasFlag(QueueAge.DelayNotReported) || kind >= 2) && (!age.HasFlag(QueueAge.Tried) || kind % 2 == 0) && (!age.HasFlag(QueueAge.Untried) || kind % 2 == 1);

    private static QueuedEntry? FirstDue(SortedSet<QueuedEntry> set, QueuedEntry? after, DateTimeOffset by)
    {
        var end = QueuedEntry.EndOfDue(by);
        if (after is null)
            return set.Min is { } first && QueuedEntryOrder.ByDue.Compare(first, end) <= 0 ? first : null;
        return QueuedEntryOrder.ByDue.Compare(after, end) <= 0 ? set.GetViewBetween(after, end).Min : null;
    }
}
