using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Tests.Mail;

/// <summary>Numbers as people write them.</summary>
public class NumbersTests
{
    [Theory(DisplayName = "IM-4: a FAX or SMS address is taken as it stands, there and back: what looks like an escape is none")]
    [InlineData("FAX", "(212) 555-0100")]
    [InlineData("FAX", "+49 (0)89/1234-5")]
    [InlineData("SMS", "(a)(p)(u)(c)(x)(q)")]
    [InlineData("SMS", "+2B49 +20")]
    [InlineData("FAX", "_(212)_")]
    [InlineData("MOBILE", "*21#")]
    public void Takes_numbers_as_they_stand(string type, string number)
    {
        var recipient = EnvelopeRecipient.Parse($"{type}:{number}", "contoso.com");

        Assert.Equal((type, number), (recipient.Type, recipient.Value));
        Assert.Equal(number, RoutingAddress.Parse($"{type}:{number}").Value);
    }
}
