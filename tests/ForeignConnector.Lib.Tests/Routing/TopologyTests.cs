using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Tests.Routing;

public class TopologyTests
{
    [Theory(DisplayName = "RT-3: the path to a server costs what the cheapest site path costs")]
    [InlineData("HUB01", 0)]
    [InlineData("HUB02", 0)]
    [InlineData("hub03", 10)]
    [InlineData("HUB04", 15)]
    [InlineData("HUB05", 15)]
    [InlineData("HUB06", null)]
    [InlineData("HUB07", null)]
    public void Knows_the_cheapest_path(string server, int? cost)
    {
        Assert.Equal(cost, Org.Whole.PathCost(server));
        Assert.Equal(server != "HUB07", Org.Whole.Contains(server));
    }

    [Fact(DisplayName = "RT-3: links lead both ways, of several between two sites the cheapest counts, names compare without case")]
    public void Follows_links_both_ways()
    {
        TransportSite[] sites = [new("A", ["a1"]), new("B", ["b1"]), new("C", ["c1"])];
        SiteLink[] links = [new("b", "a", 9), new("A", "B", 7), new("C", "B", 1)];
        var topology = new TransportTopology("a1", "A", sites, links);

        Assert.Equal((7, 8), (topology.PathCost("b1"), topology.PathCost("c1")));
        Assert.Equal((8, 1), (new TransportTopology("c1", "c", sites, links).PathCost("a1"), new TransportTopology("c1", "c", sites, links).PathCost("b1")));
    }

    [Theory(DisplayName = "RT-3: the hops to a server in another site are 1 + the site links of the cheapest path, of the shortest where several are equally cheap")]
    [InlineData("d1", 2, "A-B 10, A-C 5, C-D 5, A-D 10")]
    [InlineData("d1", 3, "A-B 10, A-C 5, C-D 5, A-D 11")]
    [InlineData("d1", 3, "A-B 1, B-C 1, C-D 1, A-C 2")]
    [InlineData("d1", 4, "A-B 1, B-C 1, C-D 1, A-C 3, A-D 4")]
    [InlineData("b1", 2, "A-B 10")]
    [InlineData("a2", 1, "A-B 10")]
    [InlineData("a1", 0, "A-B 10")]
    public void Counts_the_hops_of_the_shortest_of_the_cheapest_paths(string server, int hops, string links)
    {
        TransportSite[] sites = [new("A", ["a1", "a2"]), new("B", ["b1"]), new("C", ["c1"]), new("D", ["d1"])];
        var topology = new TransportTopology("a1", "A", sites, links.Split(", ").Select(link => new SiteLink(link[..1], link[2..3], int.Parse(link[4..], System.Globalization.CultureInfo.InvariantCulture))));
        var connector = Org.Connector($"c@{server}=contoso.com");

        var candidate = new ConnectorSelector([connector], topology).Select(ForeignConnector.Lib.Mail.Addresses.RoutingAddress.Smtp("bob@contoso.com"), 1).Explain().Candidates[0];

        Assert.Equal((hops, server), (candidate.Hops, candidate.Server));
    }

    [Fact(DisplayName = "RT-3: a detour over many cheap links beats a dear one")]
    public void Takes_the_detour()
    {
        var sites = Enumerable.Range(0, 100).Select(i => new TransportSite($"S{i}", [$"H{i}"]));
        var links = Enumerable.Range(1, 99).Select(i => new SiteLink($"S{i - 1}", $"S{i}", 1)).Append(new SiteLink("S0", "S99", 100));

        Assert.Equal(99, new TransportTopology("H0", "S0", sites, links).PathCost("H99"));
    }

    [Fact(DisplayName = "RT-3: the dearest path that can be configured does not overflow")]
    public void Adds_up_the_dearest_path()
    {
        const int count = TransportTopology.MaxSites;
        var sites = Enumerable.Range(0, count).Select(i => new TransportSite($"S{i}", [$"H{i}"]));
        var links = Enumerable.Range(1, count - 1).Select(i => new SiteLink($"S{i - 1}", $"S{i}", SiteLink.MaxCost));
        var topology = new TransportTopology("H0", "S0", sites, links);
        var connector = Org.Connector("Far", "*;100") with { SourceTransportServers = [$"H{count - 1}"] };

        var decision = new ConnectorSelector([connector], topology).Select(Lib.Mail.Addresses.RoutingAddress.Parse("a@b"), 0);

        Assert.Equal(((count - 1) * SiteLink.MaxCost) + 100, decision.Cost);
    }

    [Fact]
    public void Is_one_site_with_this_server_by_default()
    {
        var topology = TransportTopology.SingleServer("HUB01");

        Assert.Equal(("HUB01", TransportTopology.DefaultSiteName), (topology.ServerName, topology.SiteName));
        Assert.Equal([topology.SiteName], topology.Sites.Select(s => s.Name));
        Assert.Empty(topology.SiteLinks);
    }

    [Fact]
    public void Takes_a_site_without_servers()
    {
        var topology = new TransportTopology("HUB01", "A", [new("A", ["HUB01"]), new("B", []), new("C", default)], [new("A", "C", 1)]);

        Assert.Equal(0, topology.PathCost("HUB01"));
    }
}
