using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>An entry of a store as it was when it was looked at. Immutable.</summary>
public sealed class EntrySnapshot
{
    /// <summary>Names the entry for good.</summary>
    public required string Id { get; init; }

    /// <summary>The connector, or <see cref="DeliveryQueue.Unreachable"/>.</summary>
    public required string Connector { get; init; }

    /// <summary>The submission.</summary>
    public required SubmissionId Submission { get; init; }

    /// <summary>The envelope with all recipients that the entry was stored with; null when it cannot be read.</summary>
    public MailEnvelope? Envelope { get; init; }

    /// <summary>Its state.</summary>
    public DeliveryState State { get; init; } = DeliveryState.New;

    /// <summary>Octets of the message.</summary>
    public long ContentLength { get; init; }

    /// <summary>Octets that the entry takes in the store, without its state.</summary>
    public long StoredLength { get; init; }

    /// <summary>Why it is set aside; null when it waits.</summary>
    public SetAsideKind? SetAside { get; init; }

    /// <summary>The reason that it was set aside with; null when it waits, or that is not known.</summary>
    public string? Reason { get; init; }
}
