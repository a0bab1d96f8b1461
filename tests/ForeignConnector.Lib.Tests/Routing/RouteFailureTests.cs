using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Tests.Routing;

public class RouteFailureTests
{
    private static readonly ConnectorDefinition Fax = Org.Connector("Fax", "FAX:+1*", "fax.contoso.com");
    private static readonly ConnectorDefinition Small = Fax with { MaxMessageSize = ByteSize.FromOctets(1000) };

    [Theory(DisplayName = "RT-1: a connector whose MaxMessageSize is below the message's size is dropped")]
    [InlineData(0, true)]
    [InlineData(999, true)]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    [InlineData(long.MaxValue, false)]
    public void Drops_connectors_that_are_too_small(long size, bool taken)
    {
        var fallback = Org.Connector("Fallback", "FAX:*;100");

        Assert.Equal(taken ? "Fax" : "Fallback", Org.Route("FAX:+1", size, Small, fallback).Connector);
    }

    [Fact(DisplayName = "RT-1: without MaxMessageSize no message is too large")]
    public void Takes_any_size_by_default() => Assert.Equal("Fax", Org.Route("FAX:+1", long.MaxValue, Fax).Connector);

    [Fact(DisplayName = "RT-1: a connector that is disabled is dropped")]
    public void Drops_disabled_connectors() =>
        Assert.Equal("Second", Org.Route("FAX:+1", Fax with { Enabled = false }, Org.Connector("Second", "FAX:*;100")).Connector);

    [Fact(DisplayName = "DR-7: MaxMessageSize 0 disables the connector, also for an empty message")]
    public void Drops_connectors_of_size_zero() =>
        Assert.Equal(RouteOutcome.Unreachable, Org.Route("bob@fax.contoso.com", 0, Fax with { MaxMessageSize = ByteSize.FromOctets(0) }).Outcome);

    [Theory(DisplayName = "RT-1: a scoped connector is used only in the site of one of its source servers")]
    [InlineData("HUB01", true)]
    [InlineData("HUB02", true)]
    [InlineData("HUB03", false)]
    [InlineData("HUB06", false)]
    [InlineData("HUB03,HUB02", true)]
    [InlineData("", true)]
    public void Drops_connectors_scoped_to_another_site(string servers, bool taken)
    {
        var scoped = Fax with { IsScopedConnector = true, SourceTransportServers = [.. servers.Split(',', StringSplitOptions.RemoveEmptyEntries)] };

        Assert.Equal(taken ? "Fax" : null, Org.Route("bob@fax.contoso.com", scoped).Connector);
    }

    [Theory(DisplayName = "RT-4: an SMTP recipient without a match is unreachable")]
    [InlineData("bob@contoso.com")]
    [InlineData("bob@mail.fax.contoso.com")]
    [InlineData("bob@[192.0.2.1]")]
    public void Keeps_unmatched_smtp_recipients(string recipient)
    {
        var decision = Org.Route(recipient, Fax);

        Assert.Equal((RouteOutcome.Unreachable, null, null), (decision.Outcome, decision.Connector, decision.Status));
        Assert.Null(decision.DeliveryServer);
        Assert.Null(decision.Cost);
        Assert.Null(decision.Space);
    }

    [Theory(DisplayName = "RT-4: a non-SMTP recipient without a match fails with 5.1.2")]
    [InlineData("FAX:+49")]
    [InlineData("SMS:+1")]
    [InlineData("X400:c=US;a=Fabrikam")]
    [InlineData("X400:not an address")]
    public void Fails_unmatched_other_recipients(string recipient)
    {
        var decision = Org.Route(recipient, Fax);

        Assert.Equal((RouteOutcome.Failed, null, EnhancedStatusCode.BadDestinationSystem), (decision.Outcome, decision.Connector, decision.Status));
    }

    [Theory(DisplayName = "RT-4: a recipient whose matches are all too small fails with 5.3.4")]
    [InlineData("FAX:+1")]
    [InlineData("bob@fax.contoso.com")]
    public void Fails_recipients_of_messages_that_are_too_large(string recipient)
    {
        var other = Org.Connector("Other", "FAX:*", "*.contoso.com") with { MaxMessageSize = ByteSize.FromOctets(1001) };
        var decision = Org.Route(recipient, 1002, Small, other);

        Assert.Equal((RouteOutcome.Failed, null, EnhancedStatusCode.MessageTooBig), (decision.Outcome, decision.Connector, decision.Status));
        Assert.Equal("Other", Org.Route(recipient, 1001, Small, other).Connector);
    }

