using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// What the index remembers of an entry: as little as possible, since there may be a million. Its name follows from it. Changed under the
/// index's lock alone.
/// </summary>
internal sealed class IndexedEntry
{
    /// <summary>An entry that is due since it was accepted.</summary>
    /// <param name="id">The submission.</param>
    /// <param name="mark">See <see cref="QueueFileName"/>.</param>
    /// <param name="connector">The connector.</param>
    /// <param name="folder">The folder it is in; one string for all entries of the folder.</param>
    public IndexedEntry(SubmissionId id, ulong mark, string connector, string folder)
    {
        (Key, Mark, AcceptedTicks, DueTicks, Connector, Folder) =
            (id.Key, mark, id.AcceptedAt.UtcTicks, id.AcceptedAt.UtcTicks, connector, folder);
    }

    // A place for a search.
    private IndexedEntry(long acceptedTicks, UInt128 key, ulong mark, sbyte side)
    {
        (AcceptedTicks, Key, Mark, Side) = (acceptedTicks, key, mark, side);
        Connector = Folder = "";
    }

    /// <summary>The order by when entries are due, then by acceptance.</summary>
    public static IComparer<IndexedEntry> ByDue { get; } = Comparer<IndexedEntry>.Create((a, b) =>
    {
        var order = a.DueTicks.CompareTo(b.DueTicks);
        return order != 0 ? order : ByAcceptance(a, b);
    });

    /// <summary>
    /// The order by kind, each kind by age. An entry only ever changes to an earlier kind, so that an enumeration meets none twice.
    /// </summary>
    public static IComparer<IndexedEntry> ByAge { get; } = Comparer<IndexedEntry>.Create((a, b) =>
    {
        var order = a.AgeKind.CompareTo(b.AgeKind);
        if (order == 0)
            order = a.AgeTicks.CompareTo(b.AgeTicks);
        return order != 0 ? order : ByAcceptance(a, b);
    });

    public UInt128 Key { get; }

    public ulong Mark { get; }

    public long AcceptedTicks { get; }

    public long DueTicks { get; set; }

    /// <summary>From when its age counts, in ticks of the time that this process has seen (SE-4).</summary>
    public long AgeTicks { get; set; }

    public string Connector { get; }

    public string Folder { get; }

    /// <summary>The next entry of the same submission.</summary>
    public IndexedEntry? Sibling { get; set; }

    public bool IsDelayReported { get; set; }

    /// <summary>See <see cref="IQueueLease.IsTried"/>.</summary>
    public bool IsTried { get; set; }

    /// <summary>A process died while it worked on this; it waits for the others (ND-4).</summary>
    public bool IsSuspect { get; set; }

    /// <summary>An administrator holds it; it is not given out.</summary>
    public bool IsHeld { get; set; }

    /// <summary>0; a place just before an entry is -1, one just after it 1.</summary>
    public sbyte Side { get; }

    /// <summary>0 to 3: those that were told of and tried first.</summary>
    public int AgeKind => KindOf(IsDelayReported, IsTried);

    public SubmissionId Id => new(new DateTimeOffset(AcceptedTicks, TimeSpan.Zero), Key);

    public string Name => QueueFileName.Format(Id, Mark);

    public static int KindOf(bool isDelayReported, bool isTried) => (isDelayReported ? 0 : 2) + (isTried ? 0 : 1);

    /// <summary>The place just after an entry, in either order, for a search.</summary>
    public static IndexedEntry After(IndexedEntry entry) => new(entry.AcceptedTicks, entry.Key, entry.Mark, side: 1)
    {
        DueTicks = entry.DueTicks,
        AgeTicks = entry.AgeTicks,
        IsDelayReported = entry.IsDelayReported,
        IsTried = entry.IsTried,
    };

    /// <summary>The place after everything that is due by a time.</summary>
    public static IndexedEntry EndOfDue(DateTimeOffset by) =>
        new(long.MaxValue, UInt128.MaxValue, ulong.MaxValue, side: 1) { DueTicks = by.UtcTicks };

    /// <summary>The place before everything of one kind.</summary>
    public static IndexedEntry StartOfAge(int kind) => OfKind(new(0, UInt128.Zero, 0, side: -1) { AgeTicks = long.MinValue }, kind);

    /// <summary>The place after everything of one kind that is as old as that.</summary>
    public static IndexedEntry EndOfAge(int kind, long ageTicks) =>
        OfKind(new(long.MaxValue, UInt128.MaxValue, ulong.MaxValue, side: 1) { AgeTicks = ageTicks }, kind);

    private static IndexedEntry OfKind(IndexedEntry place, int kind)
    {
        (place.IsDelayReported, place.IsTried) = (kind < 2, kind % 2 == 0);
        return place;
    }

    // What keeps any two entries apart.
    private static int ByAcceptance(IndexedEntry a, IndexedEntry b)
    {
        var order = a.AcceptedTicks.CompareTo(b.AcceptedTicks);
        if (order == 0)
            order = a.Key.CompareTo(b.Key);
        if (order == 0)
            order = a.Mark.CompareTo(b.Mark);
        return order == 0 ? a.Side.CompareTo(b.Side) : order;
    }
}
