using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>A message for one connector, as it is put into the queue (RT-5).</summary>
/// <param name="connector">The connector, or <see cref="DeliveryQueue.Unreachable"/>.</param>
/// <param name="item">The message. Its envelope holds the recipients of this connector alone.</param>
public sealed class QueueEntry(string connector, MailItem item)
{
    /// <summary>The connector.</summary>
    public string Connector { get; } = connector;

    /// <summary>The message, valid during the call that it is passed to.</summary>
    public MailItem Item { get; } = item;

    /// <summary>How the entry begins.</summary>
    /// <value>Default <see cref="DeliveryState.New"/>; for recipients that no connector takes, why they wait (RT-4).</value>
    public DeliveryState State { get; init; } = DeliveryState.New;

    /// <summary>How <see cref="IQueueLease.IsTried"/> begins.</summary>
    /// <value>Default true for <see cref="DeliveryQueue.Unreachable"/>: routing it was the attempt that is possible (ND-8).</value>
    public bool IsTried { get; init; } = connector == DeliveryQueue.Unreachable;

    /// <summary>The same entry for some of its recipients, with what is said about those.</summary>
    public QueueEntry For(ImmutableArray<EnvelopeRecipient> recipients)
    {
        var (whole, envelope) = (Item.Envelope, Item.Envelope with { Recipients = recipients });
        var state = DeliveryState.Beginning(
            envelope, [.. State.Recipients.Select(recipient => recipient.ToOutcome(whole.Recipients[recipient.Index]))]);
        return new QueueEntry(Connector, Item with { Envelope = envelope }) { State = state, IsTried = IsTried };
    }
}
