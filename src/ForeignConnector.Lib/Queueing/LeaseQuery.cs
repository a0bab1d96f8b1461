using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>Which entries of a store are wanted, and in which order. Immutable.</summary>
public sealed record LeaseQuery
{
    private LeaseQuery()
    {
    }

    /// <summary>What decides.</summary>
    public LeaseKind Kind { get; private init; }

    /// <summary>
    /// The connector, without case; empty is <see cref="DeliveryQueue.Unreachable"/>. Does not matter for
    /// <see cref="LeaseKind.Submission"/>.
    /// </summary>
    public string Connector { get; private init; } = "";

    /// <summary>For <see cref="LeaseKind.Due"/> and <see cref="LeaseKind.Suspect"/>: only entries due then or earlier.</summary>
    public DateTimeOffset DueBy { get; private init; } = DateTimeOffset.MaxValue;

    /// <summary>
    /// For <see cref="LeaseKind.Old"/>: only entries that count as accepted then or earlier (<see cref="IQueueLease.CountsFrom"/>).
    /// </summary>
    public DateTimeOffset AcceptedBy { get; private init; } = DateTimeOffset.MaxValue;

    /// <summary>For <see cref="LeaseKind.Old"/>: which entries count.</summary>
    public QueueAge Age { get; private init; }

    /// <summary>
    /// For <see cref="LeaseKind.Chosen"/>: asked about each entry, whose envelope is known. A store that can asks without a lease, so that
    /// no delivery waits for the question.
    /// </summary>
    public Func<EntrySnapshot, bool>? IsWanted { get; private init; }

    /// <summary>For <see cref="LeaseKind.Submission"/>: the submission, its time included.</summary>
    public SubmissionId Submission { get; private init; }

    /// <summary>For <see cref="LeaseKind.Submission"/>: the entry that is not wanted.</summary>
    public string? Except { get; private init; }

    /// <summary>What is due, by when it is due, then by acceptance. No suspects.</summary>
    /// <param name="connector">The connector, or <see cref="DeliveryQueue.Unreachable"/>.</param>
    /// <param name="dueBy">Only entries due then or earlier; <see cref="DateTimeOffset.MaxValue"/> is all.</param>
    public static LeaseQuery Due(string connector, DateTimeOffset dueBy) =>
        new() { Kind = LeaseKind.Due, Connector = connector, DueBy = dueBy };

    /// <summary>As <see cref="Due"/>, but suspects alone (ND-4).</summary>
    public static LeaseQuery Suspects(string connector, DateTimeOffset dueBy) =>
        new() { Kind = LeaseKind.Suspect, Connector = connector, DueBy = dueBy };

    /// <summary>What is old, due or not. No suspects.</summary>
    /// <param name="connector">The connector, or <see cref="DeliveryQueue.Unreachable"/>.</param>
    /// <param name="age">Which entries count.</param>
    /// <param name="acceptedBy">Only entries that count as accepted then or earlier; <see cref="DateTimeOffset.MaxValue"/> is all.</param>
    public static LeaseQuery Old(string connector, QueueAge age, DateTimeOffset acceptedBy) =>
        new() { Kind = LeaseKind.Old, Connector = connector, Age = age, AcceptedBy = acceptedBy };

    /// <summary>What a question chooses, due or not. No suspects.</summary>
    /// <param name="connector">The connector, or <see cref="DeliveryQueue.Unreachable"/>.</param>
    /// <param name="isWanted">Asked about each entry.</param>
    public static LeaseQuery Chosen(string connector, Func<EntrySnapshot, bool> isWanted) =>
        new() { Kind = LeaseKind.Chosen, Connector = connector, IsWanted = isWanted };

    /// <summary>
    /// The other entries of a submission, whatever their connector, due or not; no suspects. Waits for nobody, and passes over what cannot
    /// be leased now.
    /// </summary>
    /// <param name="entry">The entry that is there.</param>
    public static LeaseQuery Beside(EntrySnapshot entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new() { Kind = LeaseKind.Submission, Connector = entry.Connector, Submission = entry.Submission, Except = entry.Id };
    }
}

/// <summary>What decides in a <see cref="LeaseQuery"/>.</summary>
public enum LeaseKind
{
    /// <summary>When entries are due.</summary>
    Due,

    /// <summary>The same, of suspects.</summary>
    Suspect,

    /// <summary>How old they are.</summary>
    Old,

    /// <summary>A question.</summary>
    Chosen,

    /// <summary>Their submission.</summary>
    Submission,
}

/// <summary>Which entries count when the oldest ones are asked for.</summary>
[Flags]
public enum QueueAge
{
    /// <summary>All of them.</summary>
    All = 0,

    /// <summary>Only those whose sender has not been told of a delay yet (<see cref="DeliveryState.DelayReported"/>).</summary>
    DelayNotReported = 1,

    /// <summary>Only those of which <see cref="IQueueLease.IsTried"/> holds: what may be given up (ND-8).</summary>
    Tried = 2,

    /// <summary>Only those of which it does not hold.</summary>
    Untried = 4,
}
