using System.Collections.Concurrent;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace FaxGateway;

/// <summary>
/// Stands in for a fax line without a Drop directory: busy when a number is called first, and one number is not in service.
/// </summary>
internal sealed class FaxLine : IForeignConnector
{
    public const string NotInService = "+44 20 555 0199";

    private readonly ConcurrentDictionary<string, int> _attempts = new();
    private readonly ConcurrentQueue<FaxCall> _calls = new();

    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Every call, in order.</summary>
    public IEnumerable<FaxCall> Calls => _calls;

    /// <summary>Completes with the first call that is answered.</summary>
    public Task Answered => _answered.Task;

    public ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(DeliveryReport.ForAll(request, recipient => Call(request.Envelope.Sender, recipient)));

    private RecipientOutcome Call(string sender, EnvelopeRecipient recipient)
    {
        var attempt = _attempts.AddOrUpdate(recipient.Address, 1, (_, count) => count + 1);
        var outcome = recipient.Address == SampleMail.Fax(NotInService)
            ? RecipientOutcome.Failed(recipient, new EnhancedStatusCode(5, 1, 1), "The fax number is not in service.")
            : attempt == 1 ? RecipientOutcome.Deferred(recipient, new EnhancedStatusCode(4, 2, 1), "The line is busy.")
            : RecipientOutcome.Delivered(recipient);
        _calls.Enqueue(new FaxCall(sender, outcome, attempt));
        if (outcome.Action == RecipientAction.Delivered)
            _answered.TrySetResult();
        return outcome;
    }
}

/// <summary>One call of the fax line.</summary>
internal sealed record FaxCall(string Sender, RecipientOutcome Outcome, int Attempt);
