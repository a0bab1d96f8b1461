using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Tests.Routing;

/// <summary>Each row is asked twice: of the space itself, and of the table that a selector builds from it.</summary>
public class AddressSpaceMatchTests
{
    [Theory(DisplayName = "AS-3: contoso.com is that domain only, *.contoso.com also every subdomain, * every SMTP address")]
    [InlineData("contoso.com", "bob@contoso.com", true)]
    [InlineData("contoso.com", "bob@CONTOSO.com", true)]
    [InlineData("contoso.com", "bob@contoso.com.", true)]
    [InlineData("contoso.com", "bob@mail.contoso.com", false)]
    [InlineData("contoso.com", "bob@notcontoso.com", false)]
    [InlineData("contoso.com", "bob@com", false)]
    [InlineData("*.contoso.com", "bob@contoso.com", true)]
    [InlineData("*.contoso.com", "bob@mail.contoso.com", true)]
    [InlineData("*.contoso.com", "bob@a.b.c.contoso.com", true)]
    [InlineData("*.contoso.com", "bob@notcontoso.com", false)]
    [InlineData("*.contoso.com", "bob@contoso.com.test", false)]
    [InlineData("*.com", "bob@contoso.com", true)]
    [InlineData("*.com", "bob@contoso.org", false)]
    [InlineData("*", "bob@contoso.org", true)]
    [InlineData("*", "bob@[192.0.2.1]", true)]
    [InlineData("*.1", "bob@[192.0.2.1]", false)]
    [InlineData("*", "FAX:+1", false)]
    [InlineData("FAX:*", "bob@contoso.org", false)]
    public void Matches_domains(string space, string recipient, bool expected) => Check(space, recipient, expected);

    [Theory(DisplayName = "AS-2: internationalised domains compare by their A-label form")]
    [InlineData("m\u00fcller.de", "bob@xn--mller-kva.de", true)]
    [InlineData("xn--mller-kva.de", "bob@M\u00dcLLER.DE", true)]
    [InlineData("*.m\u00fcller.de", "bob@post.m\u00fcller.de", true)]
    [InlineData("m\u00fcller.de", "bob@mu\u0308ller.de", true)]
    [InlineData("*.XN--MLLER-KVA.de", "bob@post.m\u00fcller.de", true)]
    [InlineData("m\u00fcller.de", "bob@muller.de", false)]
    [InlineData("m\u00fcller.de", "bob@m\u00fcller\u3002de", true)]
    [InlineData("*.m\u00fcller.de", "bob@xn--zckzah.xn--mller-kva.de", true)]
    [InlineData("*.\u30c6\u30b9\u30c8.m\u00fcller.de", "bob@a.xn--zckzah.m\u00fcller.de", true)]
    [InlineData("*.m\u00fcller.de", "bob@_DMARC.xn--mller-kva.de", true)]
    [InlineData("*.xn--mller-kva.de", "bob@_dmarc.m\u00fcller.de", true)]
    [InlineData("*", "bob@contoso_x.com", true)]
    [InlineData("*.m\u00fcller.de", "bob@r3---sn_1.-x-.M\u00dcLLER.de", true)]
    [InlineData("\uff43ontoso.com", "bob@contoso.com", true)]
    public void Matches_internationalised_domains(string space, string recipient, bool expected) => Check(space, recipient, expected);

    [Theory(DisplayName = "AS-4: a recipient matches when every attribute of the space is present with an equal value")]
    [InlineData("c=US;a=Fabrikam;1", "c=US;a=Fabrikam;s=Smith", true)]
    [InlineData("c=US;a=Fabrikam;1", "/S=Smith/A=FABRIKAM/C=us/", true)]
    [InlineData("c=US;a=Fabrikam;1", "c=US;p=Fabrikam", false)]
    [InlineData("c=US;a=Fabrikam;1", "c=US;a=Fabrikam Ltd", false)]
    [InlineData("c=US;a=Fabrikam;1", "c=US", false)]
    [InlineData("o=Two  words;1", "o= two words ", true)]
    [InlineData("o=Two words;1", "o=Twowords", false)]
    [InlineData("a= ;c=US;1", "c=US;a= ;p=Contoso", true)]
    [InlineData("a= ;c=US;1", "c=US;p=Contoso", false)]
    [InlineData("c=US;o=*;1", "c=US;o=Anything", true)]
    [InlineData("c=US;o=*;1", "c=US", false)]
    [InlineData("o=\\*;1", "o=*", true)]
    [InlineData("o=\\*;1", "o=x", false)]
    [InlineData("o=\"*\";1", "o=*", true)]
    [InlineData("*", "c=US", true)]
    [InlineData("dda:Id=7;1", "c=US;DDA:ID=7", true)]
    [InlineData("dda:Id=7;1", "c=US;dda:Other=7", false)]
    [InlineData("/o=a;b/;1", "o=\"a;b\"", true)]
    [InlineData("o=a\\/b", "/o=a\\/b/", true)]
    [InlineData("o=a/b", "/o=\"a/b\"/", true)]
    [InlineData("o=DOM\\USER", "o=DOM\\\\USER", true)]
    [InlineData("ou1=a;ou2=b;ou3=c;ou4=d;g=e;i=f;q=g;cn=h;x121=9;1", "c=x;ou1=a;ou2=b;ou3=c;ou4=d;g=e;i=f;q=g;cn=h;x121=9", true)]
    [InlineData("c=US", "c=US;n-id=77", true)]
    [InlineData("dda:x\\*=1;dda:y=*;1", "dda:x*=1;dda:y=2", true)]
    public void Matches_attributes(string space, string recipient, bool expected) => Check("X400:" + space, "X400:" + recipient, expected);

