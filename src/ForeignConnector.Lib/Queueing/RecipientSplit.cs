using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Outcomes;
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

    /// <summary>By connector, those that wait for one under <see cref="DeliveryQueue.Unreachable"/>.</summary>
    public IReadOnlyDictionary<string, List<EnvelopeRecipient>> Accepted => _accepted;

    /// <summary>Refused for good.</summary>
    public IReadOnlyList<RecipientOutcome> Failed => _failed;

    /// <summary>Why those under <see cref="DeliveryQueue.Unreachable"/> wait.</summary>
    public IReadOnlyList<RecipientOutcome> Waiting => _waiting;

    /// <summary>A copy for a connector, with the reasons of those that wait for one.</summary>
    public QueueEntry Copy(string connector, MailItem item) =>
        new(connector, item)
        {
            State = connector == DeliveryQueue.Unreachable ? DeliveryState.Beginning(
            item.Envelope, [.. _waiting]) : DeliveryState.New
        };

    /// <summary>Chooses for each recipient of a message.</summary>
    public static RecipientSplit Of(MailItem item, TransportSnapshot snapshot) => Of(item, item.Envelope.Recipients, snapshot);

    /// <summary>True when all recipients choose one connector, or there is none.</summary>
    public static bool IsOnly(string connector, IReadOnlyList<EnvelopeRecipient> recipients, long size, TransportSnapshot snapshot) =>
        Of(recipients, size, snapshot) is { Failed.Count: 0 } split
            && split.Accepted.Keys.All(name => name.Equals(connector, StringComparison.OrdinalIgnoreCase));

    /// <summary>Chooses for some of the recipients.</summary>
    public static RecipientSplit Of(MailItem item, IEnumerable<EnvelopeRecipient> recipientsToRoute, TransportSnapshot snapshot) =>
        Of(recipientsToRoute, item.Content.Length, snapshot);

    /// <summary>Chooses for recipients of a message of a size.</summary>
    public static RecipientSplit Of(IEnumerable<EnvelopeRecipient> recipientsToRoute, long size, TransportSnapshot snapshot)
    {
        var split = new RecipientSplit();
        foreach (var recipient in recipientsToRoute)
        {
            if (split.Choose(snapshot, recipient, size) is not { } connector)
                continue;
            if (!split._accepted.TryGetValue(connector, out var recipients))
                split._accepted[connector] = recipients = [];
            recipients.Add(recipient);
        }
        return split;
    }

    private string? Choose(TransportSnapshot snapshot, EnvelopeRecipient recipient, long size)
    {
        RoutingAddress address;
        try
        {
            address = snapshot.RoutingAddressOf(recipient.Address);
        }
        catch (MailFormatException)
        {
            _failed.Add(RecipientOutcome.Failed(recipient, DeliveryStatus.BadAddress));
            return null;
        }
        var decision = snapshot.Selector.Select(address, size);
        switch (decision.Outcome)
        {
            case RouteOutcome.Failed:
                _failed.Add(RecipientOutcome.Failed(recipient, decision.Status!.Value, decision.Text));
                return null;
            // Another server must deliver. It does where it shares the queue; else this one
            // waits for a configuration in which it may (RT-7).
            case RouteOutcome.Route when decision.DeliveryServer is null
                || snapshot.ConnectorsElsewhere.Contains(decision.Connector!):
                return decision.Connector;
            default:
                _waiting.Add(RecipientOutcome.Deferred(
                    recipient, decision.Outcome == RouteOutcome.Route ? DeliveryStatus.OtherServer : DeliveryStatus.Unreachable));
                return DeliveryQueue.Unreachable;
        }
    }
}
