using System.Collections.Immutable;

namespace ForeignConnector.Lib.Queueing.Management;

/// <summary>A message in the queue as it was when it was looked at.</summary>
public sealed record QueuedMessage
{
    /// <summary>Names the entry: the name of its file without extension, and of the Drop file that it becomes.</summary>
    public required string Id { get; init; }

    /// <summary>The connector; empty for recipients that no connector takes.</summary>
    public required string Connector { get; init; }

    /// <summary>What it waits for.</summary>
    public required QueuedMessageStatus Status { get; init; }

    /// <summary>When the transport took it.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Octets of the queue file; the message and its envelope.</summary>
    public required long Size { get; init; }

    /// <summary>The envelope sender; empty is the null sender; null when the file cannot be read now.</summary>
    public string? Sender { get; init; }

    /// <summary>The recipients that the entry was made for, those that are settled included.</summary>
    public ImmutableArray<QueuedRecipient> Recipients { get; init; } = [];

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; init; }

    /// <summary>When the last attempt was; null before the first.</summary>
    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>When the next attempt is due at the earliest; null when it is not waiting for one.</summary>
    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>For <see cref="QueuedMessageStatus.Failed"/>, <see cref="QueuedMessageStatus.Poison"/> and <see cref="QueuedMessageStatus.Unreachable"/>, why.</summary>
    public string? Reason { get; init; }
}
