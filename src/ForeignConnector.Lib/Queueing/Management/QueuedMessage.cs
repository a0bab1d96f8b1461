using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Queueing.Management;

/// <summary>A message in the queue as it was when it was looked at.</summary>
public sealed record QueuedMessage
{
    /// <summary>Names the entry: in a directory the name of its file without extension, and of the Drop file that it becomes.</summary>
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

    /// <summary>
    /// For <see cref="QueuedMessageStatus.Failed"/>, <see cref="QueuedMessageStatus.Poison"/> and
    /// <see cref="QueuedMessageStatus.Unreachable"/>, why.
    /// </summary>
    public string? Reason { get; init; }

    internal static QueuedMessage Of(EntrySnapshot entry)
    {
        var (state, envelope) = (entry.State, entry.Envelope);
        var status = entry.SetAside switch
        {
            SetAsideKind.Failed => QueuedMessageStatus.Failed,
            SetAsideKind.Poison => QueuedMessageStatus.Poison,
            _ => Waiting(entry.Connector, state),
        };
        return new QueuedMessage
        {
            Id = entry.Id,
            Connector = entry.Connector,
            Status = status,
            AcceptedAt = entry.Submission.AcceptedAt,
            Size = entry.StoredLength,
            Sender = envelope?.Sender,
            Recipients = envelope is null ? [] : RecipientsOf(envelope, state),
            Attempts = state.Attempts,
            LastAttempt = state.LastAttempt,
            NextAttempt = status == QueuedMessageStatus.Retry ? state.NextAttempt : null,
            Reason = entry.SetAside is not null ? entry.Reason : status == QueuedMessageStatus.Unreachable ? WhyUnreachable(state) : null,
        };
    }

    private static string? WhyUnreachable(DeliveryState state)
    {
        var reasons = string.Join(' ', state.Recipients.Where(recipient => !recipient.IsFinal)
            .Select(recipient => $"{recipient.Status} {recipient.Text}").Distinct());
        return reasons.Length == 0 ? null : reasons;
    }

    private static QueuedMessageStatus Waiting(string connector, DeliveryState state) => (connector, state) switch
    {
        (_, { Held: true }) => QueuedMessageStatus.Held,
        (DeliveryQueue.Unreachable, _) => QueuedMessageStatus.Unreachable,
        (_, { Attempts: > 0 }) => QueuedMessageStatus.Retry,
        _ => QueuedMessageStatus.Ready,
    };

    private static ImmutableArray<QueuedRecipient> RecipientsOf(MailEnvelope envelope, DeliveryState state)
    {
        var known = state.Recipients.ToDictionary(recipient => recipient.Index);
        return
        [
            .. envelope.Recipients.Select((recipient, index) => known.TryGetValue(index, out var last)
                ? new QueuedRecipient(recipient.Address, last.Action, last.Status, last.Text)
                : new QueuedRecipient(recipient.Address, null, null, null)),
        ];
    }
}

/// <summary>One recipient of a queued message.</summary>
/// <param name="Address">The SMTP or IMCEA address.</param>
/// <param name="Action">What became of it so far; null before the first attempt.</param>
/// <param name="Status">The RFC 3463 code that goes with it; null before the first attempt.</param>
/// <param name="Text">The sentence that goes with it; null before the first attempt.</param>
public sealed record QueuedRecipient(string Address, RecipientAction? Action, string? Status, string? Text);

/// <summary>What a queued message waits for.</summary>
public enum QueuedMessageStatus
{
    /// <summary>Its first attempt.</summary>
    Ready,

    /// <summary>Another attempt: some recipients were deferred.</summary>
    Retry,

    /// <summary>A connector that takes its recipients (RT-4).</summary>
    Unreachable,

    /// <summary>Its release by an administrator.</summary>
    Held,

    /// <summary>A decision: it failed, and nobody could be told. Set aside as <c>.bad</c>.</summary>
    Failed,

    /// <summary>A decision: the process died while it was worked on (ND-4). Set aside as <c>.poison</c>.</summary>
    Poison,
}
