using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// What the index remembers of an entry: as little as possible, since there may be a million. Its name follows from it. Changed under the index's lock alone.
/// </summary>
internal sealed class QueuedEntry
{
    /// <summary>An entry that is due since it was accepted.</summary>
    /// <param name="id">The submission.</param>
    /// <param name="mark">See <see cref="QueueEntryName"/>.</param>
    /// <param name="connector">The connector.</param>
    /// <param name="folder">The folder it is in; one string for all entries of the folder.</param>
    public QueuedEntry(SubmissionId id, ulong mark, string connector, string folder)
    {
        (Key, Mark, AcceptedTicks, DueTicks, Connector, Folder) = (id.Key, mark, id.AcceptedAt.UtcTicks, id.AcceptedAt.UtcTicks, connector, folder);
    }

    private QueuedEntry(long dueTicks, bool isDelayReported, long acceptedTicks, UInt128 key, ulong mark, sbyte side)
    {
        (DueTicks, IsDelayReported, AcceptedTicks, Key, Mark, Side) = (dueTicks, isDelayReported, acceptedTicks, key, mark, side);
        Connector = Folder = "";
    }

    public UInt128 Key { get; }

    public ulong Mark { get; }

    public long AcceptedTicks { get; }

    public long DueTicks { get; set; }

    public string Connector { get; }

    public string Folder { get; }

    /// <summary>The next entry of the same submission.</summary>
    public QueuedEntry? Sibling { get; set; }

    /// <summary>What could not be written down; the next lease begins with it.</summary>
    public QueueEntryState? Unsaved { get; set; }

    public bool IsDelayReported { get; set; }

    /// <summary>A process died while it worked on this; it is given out alone (ND-4).</summary>
    public bool IsSuspect { get; set; }

    /// <summary>An administrator holds it; it is not given out.</summary>
    public bool IsHeld { get; set; }

    /// <summary>0; a place just before an entry is -1, one just after it 1.</summary>
    public sbyte Side { get; }

    public SubmissionId Id => new(new DateTimeOffset(AcceptedTicks, TimeSpan.Zero), Key);

    public string Name => QueueEntryName.Format(Id, Mark);

    /// <summary>The place just after an entry, in either order, for a search.</summary>
    public static QueuedEntry After(QueuedEntry entry) =>
        new(entry.DueTicks, entry.IsDelayReported, entry.AcceptedTicks, entry.Key, entry.Mark, side: 1);

    /// <summary>The place after everything that is due by a time.</summary>
    public static QueuedEntry EndOfDue(DateTimeOffset by) => new(by.UtcTicks, true, long.MaxValue, UInt128.MaxValue, ulong.MaxValue, side: 1);

    /// <summary>The place before everything of one kind that was accepted since a time.</summary>
    public static QueuedEntry StartOfAge(bool isDelayReported) => new(0, isDelayReported, 0, UInt128.Zero, 0, side: -1);

    /// <summary>The place after everything of one kind that was accepted by a time.</summary>
    public static QueuedEntry EndOfAge(bool isDelayReported, DateTimeOffset by) => new(0, isDelayReported, by.UtcTicks, UInt128.MaxValue, ulong.MaxValue, side: 1);
}
