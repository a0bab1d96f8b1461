using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Tests.Routing;

/// <summary>
/// The rows read <c>recipient</c>, the connectors as <c>Name@SERVER+SERVER=space, space</c> separated by <c>|</c>, and the connector that wins.
/// Every row is also asked with the connectors in the opposite order. The organisation is <see cref="Org"/>.
/// </summary>
public class RouteSelectionTests
{
    [Theory(DisplayName = "RT-2: the exact domain wins, then the wildcard with the most labels, then *; whatever they cost")]
    [InlineData("contoso.com", "exact=contoso.com;100 | wild=*.contoso.com | top=*.com | all=*", "exact")]
    [InlineData("contoso.com", "wild=*.contoso.com;100 | top=*.com | all=*", "wild")]
    [InlineData("contoso.com", "top=*.com;100 | all=*", "top")]
    [InlineData("contoso.com", "all=*;100 | other=contoso.org", "all")]
    [InlineData("mail.contoso.com", "exact=contoso.com | wild=*.contoso.com;100 | top=*.com | all=*", "wild")]
    [InlineData("mail.contoso.com", "exact=contoso.com | top=*.com;100 | all=*", "top")]
    [InlineData("mail.contoso.com", "exact=mail.contoso.com;100 | wild=*.mail.contoso.com | parent=*.contoso.com", "exact")]
    [InlineData("a.mail.contoso.com", "exact=mail.contoso.com | wild=*.mail.contoso.com;100 | parent=*.contoso.com", "wild")]
    [InlineData("contoso.org", "exact=contoso.com | top=*.com | all=*;100", "all")]
    [InlineData("com", "exact=contoso.com | top=*.com;100 | all=*", "top")]
    [InlineData("CONTOSO.COM.", "exact=Contoso.com;100 | all=*", "exact")]
    [InlineData("m\u00fcller.de", "a=xn--mller-kva.de;100 | all=*", "a")]
    [InlineData("xn--mller-kva.de", "u=M\u00dcLLER.de;100 | wild=*.de", "u")]
    public void Prefers_the_most_specific_domain(string domain, string connectors, string winner) => Check("bob@" + domain, connectors, winner);

    [Theory(DisplayName = "RT-2: the X.400 space with the most literal attributes wins, whatever they cost")]
    [InlineData("c=US;a=Fabrikam;p=Contoso", "two=X400:c=US;a=Fabrikam;100 | one=X400:c=US;1 | all=X400:*;1", "two")]
    [InlineData("c=US;a=Fabrikam;p=Contoso", "two=X400:c=US;a=Fabrikam;100 | star=X400:c=US;a=*;p=*;1", "two")]
    [InlineData("c=US;a=Fabrikam;p=Contoso", "star=X400:c=US;a=*;100 | one=X400:p=Contoso;1", "one")]
    [InlineData("c=US;a=Fabrikam;p=Contoso", "three=X400:c=US;a=Fabrikam;p=Litware;1 | all=X400:*;100", "all")]
    public void Prefers_the_most_attributes(string address, string connectors, string winner) => Check("X400:" + address, connectors, winner);

    [Theory(DisplayName = "RT-2: of other spaces the one without * wins, then the one with the most literal characters, then *")]
    [InlineData("+14255550100", "exact=FAX:+14255550100;100 | long=FAX:+1425555010* | all=FAX:*", "exact")]
    [InlineData("+14255550100", "long=FAX:+1425555*;100 | short=FAX:+1425* | all=FAX:*", "long")]
    [InlineData("+14255550100", "short=FAX:+1425*;100 | all=FAX:*", "short")]
    [InlineData("+14255550100", "prefix=FAX:+14* | ends=FAX:+1*100;100", "ends")]
    [InlineData("+14255550100", "prefix=FAX:+14* | middle=FAX:*5555*;100", "middle")]
    [InlineData("+14255550100", "other=FAX:+1426* | all=FAX:*;100", "all")]
    [InlineData("+14255550100", "sms=SMS:+14255550100 | all=FAX:*;100", "all")]
    public void Prefers_the_longest_literal(string number, string connectors, string winner) => Check("FAX:" + number, connectors, winner);

    [Theory(DisplayName = "RT-3: among equally specific spaces the lowest sum of space cost and path cost wins")]
    [InlineData("cheap=contoso.com;4 | dear=contoso.com;5", "cheap")]
    [InlineData("here=contoso.com;11 | berlin@HUB03=contoso.com;2", "here")]
    [InlineData("here=contoso.com;12 | berlin@HUB03=contoso.com;1", "berlin")]
    [InlineData("berlin@HUB03=contoso.com;6 | tokyo@HUB04=contoso.com;2", "berlin")]
    [InlineData("berlin@HUB03=contoso.com;7 | tokyo@HUB04=contoso.com;1", "tokyo")]
    [InlineData("direct=contoso.com;17 | tokyo@HUB04=contoso.com;1", "tokyo")]
    [InlineData("both@HUB03+HUB04=contoso.com;1 | here=contoso.com;12", "both")]
    [InlineData("moon@HUB06=contoso.com;1 | here=contoso.com;100", "here")]
    [InlineData("moon@HUB06+HUB03=contoso.com;1 | here=contoso.com;100", "moon")]
    public void Prefers_the_lowest_cost(string connectors, string winner) => Check("bob@contoso.com", connectors, winner);

