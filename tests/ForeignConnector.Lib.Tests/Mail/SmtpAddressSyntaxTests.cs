using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Tests.Mail;

public class SmtpAddressSyntaxTests
{
    [Theory(DisplayName = "EN-2: every mailbox of RFC 5321 and RFC 6531 can stand in an envelope")]
    [InlineData("bob@contoso.com")]
    [InlineData("b@c")]
    [InlineData("bob.smith+tag@contoso.com")]
    [InlineData("!#$%&'*+-/=?^_`{|}~@contoso.com")]
    [InlineData(".bob..smith.@contoso.com")]
    [InlineData("[bob]@contoso.com")]
    [InlineData("b\u00f6b@m\u00fcller.de")]
    [InlineData("\ud83d\ude00@contoso.com")]
    [InlineData("\"\"@contoso.com")]
    [InlineData("\"bob smith\"@contoso.com")]
    [InlineData("\"b@o<b>, \\\"x\\\\\"@contoso.com")]
    [InlineData("bob@[192.0.2.1]")]
    [InlineData("bob@[IPv6:2001:db8::1%3]")]
    [InlineData("bob@contoso.com.")]
    [InlineData("bob@host_1")]
    public void Takes(string address) => Assert.Null(Record.Exception(() => SmtpAddressSyntax.Validate(address)));

    [Theory(DisplayName = "EN-2, EN-7: what is not a mailbox is refused, naming the rule and the place")]
    [InlineData("", "EN-2", null)]
    [InlineData("bob", "EN-2", null)]
    [InlineData("@contoso.com", "EN-2", 0)]
    [InlineData("bob@", "EN-2", 4)]
    [InlineData("bob smith@contoso.com", "EN-2", 3)]
    [InlineData("bob\"smith@contoso.com", "EN-2", 3)]
    [InlineData("a@b@c", "EN-2", 1)]
    [InlineData("<bob@contoso.com>", "EN-2", 0)]
    [InlineData("bob(comment)@contoso.com", "EN-2", 3)]
    [InlineData("bob,al@contoso.com", "EN-2", 3)]
    [InlineData("\"bob@contoso.com", "EN-2", 4)]
    [InlineData("\"bob\"smith@contoso.com", "EN-2", 4)]
    [InlineData("\"bob\\\"@contoso.com", "EN-2", 6)]
    [InlineData("bob@con toso.com", "EN-2", 7)]
    [InlineData("bob@contoso.com>", "EN-2", 15)]
    [InlineData("bob@contoso.com;x", "EN-2", 15)]
    [InlineData("bob@[192.0.2.1", "EN-2", 4)]
    [InlineData("bob@192.0.2.1]", "EN-2", 13)]
    [InlineData("bob@[192.0.2.1 ]", "EN-2", 14)]
    [InlineData("bob@.contoso.com", "EN-2", 4)]
    [InlineData("bob@contoso..com", "EN-2", 4)]
    [InlineData("bob@.", "EN-2", 4)]
    [InlineData("bob\r\n@contoso.com", "EN-7", 3)]
    [InlineData("bob@contoso.com\n", "EN-7", 15)]
    [InlineData("\"bob\0\"@contoso.com", "EN-7", 4)]
    [InlineData("bob\u007f@contoso.com", "EN-7", 3)]
    [InlineData("bob\u0085@contoso.com", "EN-7", 3)]
    [InlineData("bob\u000b@contoso.com", "EN-7", 3)]
    public void Refuses(string address, string rule, int? position)
    {
        var error = Assert.Throws<MailFormatException>(() => SmtpAddressSyntax.Validate(address));

        Assert.Equal((rule, (long?)position), (error.Rule, error.Position));
    }

    [Theory(DisplayName = "EN-7: half a surrogate pair, which no octets stand for, is refused")]
    [InlineData(0xD83D)]
    [InlineData(0xDC00)]
    public void Refuses_half_a_surrogate_pair(int unit)
    {
        var error = Assert.Throws<MailFormatException>(() => SmtpAddressSyntax.Validate($"bo{(char)unit}b@contoso.com"));

        Assert.Equal(("EN-7", (long?)2), (error.Rule, error.Position));
    }
}
