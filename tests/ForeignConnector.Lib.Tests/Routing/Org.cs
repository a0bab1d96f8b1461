using System.Collections.Immutable;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Tests.Routing;

/// <summary>
/// The organisation that the examples of this folder use: this server is HUB01 in Seattle; HUB02 is beside it; Berlin is 10 away, Tokyo 15 over
/// Berlin (30 directly); nothing leads to Moon.
/// </summary>
internal static class Org
{
    public static readonly TransportTopology Alone = TransportTopology.SingleServer("HUB01");

    public static readonly ImmutableArray<TransportSite> Sites =
    [
        new("Seattle", ["HUB01", "HUB02"]),
        new("Berlin", ["HUB03"]),
        new("Tokyo", ["HUB04", "HUB05"]),
        new("Moon", ["HUB06"]),
    ];

    public static readonly ImmutableArray<SiteLink> Links = [new("Seattle", "Berlin", 10), new("Tokyo", "Berlin", 5), new("Tokyo", "Seattle", 30)];

    public static readonly TransportTopology Whole = new("HUB01", "Seattle", Sites, Links);

    public static ConnectorDefinition Connector(string name, params string[] spaces) =>
        new() { Name = name, AddressSpaces = [.. spaces.Select(AddressSpace.Parse)] };

    /// <summary>Connectors written <c>Name=space, space</c>, with <c>@HUB02+HUB03</c> after the name for source servers.</summary>
    public static ConnectorDefinition Connector(string text)
    {
        var (head, spaces) = (text[..text.IndexOf('=', StringComparison.Ordinal)], text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var parts = head.Split('@');
        return Connector(parts[0], spaces.Split(',', StringSplitOptions.TrimEntries)) with
        {
            SourceTransportServers = parts.Length > 1 ? [.. parts[1].Split('+')] : [],
        };
    }

    public static RouteDecision Route(string recipient, params ConnectorDefinition[] connectors) => Route(recipient, 1000, connectors);

    public static RouteDecision Route(string recipient, long size, params ConnectorDefinition[] connectors) =>
        new ConnectorSelector(connectors, Whole).Select(RoutingAddress.Parse(recipient), size);
}