    [Theory(DisplayName = "RT-3: equal sums of different parts tie; then the fewest hops win: this server, its site, then one for each site link of the path")]
    [InlineData("a@HUB03=contoso.com;1 | b=contoso.com;11", "b")]
    [InlineData("a@HUB03=contoso.com;1 | b@HUB02=contoso.com;11", "b")]
    [InlineData("a@HUB02=contoso.com;11 | b@HUB01=contoso.com;11", "b")]
    [InlineData("a@HUB02=contoso.com;11 | b@HUB02+HUB01=contoso.com;11", "b")]
    [InlineData("b@HUB03=contoso.com;6 | a@HUB04=contoso.com;1", "b")]
    [InlineData("b@HUB04=contoso.com;1 | a@HUB05=contoso.com;1", "a")]
    public void Prefers_fewer_hops(string connectors, string winner) => Check("bob@contoso.com", connectors, winner);

    [Theory(DisplayName = "RT-3: then the lowest name wins, ordinal and without case")]
    [InlineData("alpha=contoso.com | Beta=contoso.com", "alpha")]
    [InlineData("Alpha=contoso.com | beta=contoso.com", "Alpha")]
    [InlineData("b=contoso.com | B2=contoso.com", "b")]
    [InlineData("fax 10=contoso.com | Fax 9=contoso.com", "fax 10")]
    [InlineData("a_b=contoso.com | aZb=contoso.com", "aZb")]
    [InlineData("z=contoso.com | \u00e4=contoso.com", "z")]
    public void Prefers_the_lowest_name(string connectors, string winner) => Check("bob@contoso.com", connectors, winner);

    [Theory(DisplayName = "RT-2, RT-3: of one connector's spaces the best counts, the cheapest among equally specific ones")]
    [InlineData("bob@contoso.com", "one=*;1, contoso.com;50 | two=contoso.com;51", "one", "SMTP:contoso.com;50")]
    [InlineData("bob@contoso.com", "one=contoso.com;50, contoso.com;40 | two=contoso.com;41", "one", "SMTP:contoso.com;40")]
    [InlineData("FAX:+100", "one=FAX:*00, FAX:+1* | two=FAX:*", "one", "FAX:*00;1")]
    [InlineData("FAX:ab", "one=FAX:ab*, FAX:AB* | two=FAX:*", "one", "FAX:AB*;1")]
    public void Takes_the_best_space_of_a_connector(string recipient, string connectors, string winner, string space) =>
        Assert.Equal(space, Check(recipient, connectors, winner).Space!.ToString());

    [Theory(DisplayName = "RT-7: a source server delivers itself; otherwise the decision names the server that has to")]
    [InlineData("c=contoso.com", null, 1)]
    [InlineData("c@HUB01=contoso.com", null, 1)]
    [InlineData("c@hub01=contoso.com", null, 1)]
    [InlineData("c@HUB02+HUB01=contoso.com", null, 1)]
    [InlineData("c@HUB02=contoso.com", "HUB02", 1)]
    [InlineData("c@HUB03+HUB02=contoso.com", "HUB02", 1)]
    [InlineData("c@HUB03=contoso.com", "HUB03", 11)]
    [InlineData("c@HUB04+HUB03=contoso.com", "HUB03", 11)]
    [InlineData("c@HUB05+HUB04=contoso.com", "HUB04", 16)]
    [InlineData("c@HUB06+HUB05=contoso.com", "HUB05", 16)]
    public void Says_which_server_delivers(string connector, string? server, int cost)
    {
        var decision = Check("bob@contoso.com", connector, "c");

        Assert.Equal((server, cost), (decision.DeliveryServer, decision.Cost));
        Assert.Equal(server ?? "HUB01", decision.Explain().Candidates[0].Server);
    }

    private static RouteDecision Check(string recipient, string connectors, string winner)
    {
        var definitions = connectors.Split('|', StringSplitOptions.TrimEntries).Select(Org.Connector).ToArray();
        var decision = Org.Route(recipient, definitions);
        var reversed = Org.Route(recipient, [.. definitions.Reverse()]);

        Assert.Equal((RouteOutcome.Route, winner, null), (decision.Outcome, decision.Connector, decision.Status));
        Assert.Equal(decision.Explain().ToString(), reversed.Explain().ToString());
        return decision;
    }
}
