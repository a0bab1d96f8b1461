using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Delivery;

/// <summary>What became of a <see cref="DeliveryRequest"/>, recipient by recipient.</summary>
/// <param name="Outcomes">One per recipient of the request; the order does not matter.</param>
public sealed record DeliveryReport(ImmutableArray<RecipientOutcome> Outcomes)
{
    /// <summary>The same outcome for every recipient.</summary>
    public static DeliveryReport ForAll(DeliveryRequest request, Func<EnvelopeRecipient, RecipientOutcome> outcome)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new([.. request.Envelope.Recipients.Select(outcome)]);
    }

    /// <summary>Every recipient is deferred, for a cause that the table knows.</summary>
    public static DeliveryReport Deferred(DeliveryRequest request, DeliveryStatus status) =>
        ForAll(request, recipient => RecipientOutcome.Deferred(recipient, status));

    /// <summary>Every recipient is deferred.</summary>
    public static DeliveryReport Deferred(DeliveryRequest request, EnhancedStatusCode status, string text) =>
        ForAll(request, recipient => RecipientOutcome.Deferred(recipient, status, text));
}