    [Fact(DisplayName = "RT-4: a smaller message would not help when the connector could not be used either, so the recipient is not failed for its size")]
    public void Does_not_blame_the_size_alone()
    {
        Assert.Equal(RouteOutcome.Unreachable, Org.Route("bob@fax.contoso.com", 1001, Small with { Enabled = false }).Outcome);
        Assert.Equal(RouteOutcome.Unreachable, Org.Route("bob@fax.contoso.com", 1001, Small with { SourceTransportServers = ["HUB06"] }).Outcome);
        Assert.Equal(
            EnhancedStatusCode.MessageTooBig, Org.Route("bob@fax.contoso.com", 1001, Small, Fax with { Name = "Off", Enabled = false }).Status);
    }

    [Fact(DisplayName = "RT-3: a connector to which no site path leads takes nothing; its SMTP recipients are kept")]
    public void Does_not_use_a_connector_without_a_path() =>
        Assert.Equal(RouteOutcome.Unreachable, Org.Route("bob@fax.contoso.com", Fax with { SourceTransportServers = ["HUB06"] }).Outcome);

    [Fact]
    public void Decides_without_any_connector()
    {
        Assert.Equal(RouteOutcome.Unreachable, Org.Route("bob@contoso.com").Outcome);
        Assert.Equal(RouteOutcome.Failed, Org.Route("FAX:+1").Outcome);
    }

    [Theory(DisplayName = "RT-4: every outcome has a text for the sender that names no connector and no server")]
    [InlineData("FAX:+1", 1, "A connector takes this recipient.")]
    [InlineData("FAX:+2", 1, "Another server has to deliver to this recipient.")]
    [InlineData("FAX:+1", 1001, "The message is larger than every connection to the recipient's system allows.")]
    [InlineData("FAX:+3", 1, "This mail system has no way to send to this address.")]
    [InlineData("X400:c", 1, "The recipient is not a well-formed X.400 address.")]
    [InlineData("bob@contoso.com", 1, "This mail system has no route to the recipient's domain now.")]
    public void Has_a_text_for_the_sender(string recipient, long size, string text) =>
        Assert.Equal(text, Org.Route(recipient, size, Small, Org.Connector("Far@HUB03=FAX:+2*")).Text);

    [Fact]
    public void Refuses_what_is_not_a_question()
    {
        var selector = new ConnectorSelector([Fax], Org.Alone);

        Assert.Throws<ArgumentNullException>(() => selector.Select(null!, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => selector.Select(RoutingAddress.Parse("FAX:+1"), -1));
        Assert.Throws<InvalidOperationException>(() => default(RouteDecision).Explain());
        Assert.Throws<InvalidOperationException>(() => default(RouteDecision).Recipient);
    }

    [Fact(DisplayName = "RT-1: a lookup of any type, with or without a match, allocates nothing")]
    public void Allocates_nothing()
    {
        var connectors = new[]
        {
            Small, Org.Connector("Smtp", "contoso.com", "*.fabrikam.com"), Org.Connector("Text", "FAX:*00", "FAX:+4*9", "NOTES:*smith*"),
            Org.Connector("X", "X400:c=US;a=Fabrikam;dda:Id=7;1", "X400:c=*;p=Contoso;1"),
        };
        var selector = new ConnectorSelector(connectors, Org.Whole);
        string[] texts =
        [
            "a@contoso.com", "a@b.c.fabrikam.com", "a@x.org", "FAX:+1", "FAX:+100", "FAX:+4 and 9", "FAX:x", "NOTES:Bob Smith/Acme", "SMS:1",
            "X400:c=us;a=FABRIKAM;dda:id=7;s=Smith", "X400:/P=Contoso /C=DE/", "X400:c=DE", "X400:o=\"a;b\";c=x;ou1=\\;", "X400:malformed",
        ];
        RoutingAddress[] recipients = [.. texts.Select(RoutingAddress.Parse)];
        long allocated = 1;
        // The first rounds also pay for what happens once.
        for (var round = 0; round < 5 && allocated > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var recipient in recipients)
                selector.Select(recipient, 2000);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }
}
