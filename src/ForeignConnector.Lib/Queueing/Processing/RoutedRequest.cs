using System.Collections.Immutable;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>
/// A request with the recipients as they stand in the queue, and as the connector gets them: those of mapped domains are wrapped addresses
/// there (IM-5). The queue, the record and reports speak of what the sender wrote.
/// </summary>
internal sealed class RoutedRequest
{
    private RoutedRequest(DeliveryRequest queued, DeliveryRequest forConnector) => (Queued, ForConnector) = (queued, forConnector);

    /// <summary>As it stands in the queue.</summary>
    public DeliveryRequest Queued { get; }

    /// <summary>As the connector gets it.</summary>
    public DeliveryRequest ForConnector { get; }

    public static RoutedRequest Of(DeliveryRequest queued, AddressBook addresses)
    {
        var recipients = queued.Envelope.Recipients;
        var routed = recipients.Select(addresses.ForDelivery).ToImmutableArray();
        if (routed.Zip(recipients).All(pair => ReferenceEquals(pair.First, pair.Second)))
            return new(queued, queued);
        return new(queued, new(queued.Id, queued.Envelope with { Recipients = routed }, queued.Content)
        {
            Attempt = queued.Attempt,
            AcceptedAt = queued.AcceptedAt,
            ExpiresAt = queued.ExpiresAt,
            All = queued.All,
            Queued = recipients,
        });
    }

    /// <summary>The same report about the recipients as they stand in the queue.</summary>
    public DeliveryReport ForQueue(DeliveryReport report)
    {
        if (ReferenceEquals(Queued, ForConnector))
            return report;
        var known = ForConnector.Envelope.Recipients.Zip(Queued.Envelope.Recipients).GroupBy(pair => pair.First, pair => pair.Second)
            .ToDictionary(group => group.Key, group => new Queue<EnvelopeRecipient>(group));
        return new([.. report.Outcomes.Select(outcome => known.TryGetValue(outcome.Recipient, out var queued)
            && queued.TryDequeue(out var recipient) ? outcome with { Recipient = recipient } : outcome)])
        {
            Queue = report.Queue,
        };
    }
}
