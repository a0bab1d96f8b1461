using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.TestKit;

/// <summary>One answer of a <see cref="ScriptedConnector"/>. May throw.</summary>
/// <param name="request">What was asked.</param>
/// <param name="cancellationToken">Of the request.</param>
public delegate ValueTask<DeliveryReport> ConnectorStep(DeliveryRequest request, CancellationToken cancellationToken);

/// <summary>Answers as a test scripts it, one step for each request; remembers the requests. After the last step every message is
/// delivered.</summary>
/// <example>
/// Busy at first, then one recipient does not exist:
/// <code>new ScriptedConnector(ScriptedConnector.Defer, ScriptedConnector.FailFor("nobody@x.test"))</code>
/// </example>
/// <param name="steps">Answers, in order. A step may throw.</param>
public sealed class ScriptedConnector(params IEnumerable<ConnectorStep> steps) : RecordingConnector
{
    private readonly Queue<ConnectorStep> _steps = new(steps);

    /// <summary>Every recipient is delivered.</summary>
    public static ValueTask<DeliveryReport> Deliver(DeliveryRequest request, CancellationToken cancellationToken) =>
        new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));

    /// <summary>Every recipient is deferred.</summary>
    public static ValueTask<DeliveryReport> Defer(DeliveryRequest request, CancellationToken cancellationToken) =>
        new(DeliveryReport.ForAll(request, Deferred));

    /// <summary>Every recipient has failed.</summary>
    public static ValueTask<DeliveryReport> Fail(DeliveryRequest request, CancellationToken cancellationToken) =>
        new(DeliveryReport.ForAll(request, Failed));

    /// <summary>The connector breaks.</summary>
    public static ValueTask<DeliveryReport> Break(DeliveryRequest request, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The connector breaks, as the script says.");

    /// <summary>Waits until the request is cancelled.</summary>
    public static async ValueTask<DeliveryReport> Hang(DeliveryRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        return new DeliveryReport([]);
    }

    /// <summary>The named recipients are deferred, the others are delivered.</summary>
    public static ConnectorStep DeferFor(params string[] addresses) =>
        (request, _) => new(DeliveryReport.ForAll(
            request, recipient => addresses.Contains(recipient.Address) ? Deferred(recipient) : RecipientOutcome.Delivered(recipient)));

    /// <summary>The named recipients have failed, the others are delivered.</summary>
    public static ConnectorStep FailFor(params string[] addresses) =>
        (request, _) => new(DeliveryReport.ForAll(
            request, recipient => addresses.Contains(recipient.Address) ? Failed(recipient) : RecipientOutcome.Delivered(recipient)));

    /// <inheritdoc/>
    protected override ValueTask<DeliveryReport> AnswerAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        ConnectorStep? step;
        lock (_steps)
            _steps.TryDequeue(out step);
        return (step ?? Deliver)(request, cancellationToken);
    }

    private static RecipientOutcome Deferred(EnvelopeRecipient recipient) =>
        RecipientOutcome.Deferred(recipient, EnhancedStatusCode.NotAccepting, "The system is busy.");

    private static RecipientOutcome Failed(EnvelopeRecipient recipient) =>
        RecipientOutcome.Failed(recipient, EnhancedStatusCode.BadDestinationSystem, "There is no such recipient.");
}
