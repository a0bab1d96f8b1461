using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Tests.Mail;

public class AddressMappingTests
{
    [Theory(DisplayName = "IM-5: what people write as a number becomes one")]
    [InlineData("123", "123")]
    [InlineData("+4930123", "+4930123")]
    [InlineData("0049.30.123-45", "+493012345")]
    [InlineData("030/123", "+4930123")]
    [InlineData("\"(030) 123-45\"", "+493012345")]
    [InlineData("\"[030] {123}\"", "+4930123")]
    [InlineData("\"+49 (0)30 123\"", "+4930123")]
    [InlineData("\"0\\3\\0 1\"", "+49301")]
    [InlineData("\"030\u00a0123\u2011\u20134\"", "+49301234")]
    [InlineData("0", "+49")]
    public void Reads_numbers(string localPart, string number) =>
        Assert.Equal(RoutingAddress.Parse($"FAX:{number}"), new AddressMapping("fax.contoso.com", "fax") { Prefix = "+49" }.Map(localPart));

    [Theory(DisplayName = "IM-5: what is no number is refused")]
    [InlineData("bob")]
    [InlineData("12a")]
    [InlineData("12+3")]
    [InlineData("++12")]
    [InlineData("+")]
    [InlineData("00")]
    [InlineData("\"\"")]
    [InlineData("\" - \"")]
    [InlineData("\u0661\u0662")]
    [InlineData("-n")]
    [InlineData("1;2")]
    [InlineData("12*31#")]
    public void Refuses_what_is_none(string localPart) =>
        Assert.Equal("IM-5", Assert.Throws<MailFormatException>(() => new AddressMapping("fax.contoso.com", "FAX").Map(localPart)).Rule);

    [Fact(DisplayName = "IM-5: without a prefix the leading 0 stays")]
    public void Keeps_the_zero() => Assert.Equal("030123", new AddressMapping("fax.contoso.com", "FAX").Map("030123").Value);

    [Theory(DisplayName = "IM-5: of other types the local part is taken as it stands, unless Number says otherwise")]
    [InlineData("PAGER", null, "bob", "bob")]
    [InlineData("PAGER", null, "\"bob 007\"", "bob 007")]
    [InlineData("PAGER", true, "007-1", "+71")]
    [InlineData("SMS", false, "bob", "bob")]
    [InlineData("mobile", null, "0171-1", "01711")]
    public void Depends_on_the_type(string type, bool? number, string localPart, string value)
    {
        var mapping = new AddressMapping("x.contoso.com", type);
        if (number is { } isNumber)
            mapping = new AddressMapping("x.contoso.com", type) { IsNumber = isNumber };

        Assert.Equal(RoutingAddress.Create(type, value), mapping.Map(localPart));
    }

    [Theory(DisplayName = "IM-5: a mapping that cannot be is refused")]
    [InlineData("", "FAX", "")]
    [InlineData("*.contoso.com", "FAX", "")]
    [InlineData("fax.contoso.com", "SMTP", "")]
    [InlineData("fax.contoso.com", "X500", "")]
    [InlineData("fax.contoso.com", "F-X", "")]
    [InlineData("fax.contoso.com", "FAX", "x")]
    [InlineData("fax.contoso.com", "FAX", "+")]
    public void Refuses_what_cannot_be(string domain, string type, string prefix) =>
        Assert.Throws<MailFormatException>(() => new AddressMapping(domain, type) { Prefix = prefix });

    [Theory(DisplayName = "DA-12: a recipient knows its type and its decoded value")]
    [InlineData("bob@contoso.com", "SMTP", "bob@contoso.com")]
    [InlineData("IMCEAfax-+2B49+2089+20123@contoso.com", "FAX", "+49 89 123")]
    [InlineData("IMCEAX500-_o=x@contoso.com", "SMTP", "IMCEAX500-_o=x@contoso.com")]
    [InlineData("IMCEAFAX-+2@contoso.com", "SMTP", "IMCEAFAX-+2@contoso.com")]
    [InlineData("IMCEAFAX-+0D+0A@contoso.com", "SMTP", "IMCEAFAX-+0D+0A@contoso.com")]
    public void Knows_its_type(string address, string type, string value)
    {
        var recipient = new EnvelopeRecipient(address);

        Assert.Equal((type, value), (recipient.Type, recipient.Value));
        Assert.Equal(new EnvelopeRecipient(address), recipient);
    }

    [Theory(DisplayName = "IM-1: a recipient can be made as people write it")]
    [InlineData("FAX:+49 89 123", "IMCEAFAX-+2B49+2089+20123@contoso.com", "FAX", "+49 89 123")]
    [InlineData("bob@contoso.com", "bob@contoso.com", "SMTP", "bob@contoso.com")]
    [InlineData("SMTP:bob@contoso.com", "bob@contoso.com", "SMTP", "bob@contoso.com")]
    public void Is_made_of_text(string text, string address, string type, string value)
    {
        var recipient = EnvelopeRecipient.Parse(text, "contoso.com");

        Assert.Equal((address, type, value), (recipient.Address, recipient.Type, recipient.Value));
    }

    [Theory(DisplayName = "IM-1: text that is no address is refused")]
    [InlineData("FAX:")]
    [InlineData("X500:/o=x")]
    [InlineData("bob")]
    public void Is_not_made_of_anything(string text) => Assert.Throws<MailFormatException>(() => EnvelopeRecipient.Parse(text, "contoso.com"));
}
