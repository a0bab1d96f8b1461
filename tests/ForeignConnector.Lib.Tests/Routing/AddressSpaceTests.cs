using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Tests.Routing;

public class AddressSpaceTests
{
    [Theory(DisplayName = "AS-1: [Type:]Space[;Cost], where the type defaults to SMTP and the cost to 1")]
    [InlineData("contoso.com", "SMTP", "contoso.com", 1)]
    [InlineData("smtp:contoso.com", "SMTP", "contoso.com", 1)]
    [InlineData("contoso.com;20", "SMTP", "contoso.com", 20)]
    [InlineData("Fax:*;100", "FAX", "*", 100)]
    [InlineData("  fax : +1 425* ; 7 ", "FAX", "+1 425*", 7)]
    [InlineData("NOTES:Bob Smith/Acme", "NOTES", "Bob Smith/Acme", 1)]
    [InlineData("CCMAIL:a at b:c", "CCMAIL", "a at b:c", 1)]
    public void Reads_type_space_and_cost(string text, string type, string space, int cost)
    {
        var parsed = AddressSpace.Parse(text);

        Assert.Equal((type, space, cost), (parsed.Type, parsed.Space, parsed.Cost));
    }

    [Theory(DisplayName = "AS-1: spaces that say the same are equal")]
    [InlineData("SMTP:contoso.com;1", "contoso.com;1")]
    [InlineData("SMTP:contoso.com;1", "SMTP:contoso.com")]
    [InlineData("SMTP:contoso.com;1", "contoso.com")]
    [InlineData("SMTP:contoso.com;1", "smtp:Contoso.COM;01")]
    [InlineData("FAX:abc*", "fax:ABC*;1")]
    [InlineData("FAX:+1*2", "FAX:+1**2")]
    [InlineData("m\u00fcller.de", "xn--mller-kva.de")]
    [InlineData("*.M\u00dcLLER.de", "*.xn--mller-kva.de.")]
    [InlineData("X400:c=US;a=Fabrikam;5", "X400:A=fabrikam;C=us;5")]
    [InlineData("X400:c=US;a=Fabrikam;5", "x400:/c=US/a=Fabrikam/;5")]
    public void Are_equal(string left, string right)
    {
        var (a, b) = (AddressSpace.Parse(left), AddressSpace.Parse(right));

        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
    }

    [Theory(DisplayName = "AS-1: spaces that differ in type, space or cost are not equal")]
    [InlineData("contoso.com", "contoso.com;2")]
    [InlineData("contoso.com", "*.contoso.com")]
    [InlineData("contoso.com", "FAX:contoso.com")]
    [InlineData("FAX:a", "FAX:a*")]
    [InlineData("X400:c=US;a=x;1", "X400:c=US;p=x;1")]
    public void Are_not_equal(string left, string right) => Assert.NotEqual(AddressSpace.Parse(left), AddressSpace.Parse(right));

    [Theory(DisplayName = "AS-2: domain names, with wildcards, are valid")]
    [InlineData("*", "*")]
    [InlineData("*.com", "*.com")]
    [InlineData("*.contoso.com", "*.contoso.com")]
    [InlineData("contoso.com", "contoso.com")]
    [InlineData("contoso.com.", "contoso.com")]
    [InlineData("*.Contoso.com.", "*.contoso.com")]
    [InlineData("a-b.c--d.x1", "a-b.c--d.x1")]
    [InlineData("localhost", "localhost")]
    [InlineData("1.2.3.4", "1.2.3.4")]
    [InlineData("M\u00fcller\u3002DE", "xn--mller-kva.de")]
    public void Takes_a_domain(string text, string space) => Assert.Equal(space, AddressSpace.Parse(text).Space);

