using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using static ForeignConnector.Lib.Tests.Mail.EnvelopeBlockText;

namespace ForeignConnector.Lib.Tests.Mail;

public class EnvelopeSenderTests
{
    [Fact(DisplayName = "EN-1: X-Sender carries the address, BODY, RET, ENVID and AUTH")]
    public void Reads_the_parameters()
    {
        var envelope = ReadSender("<bob@fabrikam.com> BODY=7bit RET=HDRS ENVID=12345ABCD AUTH=<someAuth>");

        Assert.Equal(
            ("bob@fabrikam.com", BodyType.SevenBit, DsnReturn.Hdrs, "12345ABCD", "<someAuth>"),
            (envelope.Sender, envelope.Body, envelope.Return, envelope.EnvelopeId, envelope.Auth));
        Assert.Empty(envelope.ExtensionParameters);
    }

    [Fact(DisplayName = "EN-1: without parameters nothing is specified")]
    public void Reads_an_address_alone()
    {
        var envelope = ReadSender("<bob@fabrikam.com>");

        Assert.Equal((BodyType.Unspecified, DsnReturn.Unspecified, null, null), (envelope.Body, envelope.Return, envelope.EnvelopeId, envelope.Auth));
    }

    [Theory(DisplayName = "EN-1, EN-3: addresses with and without <>, the null sender, source routes, blanks and folds around them")]
    [InlineData("<>", "")]
    [InlineData("< >", "")]
    [InlineData("<> BODY=7bit", "")]
    [InlineData("bob@fabrikam.com", "bob@fabrikam.com")]
    [InlineData("  <bob@fabrikam.com>\t", "bob@fabrikam.com")]
    [InlineData("< bob@fabrikam.com >", "bob@fabrikam.com")]
    [InlineData("\r\n\t<bob@fabrikam.com>", "bob@fabrikam.com")]
    [InlineData("<\r\n bob@fabrikam.com\r\n >", "bob@fabrikam.com")]
    [InlineData("bob@fabrikam.com BODY=7bit", "bob@fabrikam.com")]
    [InlineData("bob@fabrikam.com;X-P=1", "bob@fabrikam.com")]
    [InlineData("<@relay.test,@hub.test:bob@fabrikam.com>", "bob@fabrikam.com")]
    [InlineData("<@[IPv6:::1]:bob@fabrikam.com>", "bob@fabrikam.com")]
    [InlineData("<\"a>b; c@d\\\"\"@fabrikam.com>", "\"a>b; c@d\\\"\"@fabrikam.com")]
    [InlineData("\"a b\"@fabrikam.com RET=FULL", "\"a b\"@fabrikam.com")]
    [InlineData("<bob@[IPv6:2001:db8::1]>", "bob@[IPv6:2001:db8::1]")]
    [InlineData("<b\u00f6b@m\u00fcller.de>", "b\u00f6b@m\u00fcller.de")]
    public void Reads_the_address(string value, string address) => Assert.Equal(address, ReadSender(value).Sender);

    [Theory(DisplayName = "EN-3: keywords and values are read without case, in any order, folded")]
    [InlineData("<bob@fabrikam.com> auth=x envid=1 ret=hdrs body=8bitmime")]
    [InlineData("<bob@fabrikam.com> Body=8BitMime\r\n Ret=Hdrs\r\n\tEnvId=1 \r\n Auth=x")]
    [InlineData("<bob@fabrikam.com>\n BODY=8BITMIME\n RET=HDRS ENVID=1 AUTH=x")]
    [InlineData("<bob@fabrikam.com>; BODY=8BITMIME; RET=HDRS; ENVID=1;AUTH=x;")]
    public void Reads_parameters_in_any_form(string value)
    {
        var envelope = ReadSender(value);

        Assert.Equal((BodyType.EightBitMime, DsnReturn.Hdrs, "1", "x"), (envelope.Body, envelope.Return, envelope.EnvelopeId, envelope.Auth));
        Assert.Empty(envelope.ExtensionParameters);
    }

    [Theory(DisplayName = "EN-1: ENVID is xtext; AUTH stays as it stands")]
    [InlineData("ENVID=QQ+2B31+3D", "QQ+31=", null)]
    [InlineData("ENVID=a;b", "a;b", null)]
    [InlineData("ENVID=", "", null)]
    [InlineData("AUTH=a+2Bb@c", null, "a+2Bb@c")]
    [InlineData("AUTH=<>", null, "<>")]
    public void Decodes_ENVID(string parameter, string? id, string? auth)
    {
        var envelope = ReadSender($"<bob@fabrikam.com> {parameter}");

        Assert.Equal((id, auth), (envelope.EnvelopeId, envelope.Auth));
    }

    [Theory(DisplayName = "EN-1, RP-2, EN-7: an error names the rule and the place")]
    [InlineData("<bob@fabrikam.com> BODY=9BIT", "EN-1", "9BIT")]
    [InlineData("<bob@fabrikam.com> BODY=", "EN-1", "\r\n")]
    [InlineData("<bob@fabrikam.com> RET=NONE", "EN-1", "NONE")]
    [InlineData("<bob@fabrikam.com> RET", "EN-1", "RET")]
    [InlineData("<bob@fabrikam.com> RET=FULL ret=FULL", "EN-1", "ret")]
    [InlineData("<bob@fabrikam.com> ENVID=a+0D+0Ab", "EN-7", "+0D")]
    [InlineData("<bob@fabrikam.com> ENVID=a+0", "EN-2", "+0\r")]
    [InlineData("<bob@fabrikam.com> =x", "EN-1", "=x")]
    [InlineData("<bob@fabrikam.com> BODY:7BIT", "EN-1", "BODY")]
    [InlineData("<bob@fabrikam.com>BODY=7BIT", "EN-1", "BODY")]
    [InlineData("<bob@fabrikam.com", "EN-1", "bob")]
    [InlineData("", "RP-2", " \r\n")]
    [InlineData("<bob@fabrikam.com> <al@fabrikam.com>", "RP-2", "<al")]
    [InlineData("<bob@fabrikam.com>, <al@fabrikam.com>", "RP-2", ", <al")]
    [InlineData("bob@fabrikam.com,al@fabrikam.com", "RP-2", ",al")]
    [InlineData("bob@fabrikam.com al@fabrikam.com", "RP-2", "al@")]
    [InlineData("Bob <bob@fabrikam.com>", "EN-2", null)]
    [InlineData("@x AUTH=y:bob@fabrikam.com", "EN-2", "@x")]
    [InlineData("<bob>", "EN-2", "bob>")]
    [InlineData("<bob@\r\n fabrikam.com>", "EN-2", null)]
    [InlineData("<bob\0@fabrikam.com>", "EN-7", "\0@")]
    [InlineData("<bob\r@fabrikam.com>", "EN-7", "\r@")]
    public void Refuses(string value, string rule, string? place)
    {
        var error = Error($"X-Sender: {value}\r\n{Receiver}{End}");

        Assert.Equal(rule, error.Rule);
        Assert.StartsWith(place ?? "", error.Place, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "EN-3: a value may be folded behind its keyword; an ENVID that is empty stays so")]
    public void Reads_folded_values()
    {
        var envelope = ReadSender("<bob@fabrikam.com> RET=\r\n\tHDRS BODY=\n 7bit ENVID=\r\n SMTPUTF8");

        Assert.Equal((DsnReturn.Hdrs, BodyType.SevenBit, ""), (envelope.Return, envelope.Body, envelope.EnvelopeId));
        Assert.Equal([new EnvelopeParameter("SMTPUTF8")], envelope.ExtensionParameters);
    }
}
