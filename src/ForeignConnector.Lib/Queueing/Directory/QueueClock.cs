namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// Reads the clock, and beside it how much time this process has seen, which no change of the clock touches (SE-4). Thread-safe.
/// </summary>
internal sealed class QueueClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public QueueNow Now => new(time.GetUtcNow().UtcTicks, Steady);

    /// <summary>Ticks since the process began.</summary>
    public long Steady => time.GetElapsedTime(_start).Ticks;
}

/// <summary>One moment by both clocks, in ticks.</summary>
/// <param name="Wall">By the clock.</param>
/// <param name="Steady">By what the process has seen; an age that began before it did counts below zero.</param>
internal readonly record struct QueueNow(long Wall, long Steady)
{
    /// <summary>From when the age of a message counts that becomes known now. A time that is still to come says nothing.</summary>
    public long AgeOf(DateTimeOffset acceptedAt) => Steady - Math.Max(0, Wall - acceptedAt.UtcTicks);

    /// <summary>When an entry counts as accepted: it is as old as the younger of its two ages.</summary>
    public DateTimeOffset CountsFrom(IndexedEntry entry)
    {
        var seen = Wall - (Steady - entry.AgeTicks);
        return new DateTimeOffset(entry.AcceptedTicks > Wall ? seen : Math.Max(seen, entry.AcceptedTicks), TimeSpan.Zero);
    }

    /// <summary>The steady ticks by which an entry's age begins when the entry is as old as one that was accepted at a time.</summary>
    public long SteadyBy(DateTimeOffset acceptedBy) => Steady - (Wall - acceptedBy.UtcTicks);

    /// <summary>True when the clock says that an entry was accepted by a time. An acceptance that is still to come says nothing.</summary>
    public bool IsAcceptedBy(DateTimeOffset acceptedBy, IndexedEntry entry) =>
        entry.AcceptedTicks > Wall || entry.AcceptedTicks <= acceptedBy.UtcTicks;
}
