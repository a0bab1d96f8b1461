using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

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