    [Theory(DisplayName = "AS-1, AS-2, AS-4, AS-5, AS-6, AS-7: an error names the text, the position and the rule")]
    [InlineData("", "AS-2", 0)]
    [InlineData(" ", "AS-2", 1)]
    [InlineData("SMTP:", "AS-2", 5)]
    [InlineData("contoso.com;0", "AS-1", 12)]
    [InlineData("contoso.com;101", "AS-1", 12)]
    [InlineData("contoso.com;-1", "AS-1", 12)]
    [InlineData("contoso.com;1.5", "AS-1", 12)]
    [InlineData("contoso.com;99999999999999999999", "AS-1", 12)]
    [InlineData("contoso.com;", "AS-1", 12)]
    [InlineData("contoso.com;\u0661", "AS-1", 12)]
    [InlineData("FAX:*;0", "AS-1", 6)]
    [InlineData("FAX:*;101", "AS-1", 6)]
    [InlineData(":contoso.com", "AS-1", 0)]
    [InlineData("F X:+1", "AS-1", 1)]
    [InlineData("FAX:a\nb", "AS-1", 5)]
    [InlineData("*contoso.com", "AS-2", 0)]
    [InlineData("contoso.*", "AS-2", 8)]
    [InlineData("a.*.com", "AS-2", 2)]
    [InlineData("*.*.com", "AS-2", 2)]
    [InlineData("**", "AS-2", 0)]
    [InlineData("*.", "AS-2", 0)]
    [InlineData("a..b", "AS-2", 2)]
    [InlineData(".contoso.com", "AS-2", 0)]
    [InlineData("contoso.com..", "AS-2", 12)]
    [InlineData(".", "AS-2", 0)]
    [InlineData("SMTP:a.-b.com", "AS-2", 7)]
    [InlineData("a.b-.com", "AS-2", 3)]
    [InlineData("con toso.com", "AS-2", 3)]
    [InlineData("contoso_x.com", "AS-2", 7)]
    [InlineData("*._dmarc.contoso.com", "AS-2", 2)]
    [InlineData("-contoso.com", "AS-2", 0)]
    [InlineData("bob@contoso.com", "AS-2", 3)]
    [InlineData("[192.0.2.1]", "AS-2", 0)]
    [InlineData("a.com;1;2", "AS-2", 5)]
    [InlineData("X400:c=US;x=Fabrikam;1", "AS-4", 10)]
    [InlineData("X400:c=US;c=DE;1", "AS-4", 10)]
    [InlineData("X400:c=US;dda:t=1;DDA:T=2;1", "AS-4", 18)]
    [InlineData("X400:c=US;;a=x;1", "AS-4", 10)]
    [InlineData("X400:/c=US//a=x/", "AS-4", 11)]
    [InlineData("X400:Fabrikam", "AS-4", 5)]
    [InlineData("X400:=US", "AS-4", 5)]
    [InlineData("X400:o=", "AS-4", 5)]
    [InlineData("X400:o=Con*", "AS-4", 5)]
    [InlineData("X400:ou5=a", "AS-4", 5)]
    [InlineData("X400:dda:=a", "AS-4", 5)]
    [InlineData("X400:/", "AS-4", 5)]
    [InlineData("X400:o=\"a", "AS-4", 5)]
    [InlineData("X400:", "AS-4", 5)]
    [InlineData("X400:c=US;a=Fabrikam", "AS-5", 10)]
    [InlineData("X400:c=US;a=Fabrikam;", "AS-5", 21)]
    [InlineData("X400:o=a\\;5", "AS-5", 5)]
    [InlineData("X400:o=\"a;5\"", "AS-5", 5)]
    [InlineData("FAX:+1;ext=5", "AS-5", 7)]
    [InlineData("FAX:", "AS-6", 4)]
    [InlineData("FAX: ;1", "AS-6", 5)]
    public void Refuses(string text, string rule, int position)
    {
        var error = Assert.Throws<MailFormatException>(() => AddressSpace.Parse(text));

        Assert.Equal((rule, (long?)position), (error.Rule, error.Position));
        Assert.Contains($"'{text.Replace('\n', '\uFFFD')}'", error.Reason, StringComparison.Ordinal);
        Assert.False(AddressSpace.TryParse(text, out _));
    }

