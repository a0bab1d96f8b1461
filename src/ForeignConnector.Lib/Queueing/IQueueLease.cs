using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// The right to work on one entry of a store. Disposing gives the entry back, with <see cref="Due"/>, <see cref="IsTried"/> and
/// <see cref="IsSuspect"/> as they are then; none of these is written down. One caller at a time, but
/// for <see cref="RenewAsync"/>, which may come beside any other call.
/// </summary>
/// <remarks>
/// A lease that ran out, or was disposed, saves nothing any more: its methods throw <see cref="LeaseLostException"/>, and its end changes
/// nothing.
/// </remarks>
public interface IQueueLease : IAsyncDisposable
{
    /// <summary>The entry as it was when the lease began.</summary>
    EntrySnapshot Entry { get; }

    /// <summary>
    /// The message, valid until the lease is disposed. One that lies as a file in the form of a Drop directory, and of which every
    /// recipient waits, is a <see cref="Storage.Publishing.PreparedContent"/>: then a delivery to a Drop directory is a rename.
    /// </summary>
    MessageContent Content { get; }

    /// <summary>
    /// When the lease runs out unless it is renewed. <see cref="DateTimeOffset.MaxValue"/> for one that ends with the process.
    /// </summary>
    DateTimeOffset ExpiresAt { get; }

    /// <summary>
    /// When the entry counts as accepted, for its age: it is as old as both the clock and the store's own counting say (SE-4).
    /// </summary>
    DateTimeOffset CountsFrom { get; }

    /// <summary>When the entry is due again after the lease. Begins as when it was due.</summary>
    DateTimeOffset Due { get; set; }

    /// <summary>
    /// True when delivery was tried, or found impossible for want of a connector, since this process began: before that a message is not
    /// given up (ND-8). The store remembers it as long as it lives.
    /// </summary>
    bool IsTried { get; set; }

    /// <summary>True when a process died while it worked on the entry, and nobody has taken that from it since (ND-4).</summary>
    bool IsSuspect { get; set; }

    /// <summary>Puts the end of the lease off.</summary>
    ValueTask RenewAsync(CancellationToken cancellationToken);

    /// <summary>Saves the state; durable when it returns if <see cref="DeliveryState.MustSurvive"/>, otherwise soon.</summary>
    ValueTask SaveAsync(DeliveryState state, CancellationToken cancellationToken);

    /// <summary>
    /// Stores other entries of the submission and saves the state that says so, as one durable step (RT-8): whatever it breaks off at, and
    /// whatever becomes of the process, nobody gets the message twice or not at all (RT-5). Recipients that another entry holds already,
    /// and did not move on, are not stored again.
    /// </summary>
    /// <param name="entries">The new entries. Their recipients are some that wait in this one.</param>
    /// <param name="after">Gets the recipients that move and gives the state after that.</param>
    /// <param name="cancellationToken">Nothing has moved when it ends the call.</param>
    /// <returns>The recipients that moved; others cannot be moved now.</returns>
    ValueTask<ImmutableArray<EnvelopeRecipient>> MoveAsync(
        IReadOnlyList<QueueEntry> entries, Func<ImmutableArray<EnvelopeRecipient>, DeliveryState> after,
        CancellationToken cancellationToken);

    /// <summary>
    /// Removes the entry. When this fails the entry is still there, with its state; when the process dies right after it, it may be, with a
    /// state that was saved before.
    /// </summary>
    ValueTask RemoveAsync(CancellationToken cancellationToken);

    /// <summary>Sets the entry aside, where no query finds it, with a reason that people can read. Its state stays.</summary>
    ValueTask SetAsideAsync(SetAsideKind kind, string reason, CancellationToken cancellationToken);
}

/// <summary>Why an entry is set aside.</summary>
public enum SetAsideKind
{
    /// <summary>It failed, and nobody could be told; or it cannot be read.</summary>
    Failed,

    /// <summary>Processes died while they worked on it (ND-4).</summary>
    Poison,
}

/// <summary>A lease that ran out or has ended cannot be used: somebody else may work on the entry.</summary>
public sealed class LeaseLostException : InvalidOperationException
{
    /// <summary>With the text "the lease has ended".</summary>
    public LeaseLostException()
        : base("the lease has ended")
    {
    }

    /// <summary>With another text.</summary>
    public LeaseLostException(string message)
        : base(message)
    {
    }

    /// <summary>With another text and the cause.</summary>
    public LeaseLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
