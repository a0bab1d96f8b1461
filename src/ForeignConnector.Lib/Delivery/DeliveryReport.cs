using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Delivery;

/// <summary>What became of a <see cref="DeliveryRequest"/>, recipient by recipient. Immutable.</summary>
/// <param name="outcomes">One per recipient of the request; the order does not matter. A recipient without one is deferred.</param>
public sealed class DeliveryReport(ImmutableArray<RecipientOutcome> outcomes)
{
    /// <summary>The outcomes.</summary>
    public ImmutableArray<RecipientOutcome> Outcomes { get; } = outcomes.IsDefault ? [] : outcomes;

    /// <summary>What is to be known about everything that waits for the connector.</summary>
    /// <value>Default null: nothing.</value>
    public QueueVerdict? Queue { get; init; }

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

    /// <summary>The queue waits or fails, and every recipient with it.</summary>
    public static DeliveryReport Of(QueueVerdict verdict) => new([]) { Queue = verdict };
}
