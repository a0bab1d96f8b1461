using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Queueing;

/// <summary>The right to work on one entry of a queue. Disposing gives it back; without a settlement the entry stays as it was.</summary>
/// <param name="item">The message, with the recipients that wait when the lease begins. Valid until the lease is disposed.</param>
/// <param name="connector">The connector, or <see cref="IDeliveryQueue.Unreachable"/>.</param>
/// <param name="deliveryId">See <see cref="Delivery.DeliveryRequest.Id"/>.</param>
/// <param name="attempts">How often delivery was tried before.</param>
public abstract class QueueLease(MailItem item, string connector, string deliveryId, int attempts) : IDisposable
{
    /// <summary>The message. When <see cref="IsSettled"/>, its envelope has all recipients.</summary>
    public MailItem Item { get; } = item;

    /// <summary>The connector.</summary>
    public string Connector { get; } = connector;

    /// <summary>The stable name of this delivery.</summary>
    public string DeliveryId { get; } = deliveryId;

    /// <summary>Attempts before this lease.</summary>
    public int Attempts { get; } = attempts;

    /// <summary>When the message counts as accepted, for its age: never earlier than this process can know, whatever the clock says (SE-4).</summary>
    /// <value>Default: when it was accepted.</value>
    public DateTimeOffset CountsFrom { get; init; } = item.Id.AcceptedAt;

    /// <summary>True when delivery was tried, or found impossible for want of a connector, since this process began: before that a message is not given up (ND-8). The queue keeps it for the lifetime of the process.</summary>
    public bool IsTried { get; set; }

    /// <summary>True when no recipient waits: only reports are left to make.</summary>
    public abstract bool IsSettled { get; }

    /// <summary>True when the sender was told of a delay, or wants to know of none.</summary>
    public abstract bool IsDelayReported { get; }

    /// <summary>The reports that are due now; see <see cref="IDeliveryQueue.ReportedAsync"/>.</summary>
    public abstract ImmutableArray<QueueNotice> Notices { get; }

    /// <summary>The recipients that wait now, each with the last that was said about it (<see cref="DeliveryStatus.NotTried"/> if nothing was).</summary>
    public abstract ImmutableArray<RecipientOutcome> Waiting { get; }

    /// <summary>The file of <see cref="Delivery.DeliveryRequest.PreparedFile"/>, if the queue has one.</summary>
    internal virtual PreparedFile? PreparedFile => null;

    /// <summary>Sets when the entry is due again, without an attempt; holds until this process ends.</summary>
    public abstract void Postpone(DateTimeOffset due);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the entry back.</summary>
    /// <param name="disposing">Always true.</param>
    protected abstract void Dispose(bool disposing);
}
