using System.Collections.Concurrent;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>Does what a test scripts, and remembers what it was asked.</summary>
internal sealed class ScriptedConnector(int maxConcurrent = 1) : IForeignConnector
{
    private readonly ConcurrentQueue<DeliveryRequest> _requests = new();

    public int MaxConcurrentDeliveries => maxConcurrent;

    public IReadOnlyList<DeliveryRequest> Requests => [.. _requests];

    /// <summary>The recipients of each attempt, in order.</summary>
    public IEnumerable<string> Attempts => _requests.Select(request => string.Join(' ', request.Envelope.Recipients.Select(recipient => recipient.Address)));

    public Func<DeliveryRequest, CancellationToken, ValueTask<DeliveryReport>> Script { get; set; } = (request, _) => new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));

    public ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        _requests.Enqueue(request);
        return Script(request, cancellationToken);
    }

    /// <summary>Answers the same for every recipient from now on.</summary>
    public void Answer(Func<EnvelopeRecipient, RecipientOutcome> outcome) => Script = (request, _) => new(DeliveryReport.ForAll(request, outcome));

    public void Defer() => Answer(recipient => RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationUnavailable));

    public void Deliver() => Answer(RecipientOutcome.Delivered);
}
