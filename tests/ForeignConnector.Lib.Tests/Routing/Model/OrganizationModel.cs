using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Tests.Routing.Model;

/// <summary>A connector as an administrator writes it down. No size means unlimited.</summary>
internal sealed record ConnectorModel(string Name, SpaceModel[] Spaces, bool Enabled, bool Scoped, string[] Servers, long? MaxSize)
{
    public ConnectorDefinition ToDefinition() => new()
    {
        Name = Name,
        AddressSpaces = [.. Spaces.Select(s => AddressSpace.Parse(s.Text))],
        Enabled = Enabled,
        IsScopedConnector = Scoped,
        SourceTransportServers = [.. Servers],
        MaxMessageSize = MaxSize is { } size ? ByteSize.FromOctets(size) : ByteSize.Unlimited,
    };

    public override string ToString() =>
        $"{Name}@{string.Join('+', Servers)}{(Enabled ? "" : " disabled")}{(Scoped ? " scoped" : "")} max {MaxSize}: {string.Join(" , ", Spaces.Select(s => s.Text))}";
}

/// <summary>Sites are called A, B, …; each has two servers, A1 and A2, B1 and B2, …; this server is A1.</summary>
internal sealed record OrganizationModel(ConnectorModel[] Connectors, int SiteCount, (char From, char To, int Cost)[] Links)
{
    public const string ThisServer = "A1";

    /// <summary>The selector for this configuration, or for one that lists the same things in another order.</summary>
    public ConnectorSelector ToSelector(Random? order = null)
    {
        var connectors = Connectors.Select(c => Reorder(c.ToDefinition(), order));
        var sites = Enumerable.Range('A', SiteCount).Select(s => new TransportSite($"{(char)s}", [$"{(char)s}1", $"{(char)s}2"]));
        var links = Links.Select(l => new SiteLink($"{l.From}", $"{l.To}", l.Cost));
        return new ConnectorSelector(Reorder(connectors, order), new TransportTopology(ThisServer, "A", Reorder(sites, order), Reorder(links, order)));
    }

    private static ConnectorDefinition Reorder(ConnectorDefinition connector, Random? order) => connector with
    {
        AddressSpaces = [.. Reorder(connector.AddressSpaces, order)],
        SourceTransportServers = [.. Reorder(connector.SourceTransportServers, order)],
    };

    private static T[] Reorder<T>(IEnumerable<T> items, Random? order)
    {
        var array = items.ToArray();
        order?.Shuffle(array);
        return array;
    }

    public override string ToString() =>
        $"{SiteCount} sites, links {string.Join(' ', Links.Select(l => $"{l.From}{l.To}={l.Cost}"))}\n{string.Join('\n', Connectors.Select(c => c.ToString()))}";
}
