using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Tests.Routing;

/// <summary>Every mistake is reported with the key of the value that is wrong and with what to do, all at once.</summary>
public class RoutingValidationTests
{
    private static readonly TransportSite[] Sites = [new("Seattle", ["HUB01"]), new("Berlin", ["HUB02"])];

    [Theory(DisplayName = "RT-3: a site link leads between two sites that exist, at a cost in range")]
    [InlineData("Seattle", "Berlin", 1)]
    [InlineData("seattle", "BERLIN", 99_999)]
    [InlineData("Seattle", "Tokyo", 1, "SiteLinks:0:To: there is no site 'Tokyo'; name one of Sites")]
    [InlineData("", "Berlin", 1, "SiteLinks:0:From: there is no site ''; name one of Sites")]
    [InlineData("Berlin", "Berlin", 1, "SiteLinks:0: the link leads from 'Berlin' to itself; remove it or name another site")]
    [InlineData("Berlin", "berlin", 1, "SiteLinks:0: the link leads from 'Berlin' to itself; remove it or name another site")]
    [InlineData("Seattle", "Berlin", 0, "SiteLinks:0:Cost: the cost 0 is out of range; write a whole number from 1 to 99999")]
    [InlineData("Seattle", "Berlin", -1, "SiteLinks:0:Cost: the cost -1 is out of range; write a whole number from 1 to 99999")]
    [InlineData("Seattle", "Berlin", 100_000, "SiteLinks:0:Cost: the cost 100000 is out of range; write a whole number from 1 to 99999")]
    public void Checks_site_links(string from, string to, int cost, params string[] problems) =>
        Check(problems, "HUB01", "Seattle", Sites, new SiteLink(from, to, cost));

    [Theory(DisplayName = "RT-3: this server is one of the servers of its site")]
    [InlineData("hub01", "SEATTLE")]
    [InlineData("HUB02", "Seattle", "ServerName: 'HUB02' is not one of the servers of site 'Seattle'; add it there")]
    [InlineData("HUB09", "Seattle", "ServerName: 'HUB09' is not one of the servers of site 'Seattle'; add it there")]
    [InlineData("HUB01", "Tokyo", "SiteName: there is no site 'Tokyo'; name one of Sites")]
    [InlineData(" ", null, "ServerName: this server has no name; give it one", "SiteName: this server's site is not given; name one of Sites")]
    public void Checks_this_server(string server, string? site, params string[] problems) => Check(problems, server, site, Sites);

    [Fact(DisplayName = "RT-3: sites and servers have names that occur once, whatever their case")]
    public void Checks_sites() => Check(
        [
            "Sites:seattle: the site is listed twice (case does not matter); make one entry of them",
            "Sites:seattle:0: 'hub01' is already in site 'Seattle'; remove one of the entries",
            "Sites:seattle:1: the server has no name; remove the entry",
            "Sites: a site has no name; give it one",
        ],
        "HUB01",
        "Seattle",
        [new("Seattle", ["HUB01"]), new("seattle", ["hub01", ""]), new(" ", [])]);

    [Fact(DisplayName = "RT-3: the number of sites is bounded, so that no path cost overflows")]
    public void Checks_the_number_of_sites() => Check(
        ["Sites: there are 10001 sites, more than 10000; merge some of them"],
        "H0",
        "S0",
        [.. Enumerable.Range(0, TransportTopology.MaxSites + 1).Select(i => new TransportSite($"S{i}", [$"H{i}"]))]);

    [Fact(DisplayName = "RT-1, RT-3: connectors have a name that occurs once, whatever its case, an address space, and source servers that exist")]
    public void Checks_connectors()
    {
        ConnectorDefinition[] connectors =
        [
            Org.Connector("Fax", "FAX:*"),
            Org.Connector("fAX", "FAX:*"),
            new() { Name = "None", AddressSpaces = [] },
            new() { Name = "Default", AddressSpaces = default, SourceTransportServers = default },
            Org.Connector("Servers", "*") with { SourceTransportServers = ["hub02", "HUB09", ""] },
            new() { Name = " ", AddressSpaces = [] },
        ];
        string[] expected =
        [
            "fAX: another connector has this name (case does not matter); rename one of them",
            "None:AddressSpaces: the connector has no address space; add one, such as 'FAX:*'",
            "Default:AddressSpaces: the connector has no address space; add one, such as 'FAX:*'",
            "Servers:SourceTransportServers:1: the server 'HUB09' is in no site; add it to one of Sites",
            "Servers:SourceTransportServers:2: the server '' is in no site; add it to one of Sites",
            "5:Name: the connector has no name; give it one",
            "5:AddressSpaces: the connector has no address space; add one, such as 'FAX:*'",
        ];

        Assert.Equal(expected, ConnectorSelector.Validate(connectors, Org.Whole).Select(p => p.ToString()));
        var error = Assert.Throws<ArgumentException>(() => new ConnectorSelector(connectors, Org.Whole));
        Assert.All(expected, problem => Assert.Contains(problem, error.Message, StringComparison.Ordinal));
    }

    private static void Check(string[] problems, string server, string? site, TransportSite[] sites, params SiteLink[] links)
    {
        Assert.Equal(problems, TransportTopology.Validate(server, site, sites, links).Select(p => p.ToString()));
        if (problems.Length == 0)
            Assert.True(new TransportTopology(server, site!, sites, links).Contains(server));
        else
        {
            var error = Assert.Throws<ArgumentException>(() => new TransportTopology(server, site!, sites, links));
            Assert.All(problems, problem => Assert.Contains(problem, error.Message, StringComparison.Ordinal));
        }
    }
}