    [Fact(DisplayName = "AS-2: a label has at most 63 octets and a name 255")]
    public void Limits_the_length_of_labels_and_names()
    {
        var label = new string('a', 63);
        var name = string.Join('.', label, label, label, label);

        Assert.Equal(label, AddressSpace.Parse(label).Space);
        Assert.Equal(name, AddressSpace.Parse(name).Space);
        Assert.Equal("AS-2", Assert.Throws<MailFormatException>(() => AddressSpace.Parse(label + "a.com")).Rule);
        Assert.Equal("AS-2", Assert.Throws<MailFormatException>(() => AddressSpace.Parse(name + ".a")).Rule);
        Assert.Equal("AS-2", Assert.Throws<MailFormatException>(() => AddressSpace.Parse(new string('\u00fc', 63) + ".de")).Rule);
    }

    [Theory(DisplayName = "AS-5: the error for a missing cost says so, for every type")]
    [InlineData("X400:c=US;a=Fabrikam;P=Contoso", "a space of type X400 that contains ';' must end in an explicit cost, such as ';1', at offset 21 (AS-5)")]
    [InlineData("fax:+1;ext=5", "a space of type FAX that contains ';' must end in an explicit cost, such as ';1', at offset 7 (AS-5)")]
    [InlineData("NOTES:a;b;c", "a space of type NOTES that contains ';' must end in an explicit cost, such as ';1', at offset 10 (AS-5)")]
    public void Says_that_the_cost_is_missing(string text, string message) =>
        Assert.Equal($"'{text}' is not an address space: {message}", Assert.Throws<MailFormatException>(() => AddressSpace.Parse(text)).Message);

    [Theory(DisplayName = "AS-5: the last ';' outside quotes begins the cost")]
    [InlineData("X400:c=US;a=Fabrikam;P=Contoso;5", "c=US;a=Fabrikam;p=Contoso", 5)]
    [InlineData("X400:o=a\\;5;7", "o=a\\;5", 7)]
    [InlineData("X400:o=\"a;5\";7", "o=a\\;5", 7)]
    [InlineData("X400:o=a\\\\;7", "o=a\\\\", 7)]
    [InlineData("X400:c=US;a=x;;7", "c=US;a=x", 7)]
    [InlineData("FAX:a;b;7", "a;b", 7)]
    public void Takes_the_cost_from_the_end(string text, string space, int cost)
    {
        var parsed = AddressSpace.Parse(text);

        Assert.Equal((space, cost), (parsed.Space, parsed.Cost));
    }

    [Theory(DisplayName = "AS-7: everything that parses prints back to an equal value")]
    [InlineData("contoso.com", "SMTP:contoso.com;1")]
    [InlineData("*.m\u00fcller.de;3", "SMTP:*.xn--mller-kva.de;3")]
    [InlineData("fax:+1425*", "FAX:+1425*;1")]
    [InlineData("x400:/P=Contoso/C=US/dda:Id = a = b /;9", "X400:c=US;p=Contoso;dda:Id=a = b;9")]
    [InlineData("X400:a= ;c=US;9", "X400:c=US;a=;9")]
    [InlineData("X400:o=\\*;1", "X400:o=\\*;1")]
    [InlineData("X400:*", "X400:*;1")]
    public void Prints_what_it_read(string text, string printed)
    {
        Assert.Equal(printed, AddressSpace.Parse(text).ToString());
        Assert.Equal(AddressSpace.Parse(text), AddressSpace.Parse(printed));
    }

    [Fact]
    public void Does_not_take_null()
    {
        Assert.Throws<ArgumentNullException>(() => AddressSpace.Parse(null!));
        Assert.False(AddressSpace.TryParse(null, out _));
    }
}
