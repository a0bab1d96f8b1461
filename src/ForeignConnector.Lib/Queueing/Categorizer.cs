using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Routing;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Resolves each recipient to a connector, splits the message by connector, and queues one entry for each (RT-4, RT-5). Thread-safe.
/// </summary>
/// <param name="state">The configuration in force.</param>
/// <param name="queue">Where entries go.</param>
/// <param name="product">X-CreatedBy for messages that come without one (EN-9).</param>
/// <param name="logger">Ids and counts.</param>
public sealed class Categorizer(TransportState state, IDeliveryQueue queue, string product, ILogger<Categorizer> logger) : IMailIntake
{
    /// <inheritdoc/>
    public async ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        var split = Split(item);
        var envelope = item.Envelope.CreatedBy == MailEnvelope.UnspecifiedCreator ? item.Envelope with { CreatedBy = product } : item.Envelope;
        foreach (var (connector, recipients) in split.Accepted)
        {
            var copy = recipients.Count == envelope.Recipients.Length ? envelope : envelope with { Recipients = [.. recipients] };
            await queue.EnqueueAsync(item with { Envelope = copy }, connector, cancellationToken).ConfigureAwait(false);
        }
        Log(item, split);
        return split.Failed.Count == 0 ? AcceptResult.Complete : new AcceptResult([.. split.Failed]);
    }

    /// <summary>
    /// Routes again what waits without a connector, or for one that is no longer configured: at start and after every change of the configuration.
    /// </summary>
    /// <returns>How many entries moved.</returns>
    public ValueTask<int> RerouteAsync(CancellationToken cancellationToken) =>
        RerouteAsync(queue.Connectors.Where(name => !state.Current.Connectors.ContainsKey(name)), cancellationToken);

    /// <summary>
    /// Routes again what came back to the queue of a connector that went away meanwhile. What is unreachable waits for <see cref="RerouteAsync(CancellationToken)"/>.
    /// </summary>
    /// <returns>How many entries moved.</returns>
    public ValueTask<int> RerouteStrandedAsync(CancellationToken cancellationToken) =>
        RerouteAsync(queue.Connectors.Where(name => name != IDeliveryQueue.Unreachable && !state.Current.Connectors.ContainsKey(name)), cancellationToken);

    private async ValueTask<int> RerouteAsync(IEnumerable<string> connectors, CancellationToken cancellationToken)
    {
        var moved = 0;
        foreach (var connector in connectors)
        {
            await foreach (var lease in queue.TakeAsync(connector, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false))
            {
                using (lease)
                    moved += await RerouteAsync(lease, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }
        }
        if (moved > 0)
            logger.Rerouted(moved);
        return moved;
    }

    private async ValueTask<bool> RerouteAsync(QueueLease lease, CancellationToken cancellationToken)
    {
        var split = Split(lease.Item);
        if (split.Failed.Count == 0 && split.Accepted.Count == 1 && split.Accepted.ContainsKey(lease.Connector))
            return false;
        var outcomes = new List<RecipientOutcome>(split.Failed);
        foreach (var (connector, recipients) in split.Accepted)
        {
            if (string.Equals(connector, lease.Connector, StringComparison.OrdinalIgnoreCase))
            {
                outcomes.AddRange(recipients.Select(r => RecipientOutcome.Deferred(r, DeliveryStatus.Unreachable)));
                continue;
            }
            var copy = lease.Item with { Envelope = lease.Item.Envelope with { Recipients = [.. recipients] } };
            await queue.EnqueueAsync(copy, connector, cancellationToken).ConfigureAwait(false);
            outcomes.AddRange(recipients.Select(RecipientOutcome.Delivered));
        }
        await queue.SettleAsync(lease, [.. outcomes], lease.Item.Id.AcceptedAt, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private (Dictionary<string, List<EnvelopeRecipient>> Accepted, List<RecipientOutcome> Failed) Split(MailItem item)
    {
        var snapshot = state.Current;
        var accepted = new Dictionary<string, List<EnvelopeRecipient>>(StringComparer.OrdinalIgnoreCase);
        var failed = new List<RecipientOutcome>();
        foreach (var recipient in item.Envelope.Recipients)
        {
            if (Choose(snapshot, recipient, item.Content.Length, failed) is not { } connector)
                continue;
            if (!accepted.TryGetValue(connector, out var recipients))
                accepted[connector] = recipients = [];
            recipients.Add(recipient);
        }
        return (accepted, failed);
    }

    private static string? Choose(TransportSnapshot snapshot, EnvelopeRecipient recipient, long size, List<RecipientOutcome> failed)
    {
        RoutingAddress address;
        try
        {
            address = Imcea.ForRouting(recipient.Address, snapshot.AcceptedDomains);
        }
        catch (MailFormatException)
        {
            failed.Add(RecipientOutcome.Failed(recipient, DeliveryStatus.BadAddress));
            return null;
        }
        var decision = snapshot.Selector.Select(address, size);
        switch (decision.Outcome)
        {
            case RouteOutcome.Failed:
                failed.Add(RecipientOutcome.Failed(recipient, decision.Status!.Value, decision.Text));
                return null;
            // Another server must deliver; this one waits for a configuration in which it may (RT-7).
            case RouteOutcome.Route when decision.DeliveryServer is null:
                return decision.Connector;
            default:
                return IDeliveryQueue.Unreachable;
        }
    }

    private void Log(MailItem item, (Dictionary<string, List<EnvelopeRecipient>> Accepted, List<RecipientOutcome> Failed) split)
    {
        var id = item.Id.ToString();
        if (split.Accepted.Count > 0)
            logger.Accepted(id, split.Accepted.Sum(pair => pair.Value.Count), split.Accepted.Count, item.Content.Length);
        if (split.Accepted.TryGetValue(IDeliveryQueue.Unreachable, out var unreachable))
            logger.Unreachable(unreachable.Count, id);
        foreach (var group in split.Failed.GroupBy(outcome => outcome.Status))
            logger.RecipientsRefused(group.Count(), id, group.Key.ToString());
    }
}
