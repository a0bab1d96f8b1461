using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Queueing;

/// <summary>The right to work on one entry of a queue. Disposing gives it back; without a settlement the entry stays as it was.</summary>
/// <param name="item">The message, with the recipients that are still to be settled. Valid until the lease is disposed.</param>
/// <param name="connector">The connector, or <see cref="IDeliveryQueue.Unreachable"/>.</param>
/// <param name="deliveryId">See <see cref="Delivery.DeliveryRequest.Id"/>.</param>
/// <param name="attempts">How often delivery was tried before.</param>
public abstract class QueueLease(MailItem item, string connector, string deliveryId, int attempts) : IDisposable
{
    /// <summary>The message.</summary>
    public MailItem Item { get; } = item;

    /// <summary>The connector.</summary>
    public string Connector { get; } = connector;

    /// <summary>The stable name of this delivery.</summary>
    public string DeliveryId { get; } = deliveryId;

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; } = attempts;

    /// <summary>The file of <see cref="Delivery.DeliveryRequest.PreparedFile"/>, if the queue has one.</summary>
    internal virtual PreparedFile? PreparedFile => null;

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
