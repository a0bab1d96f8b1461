using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Tests.Routing;

public class RouteExplanationTests
{
    private static readonly ConnectorDefinition[] Connectors =
    [
        Org.Connector("Winner=*.contoso.com;3, *;1"),
        Org.Connector("Dearer=*.contoso.com;5"),
        Org.Connector("Same cost@HUB02=*.contoso.com;3"),
        Org.Connector("Far@HUB04=*.contoso.com;1"),
        Org.Connector("Zulu=*.contoso.com;3"),
        Org.Connector("Wider=*.com;1"),
        Org.Connector("Off=*.contoso.com") with { Enabled = false },
        Org.Connector("Off too=*.contoso.com") with { MaxMessageSize = ByteSize.FromOctets(0) },
        Org.Connector("Elsewhere@HUB03=*.contoso.com") with { IsScopedConnector = true },
        Org.Connector("Moon@HUB06=*.contoso.com"),
        Org.Connector("Fax=FAX:*"),
        Org.Connector("Small=*.contoso.com") with { MaxMessageSize = ByteSize.FromKilobytes(1) },
        Org.Connector("All at once@HUB06=FAX:*") with { MaxMessageSize = ByteSize.FromKilobytes(1), Enabled = false, IsScopedConnector = true },
    ];

    [Fact(DisplayName = "RT-6: the explanation lists every connector with its rank or the rule that dropped it, in an order that configuration does not change")]
    public void Explains_every_connector()
    {
        const string expected =
            """
            SMTP:bob@mail.contoso.com, 2KB: Route to Winner (SMTP:*.contoso.com;3, cost 3)
              Winner Winner (SMTP:*.contoso.com;3): the best match; cost 3, this server delivers
              Ranked Zulu (SMTP:*.contoso.com;3): the name sorts after Winner (RT-3); cost 3, this server delivers
              Ranked Same cost (SMTP:*.contoso.com;3): more hops than Winner (RT-3); cost 3, HUB02 in this site delivers
              Ranked Dearer (SMTP:*.contoso.com;5): a higher cost than the 3 of Winner (RT-3); cost 5, this server delivers
              Ranked Far (SMTP:*.contoso.com;1): a higher cost than the 3 of Winner (RT-3); cost 16 = 1 + 15 for the path, HUB04 in another site delivers
              Ranked Wider (SMTP:*.com;1): less specific than *.contoso.com of Winner (RT-2); cost 1, this server delivers
              TooSmall All at once: the message has 2KB, MaxMessageSize is 1KB (RT-1); Enabled is false (RT-1); scoped, and no source server is in this server's site (RT-1); no site path leads to a source server (RT-3); no address space matches the recipient (RT-1)
              OutOfScope Elsewhere (SMTP:*.contoso.com;1): scoped, and no source server is in this server's site (RT-1)
              NoMatch Fax: no address space matches the recipient (RT-1)
              NoPath Moon (SMTP:*.contoso.com;1): no site path leads to a source server (RT-3)
              Disabled Off (SMTP:*.contoso.com;1): Enabled is false (RT-1)
              Disabled Off too (SMTP:*.contoso.com;1): MaxMessageSize is 0 (DR-7)
              TooSmall Small (SMTP:*.contoso.com;1): the message has 2KB, MaxMessageSize is 1KB (RT-1)
            """;

        Assert.Equal(expected, Org.Route("bob@mail.contoso.com", 2048, Connectors).Explain().ToString(), ignoreLineEndingDifferences: true);
        Assert.Equal(expected, Org.Route("bob@mail.contoso.com", 2048, [.. Connectors.Reverse()]).Explain().ToString(), ignoreLineEndingDifferences: true);
    }

    [Fact(DisplayName = "RT-6: as data, a candidate carries its space, its costs added up, its hops and its server")]
    public void Explains_as_data()
    {
        var candidates = Org.Route("bob@mail.contoso.com", 2048, Connectors).Explain().Candidates.ToDictionary(c => c.Connector);

        Assert.Equal(Connectors.Length, candidates.Count);
        Assert.Equal((16, 3, "HUB04"), (candidates["Far"].Cost, candidates["Far"].Hops, candidates["Far"].Server));
        Assert.Equal((3, 1, "HUB02"), (candidates["Same cost"].Cost, candidates["Same cost"].Hops, candidates["Same cost"].Server));
        Assert.Equal((3, 0, "HUB01"), (candidates["Winner"].Cost, candidates["Winner"].Hops, candidates["Winner"].Server));
        Assert.Equal((null, null, null), (candidates["Moon"].Cost, candidates["Moon"].Hops, candidates["Moon"].Server));
        Assert.Equal((null, null), (candidates["Fax"].Cost, candidates["Fax"].Space));
    }

    [Theory(DisplayName = "RT-6: what has no route explains itself as well")]
    [InlineData("bob@contoso.org", "SMTP:bob@contoso.org, 0B: Unreachable: ")]
    [InlineData("SMS:1", "SMS:1, 0B: Failed 5.1.2: ")]
    public void Explains_what_has_no_route(string recipient, string beginning)
    {
        var explanation = Org.Route(recipient, 0, Org.Connector("Fax", "FAX:*")).Explain();

        Assert.StartsWith(beginning, explanation.ToString(), StringComparison.Ordinal);
        Assert.Equal(RouteCandidateResult.NoMatch, Assert.Single(explanation.Candidates).Result);
    }

    [Fact(DisplayName = "RT-6, RT-7: the decision on one line names the server that delivers")]
    public void Names_the_server_on_one_line() =>
        Assert.Equal("Route to Far on HUB03 (FAX:*;1, cost 11)", Org.Route("FAX:1", Org.Connector("Far@HUB03=FAX:*")).ToString());

    [Fact]
    public void Decisions_are_values()
    {
        var selector = new ConnectorSelector([Org.Connector("Fax", "FAX:*")], Org.Alone);
        var decision = selector.Select(RoutingAddress.Parse("FAX:1"), 7);

        Assert.Equal(decision, selector.Select(RoutingAddress.Parse("fax:1"), 7));
        Assert.Equal(decision.GetHashCode(), selector.Select(RoutingAddress.Parse("fax:1"), 7).GetHashCode());
        Assert.NotEqual(decision, selector.Select(RoutingAddress.Parse("FAX:1"), 8));
        Assert.NotEqual(decision, selector.Select(RoutingAddress.Parse("FAX:2"), 7));
        Assert.True(decision != default);
        Assert.Equal((7, "FAX:1"), (decision.MessageSize, decision.Recipient.ToString()));
    }
}
