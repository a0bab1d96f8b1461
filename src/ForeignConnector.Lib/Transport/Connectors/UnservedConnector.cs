using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Transport.Connectors;

/// <summary>Stands for a connector whose protocol nothing here serves: its messages wait (DA-4).</summary>
internal sealed class UnservedConnector(string protocol) : IForeignConnector
{
    // System not capable of selected features (RFC 3463, section 3.4).
    private static readonly EnhancedStatusCode NotCapable = new(4, 3, 5);

    private readonly string _text = $"No delivery agent here serves the protocol '{protocol}'.";

    public ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(DeliveryReport.ForAll(request, recipient => RecipientOutcome.Deferred(recipient, NotCapable, _text)));
}
