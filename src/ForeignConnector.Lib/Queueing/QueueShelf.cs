namespace ForeignConnector.Lib.Queueing;

/// <summary>The entries of one connector that can be taken, in both orders; finding the next one takes a time that hardly grows with their number. Not thread-safe.</summary>
internal sealed class QueueShelf
{
    private readonly SortedSet<QueuedEntry> _byDue = new(QueuedEntryOrder.ByDue);
    private readonly SortedSet<QueuedEntry> _byAge = new(QueuedEntryOrder.ByAge);

    public int Count => _byDue.Count;

    public DateTimeOffset? NextDue => _byDue.Min is { } first ? new DateTimeOffset(first.DueTicks, TimeSpan.Zero) : null;

    public void Add(QueuedEntry entry)
    {
        _byDue.Add(entry);
        _byAge.Add(entry);
    }

    public bool Remove(QueuedEntry entry) => _byDue.Remove(entry) && _byAge.Remove(entry);

    /// <summary>The first entry after a place that is due by a time.</summary>
    public QueuedEntry? FirstDue(QueuedEntry? after, DateTimeOffset by) => First(_byDue, after, QueuedEntry.EndOfDue(by), QueuedEntryOrder.ByDue);

    /// <summary>The first entry after a place that was accepted by a time.</summary>
    public QueuedEntry? FirstOld(QueueAge age, QueuedEntry? after, DateTimeOffset by)
    {
        var fresh = after is null or { IsDelayReported: false } ? FirstOld(isDelayReported: false, after, by) : null;
        if (age == QueueAge.DelayNotReported)
            return fresh;
        var told = FirstOld(isDelayReported: true, after is { IsDelayReported: true } ? after : null, by);
        return fresh ?? told;
    }

    /// <summary>When the oldest entry was accepted.</summary>
    public DateTimeOffset? Oldest(QueueAge age)
    {
        var fresh = FirstOld(isDelayReported: false, after: null, DateTimeOffset.MaxValue)?.Id.AcceptedAt;
        var told = age == QueueAge.All ? FirstOld(isDelayReported: true, after: null, DateTimeOffset.MaxValue)?.Id.AcceptedAt : null;
        return fresh is null || told < fresh ? told ?? fresh : fresh;
    }

    /// <summary>Makes what is due later than a time due at that time.</summary>
    public void PullForward(DateTimeOffset latest)
    {
        while (_byDue.Max is { } last && last.DueTicks > latest.UtcTicks)
        {
            _byDue.Remove(last);
            last.DueTicks = latest.UtcTicks;
            _byDue.Add(last);
        }
    }

    private QueuedEntry? FirstOld(bool isDelayReported, QueuedEntry? after, DateTimeOffset by) =>
        First(_byAge, after ?? QueuedEntry.StartOfAge(isDelayReported), QueuedEntry.EndOfAge(isDelayReported, by), QueuedEntryOrder.ByAge);

    private static QueuedEntry? First(SortedSet<QueuedEntry> set, QueuedEntry? after, QueuedEntry end, IComparer<QueuedEntry> order)
    {
        if (after is null)
            return set.Min is { } first && order.Compare(first, end) <= 0 ? first : null;
        return order.Compare(after, end) <= 0 ? set.GetViewBetween(after, end).Min : null;
    }
}
