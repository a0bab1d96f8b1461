using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.TestKit;

/// <summary>Shorter ways to say what tests say often.</summary>
public static class DeliveryQueueExtensions
{
    /// <summary>Stores a message for one connector.</summary>
    public static ValueTask EnqueueAsync(this IDeliveryQueue queue, MailItem item, string connector, CancellationToken cancellationToken) =>
        queue.EnqueueAsync([new QueueCopy(connector, item)], cancellationToken);
}
