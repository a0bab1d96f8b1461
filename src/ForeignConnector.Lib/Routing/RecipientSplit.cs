using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Routing;

/// <summary>Splits the recipients of one message by the connector that takes them (RT-5).</summary>
public static class RecipientSplit
{
    /// <summary>
    /// Groups recipients by where they go: one group for each connector, at most one unreachable, at most one failed. Every recipient is in
    /// exactly one group, as often as it was given; groups stand in the order of their first recipient.
    /// </summary>
    /// <param name="selector">Decides.</param>
    /// <param name="recipients">The recipients, as the caller has them.</param>
    /// <param name="address">The address of a recipient, for routing.</param>
    /// <param name="messageSize">The size of the message in octets, without an envelope.</param>
    public static ImmutableArray<RouteGroup<T>> Split<T>(
        this ConnectorSelector selector, IEnumerable<T> recipients, Func<T, RoutingAddress> address, long messageSize)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentNullException.ThrowIfNull(address);
        return
        [
            .. recipients
                .Select(r => new RoutedRecipient<T>(r, selector.Select(address(r), messageSize)))
                .GroupBy(r => (r.Decision.Outcome, r.Decision.Connector))
                .Select(g => new RouteGroup<T>(g.Key.Outcome, g.Key.Connector, [.. g])),
        ];
    }
}
