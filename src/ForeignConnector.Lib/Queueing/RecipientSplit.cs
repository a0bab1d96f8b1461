using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Queueing;

/// <summary>The recipients of a message by connector (RT-5), and those that no connector ever takes (RT-4).</summary>
internal sealed class RecipientSplit
{
    private readonly Dictionary<string, List<EnvelopeRecipient>> _accepted = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<RecipientOutcome> _failed = [];
    private readonly List<RecipientOutcome> _waiting = [];

    private RecipientSplit()
    {
    }

    /// <summary>By connector, those that wait for one under <see cref="IDeliveryQueue.Unreachable"/>.</summary>
    public IReadOnlyDictionary<string, List<EnvelopeRecipient>> Accepted => _accepted;

    /// <summary>Refused for good.</summary>
    public IReadOnlyList<RecipientOutcome> Failed => _failed;

    /// <summary>Why those under <see cref="IDeliveryQueue.Unreachable"/> wait.</summary>
    public IReadOnlyList<RecipientOutcome> Waiting => _waiting;

    /// <summary>A copy for a connector, with the reasons of those that wait for one.</summary>
    public QueueCopy Copy(string connector, MailItem item) => new(connector, item) { Waiting = connector == IDeliveryQueue.Unreachable ? [.. _waiting] : [] };

    /// <summary>Chooses for each recipient of a message.</summary>
    public static RecipientSplit Of(MailItem item, TransportSnapshot snapshot) => Of(item, item.Envelope.Recipients, snapshot);

    /// <summary>Chooses for some of the recipients.</summary>
    public static RecipientSplit Of(MailItem item, IEnumerable<EnvelopeRecipient> recipientsToRoute, TransportSnapshot snapshot)
    {
        var split = new RecipientSplit();
        foreach (var recipient in recipientsToRoute)
        {
            if (split.Choose(snapshot, recipient, item.Content.Length) is not { } connector)
                continue;
            if (!split._accepted.TryGetValue(connector, out var recipients))
                split._accepted[connector] = recipients = [];
            recipients.Add(recipient);
        }
        return split;
    }

    /// <summary>True when the configuration would send all recipients of an entry to the connector for which it waits: looks, and allocates nothing to speak of.</summary>
    public static bool IsOne(string connector, MailItem item, TransportSnapshot snapshot)
    {
        foreach (var recipient in item.Envelope.Recipients)
        {
            if (Decide(snapshot, recipient, item.Content.Length) is not { Outcome: RouteOutcome.Route, DeliveryServer: null } decision
                || !connector.Equals(decision.Connector, StringComparison.OrdinalIgnoreCase))
                return false;
        }
        return true;
    }

    // Null for what is no address.
    private static RouteDecision? Decide(TransportSnapshot snapshot, EnvelopeRecipient recipient, long size)
    {
        try
        {
            return snapshot.Selector.Select(Imcea.ForRouting(recipient.Address, snapshot.AcceptedDomains), size);
        }
        catch (MailFormatException)
        {
            return null;
        }
    }

    private string? Choose(TransportSnapshot snapshot, EnvelopeRecipient recipient, long size)
    {
        if (Decide(snapshot, recipient, size) is not { } decision)
        {
            _failed.Add(RecipientOutcome.Failed(recipient, DeliveryStatus.BadAddress));
            return null;
        }
        switch (decision.Outcome)
        {
            case RouteOutcome.Failed:
                _failed.Add(RecipientOutcome.Failed(recipient, decision.Status!.Value, decision.Text));
                return null;
            // Another server must deliver; this one waits for a configuration in which it may (RT-7).
            case RouteOutcome.Route when decision.DeliveryServer is null:
                return decision.Connector;
            default:
                _waiting.Add(RecipientOutcome.Deferred(recipient, decision.Outcome == RouteOutcome.Route ? DeliveryStatus.OtherServer : DeliveryStatus.Unreachable));
                return IDeliveryQueue.Unreachable;
        }
    }
}
