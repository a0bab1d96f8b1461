using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Tests.Mail;

public class RoutingAddressTests
{
    [Theory(DisplayName = "RT-1: an address is an addr-spec or TYPE:value")]
    [InlineData("bob@contoso.com", "SMTP", "bob@contoso.com")]
    [InlineData("smtp:bob@contoso.com", "SMTP", "bob@contoso.com")]
    [InlineData("fax:+1 425 555 0100", "FAX", "+1 425 555 0100")]
    [InlineData("X400:c=US;a=Fabrikam;s=Smith", "X400", "c=US;a=Fabrikam;s=Smith")]
    [InlineData("Notes:Bob Smith/Acme: Berlin", "NOTES", "Bob Smith/Acme: Berlin")]
    [InlineData("bob@[IPv6:2001:db8::1]", "SMTP", "bob@[IPv6:2001:db8::1]")]
    [InlineData("\"fax:1\"@contoso.com", "SMTP", "\"fax:1\"@contoso.com")]
    public void Reads(string text, string type, string value)
    {
        var address = RoutingAddress.Parse(text);

        Assert.Equal((type, value), (address.Type, address.Value));
        Assert.Equal(type == "SMTP", address.IsSmtp);
        Assert.Equal($"{type}:{value}", address.ToString());
        Assert.Equal(address, RoutingAddress.Parse(address.ToString()));
    }

    [Theory(DisplayName = "AS-2: the domain of an address is its A-label form in lower case, without a trailing dot")]
    [InlineData("bob@Contoso.COM", "contoso.com")]
    [InlineData("bob@contoso.com.", "contoso.com")]
    [InlineData("bob@M\u00dcLLER.de", "xn--mller-kva.de")]
    [InlineData("bob@m\u00fcller\u3002de", "xn--mller-kva.de")]
    [InlineData("bob@m\u00fcller.de\u3002", "xn--mller-kva.de")]
    [InlineData("bob@m\u00fcller.de.", "xn--mller-kva.de")]
    [InlineData("bob@[192.0.2.1]", "[192.0.2.1]")]
    [InlineData("\"b@x\"@contoso.com", "contoso.com")]
    public void Has_a_canonical_domain(string text, string domain) => Assert.Equal(domain, RoutingAddress.Smtp(text).Domain);

    [Fact(DisplayName = "AS-2: an address of another type has no domain")]
    public void Has_no_domain() => Assert.Null(RoutingAddress.Create("FAX", "bob@contoso.com").Domain);

    [Theory(DisplayName = "RT-1: addresses that lead to the same place are equal")]
    [InlineData("bob@contoso.com", "SMTP:bob@CONTOSO.com.")]
    [InlineData("bob@m\u00fcller.de", "bob@xn--mller-kva.de")]
    [InlineData("fax:1", "FAX:1")]
    public void Are_equal(string left, string right)
    {
        var (a, b) = (RoutingAddress.Parse(left), RoutingAddress.Parse(right));

        Assert.Equal(a, b);
        Assert.True(a.Equals((object)b));
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
    }

    [Theory(DisplayName = "RT-1: local parts and values of other types are compared octet for octet")]
    [InlineData("bob@contoso.com", "Bob@contoso.com")]
    [InlineData("bob@contoso.com", "bob@contoso.de")]
    [InlineData("FAX:a", "FAX:A")]
    [InlineData("FAX:bob@contoso.com", "bob@contoso.com")]
    [InlineData("FAX:1", "MOBILE:1")]
    public void Are_not_equal(string left, string right) => Assert.NotEqual(RoutingAddress.Parse(left), RoutingAddress.Parse(right));

    [Theory(DisplayName = "AS-1, AS-2, AS-6: what is not an address is refused, naming the rule")]
    [InlineData("F X", "1", "AS-1")]
    [InlineData("", "1", "AS-1")]
    [InlineData("F\u00c4X", "1", "AS-1")]
    [InlineData("FAX", "", "AS-6")]
    [InlineData("FAX", " \t", "AS-6")]
    [InlineData("smtp", "bob", "EN-2")]
    [InlineData("SMTP", "bob@contoso\r\n.com", "EN-7")]
    [InlineData("SMTP", "bob@\u00fc\u3002\u3002de", "AS-2")]
    [InlineData("SMTP", "bob@contoso.test\u2019", "AS-2")]
    [InlineData("SMTP", "bob@\u201Ccontoso.test", "AS-2")]
    [InlineData("SMTP", "bob@contoso\u2013x.test", "AS-2")]
    [InlineData("SMTP", "bob@[x]", "AS-2")]
    [InlineData("SMTP", "bob@[1.2.3]", "AS-2")]
    [InlineData("SMTP", "\u00a0bob@contoso.com", "EN-2")]
    [InlineData("SMTP", "\ufeffbob@contoso.com", "EN-2")]
    public void Refuses(string type, string value, string rule) =>
        Assert.Equal(rule, Assert.Throws<MailFormatException>(() => RoutingAddress.Create(type, value)).Rule);

    [Fact(DisplayName = "RT-1: null is a mistake of the caller")]
    public void Does_not_take_null()
    {
        Assert.Throws<ArgumentNullException>(() => RoutingAddress.Parse(null!));
        Assert.Throws<ArgumentNullException>(() => RoutingAddress.Smtp(null!));
        Assert.Throws<ArgumentNullException>(() => RoutingAddress.Create("FAX", null!));
        Assert.False(RoutingAddress.Parse("a@b").Equals(null));
    }
}
