using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>Answers as the test says at the time; delivers at first.</summary>
internal sealed class AnsweringConnector : RecordingConnector, IForeignConnector
{
    /// <summary>The recipients of each attempt, in order.</summary>
    public IEnumerable<string> Attempts => Deliveries.Select(delivery => string.Join(' ', delivery.Recipients));

    public int MaxRecipientsPerDelivery { get; set; } = int.MaxValue;

    public Func<DeliveryRequest, CancellationToken, ValueTask<DeliveryReport>> Script { get; set; } = (request, _) => new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));

    /// <summary>Answers the same for every recipient from now on.</summary>
    public void Answer(Func<EnvelopeRecipient, RecipientOutcome> outcome) => Script = (request, _) => new(DeliveryReport.ForAll(request, outcome));

    public void Defer() => Answer(recipient => RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationUnavailable));

    public void Fail() => Answer(recipient => RecipientOutcome.Failed(recipient, DeliveryStatus.NoConnector));

    public void Deliver() => Answer(RecipientOutcome.Delivered);

    protected override ValueTask<DeliveryReport> AnswerAsync(DeliveryRequest request, CancellationToken cancellationToken) => Script(request, cancellationToken);
}