    [Theory(DisplayName = "AS-4: a malformed X.400 recipient lies in no space")]
    [InlineData("X400:c=US;c=DE")]
    [InlineData("X400:c=US;Smith")]
    [InlineData("X400:c=US;;a=x")]
    [InlineData("X400:c=\"US")]
    [InlineData("X400:c=US;=x")]
    public void Does_not_match_what_is_malformed(string recipient) => Check("X400:*", recipient, false);

    [Theory(DisplayName = "AS-6: any other type takes any text, in which * is any run of characters, without case")]
    [InlineData("FAX:*", "FAX:+1 425 555 0100", true)]
    [InlineData("FAX:+1 425 555 0100", "FAX:+1 425 555 0100", true)]
    [InlineData("FAX:+1 425 555 0100", "FAX:+1 425 555 01000", false)]
    [InlineData("FAX:+1425*", "FAX:+14255550100", true)]
    [InlineData("FAX:+1425*", "FAX:+1425", true)]
    [InlineData("FAX:+1425*", "FAX:+1426", false)]
    [InlineData("FAX:+1425*", "FAX:0+1425", false)]
    [InlineData("FAX:*00", "FAX:+14255550100", true)]
    [InlineData("FAX:*00", "FAX:0", false)]
    [InlineData("FAX:+1*00", "FAX:+100", true)]
    [InlineData("FAX:+1*1", "FAX:+1", false)]
    [InlineData("NOTES:*smith*/acme", "NOTES:Bob SMITHers/ACME", true)]
    [InlineData("NOTES:a*b*c", "NOTES:abbcbc", true)]
    [InlineData("NOTES:a*b*c", "NOTES:acb", false)]
    [InlineData("NOTES:*ab*", "NOTES:aab", true)]
    [InlineData("NOTES:*aab*", "NOTES:aaab", true)]
    [InlineData("NOTES:*ab*b", "NOTES:ab", false)]
    [InlineData("NOTES:\u00dcber*", "NOTES:\u00fcberall", true)]
    [InlineData("NOTES:x", "NOTES: x ", true)]
    [InlineData("NOTES:x?", "NOTES:xy", false)]
    [InlineData("fax:x", "Fax:X", true)]
    [InlineData("FAX:x", "NOTES:x", false)]
    public void Matches_text(string space, string recipient, bool expected) => Check(space, recipient, expected);

    [Fact(DisplayName = "AS-6: a pattern with many stars is matched without backtracking")]
    public void Matches_many_stars_in_bounded_time()
    {
        var space = AddressSpace.Parse("FAX:" + string.Concat(Enumerable.Repeat("*a", 200)) + "*b");

        Assert.False(space.Matches(RoutingAddress.Create("FAX", new string('a', 5000))));
    }

    [Theory(DisplayName = "AS-2: a label that cannot be encoded is an error, in a space and in a recipient")]
    [InlineData("a\u2488.de")]
    [InlineData("\ud800.de")]
    [InlineData("m\u00fcller.\u200d")]
    public void Refuses_labels_that_cannot_be_encoded(string domain)
    {
        Assert.Equal("AS-2", Assert.Throws<MailFormatException>(() => AddressSpace.Parse(domain)).Rule);
        Assert.Throws<MailFormatException>(() => RoutingAddress.Smtp("bob@" + domain));
    }

    [Fact(DisplayName = "AS-2: local parts keep their case")]
    public void Keeps_the_case_of_local_parts()
    {
        var address = RoutingAddress.Smtp("BoB@M\u00dcLLER.de");

        Assert.Equal(("BoB@M\u00dcLLER.de", "xn--mller-kva.de"), (address.Value, address.Domain));
        Assert.Equal(RoutingAddress.Smtp("BoB@xn--mller-kva.de"), address);
        Assert.NotEqual(RoutingAddress.Smtp("bob@xn--mller-kva.de"), address);
    }

    private static void Check(string space, string recipient, bool expected)
    {
        var address = RoutingAddress.Parse(recipient);
        Assert.Equal(expected, AddressSpace.Parse(space).Matches(address));
        Assert.Equal(expected, Org.Route(recipient, Org.Connector("Only", [space])).Connector is not null);
    }
}
