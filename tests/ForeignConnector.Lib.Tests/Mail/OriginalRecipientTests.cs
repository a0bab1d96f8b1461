using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Mail;

public class OriginalRecipientTests
{
    [Theory(DisplayName = "EN-2: an original recipient has a type and an address of any text")]
    [InlineData("rfc822", "mary@contoso.com")]
    [InlineData("utf-8", "m\u00e4ry@contoso.com")]
    [InlineData("X400", "/c=US/a=Fabrikam;p=x/")]
    [InlineData("!#$%&'*-/?^_`{|}~", " ")]
    public void Takes(string type, string address)
    {
        var original = new OriginalRecipient(type, address);

        Assert.Equal((type, address), (original.Type, original.Address));
        Assert.Equal($"{type};{address}", original.ToString());
        Assert.Equal(original, new OriginalRecipient(type, address));
    }

    [Theory(DisplayName = "EN-2, EN-7: what could not be written is refused, naming the rule")]
    [InlineData("", "a", "EN-2")]
    [InlineData("rfc 822", "a", "EN-2")]
    [InlineData("rfc822;", "a", "EN-2")]
    [InlineData("a+b", "a", "EN-2")]
    [InlineData("a=b", "a", "EN-2")]
    [InlineData("r\u00fc", "a", "EN-2")]
    [InlineData("rfc822\r\n", "a", "EN-2")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a", "EN-2")]
    [InlineData("rfc822", "", "EN-2")]
    [InlineData("rfc822", "a\rb", "EN-7")]
    [InlineData("rfc822", "a\nb", "EN-7")]
    [InlineData("rfc822", "a\0b", "EN-7")]
    public void Refuses(string type, string address, string rule)
    {
        var valid = new OriginalRecipient("rfc822", "mary@contoso.com");

        Assert.Equal(rule, Assert.Throws<MailFormatException>(() => new OriginalRecipient(type, address)).Rule);
        Assert.Equal(rule, Assert.Throws<MailFormatException>(() => valid with { Type = type, Address = address }).Rule);
    }
}
