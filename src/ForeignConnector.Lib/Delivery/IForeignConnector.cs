namespace ForeignConnector.Lib.Delivery;

/// <summary>
/// Hands messages to one system that does not speak SMTP. Implement it to reach a system of your own;
/// <see cref="Drop.DropDirectoryConnector"/> is the one that writes files.
/// </summary>
/// <remarks>
/// <para>The request is already routed: every recipient in it is for this connector, and the size fits. Recipients come as they were
/// submitted; addresses of other types as IMCEA addresses, whose <see cref="Mail.EnvelopeRecipient.Type"/> and
/// <see cref="Mail.EnvelopeRecipient.Value"/> say what is inside.</para>
/// <para>For a system that is reached over connections write an <see cref="Agents.IDeliveryAgent"/> instead.</para>
/// <para>Refusals are results, one <see cref="Mail.Outcomes.RecipientOutcome"/> per recipient; a recipient without one counts as deferred.
/// Do not throw for what you expect. What you throw defers the whole request with 4.3.0. An <see cref="OperationCanceledException"/> for
/// the token you were given means that nothing happened.</para>
/// <para>A delivery that takes longer than the connector's DeliveryTimeout is cancelled, and the message deferred with 4.4.2 (RY-2). End
/// soon then: until you do, the delivery keeps one of your places. What it delivered all the same counts when it ends.</para>
/// <para>A deferral with 4.1.x or 4.2.x is for the recipient's sake. Any other one speaks of the system behind the connector: after three
/// different messages in a row it gets one message at a time, until one goes through.</para>
/// <para>What a report says about the whole queue (<see cref="DeliveryReport.Queue"/>) holds for every message that waits for the
/// connector.</para>
/// <para>Delivery is at least once: after a crash the same recipient may come again, with the same <see cref="DeliveryRequest.IdOf"/>.
/// Remember that if your system cannot bear doubles; <see cref="DeliveryRequest.Id"/> is the same for all recipients of a message.</para>
/// <para>The content may be opened several times, and is not valid after the call returns. Requests for one connector begin in the order of
/// acceptance, at most <see cref="MaxConcurrentDeliveries"/> at a time: one at a time unless the connector says otherwise.</para>
/// </remarks>
/// <example>
/// A connector that counts:
/// <code>
/// sealed class CountingConnector : IForeignConnector
/// {
///     public int Messages { get; private set; }
///     public ValueTask&lt;DeliveryReport&gt; DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
///     {
///         Messages++;
///         return ValueTask.FromResult(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));
///     }
/// }
/// </code>
/// </example>
public interface IForeignConnector
{
    /// <summary>How many requests may be under way at once.</summary>
    /// <value>Default 1: each request begins when the one before it has ended.</value>
    int MaxConcurrentDeliveries => 1;

    /// <summary>
    /// How many recipients a request has at most. A message with more comes in several requests, one after the other: what became of the
    /// recipients of one is durable before the next begins, so that a stop or a crash between two of them doubles nobody. Those that were
    /// not tried yet come first. A verdict about the queue, a time-out, or the third request in a row that fails for the connector's sake,
    /// ends the attempt; the other recipients wait for the next one.
    /// </summary>
    /// <value>Default: any number.</value>
    int MaxRecipientsPerDelivery => int.MaxValue;

    /// <summary>Delivers one message to the recipients in it.</summary>
    ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken);
}
