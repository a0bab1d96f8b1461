using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Tests.Intake;
using static ForeignConnector.Lib.Tests.Mail.EnvelopeBlockText;

namespace ForeignConnector.Lib.Tests.Mail;

public class DisplayNameTests
{
    [Theory(DisplayName = "PU-11: a display name before the address is passed over")]
    [InlineData("Mary <mary@contoso.com>")]
    [InlineData("Mary <mary@contoso.com>  ")]
    [InlineData("Mary<mary@contoso.com>")]
    [InlineData("Mary J. Smith-Jones O'Hara <mary@contoso.com>")]
    [InlineData("\"\" <mary@contoso.com>")]
    [InlineData("\"Mary Smith\" <mary@contoso.com>")]
    [InlineData("\"Mary Smith\"<mary@contoso.com>")]
    [InlineData("\"Smith, Mary; <Sales>\" <mary@contoso.com>")]
    [InlineData("\"Mary \\\"M\\\" \\\\ Smith\" Jones <mary@contoso.com>")]
    [InlineData("\"Mary\"\r\n\t<mary@contoso.com>")]
    [InlineData("\"Mary\r\n Smith\"\n <mary@contoso.com>")]
    [InlineData("M\u00e4ry <mary@contoso.com>")]
    [InlineData("\"M\u00e4ry\" <mary@contoso.com>")]
    [InlineData("=?utf-8?Q?M=C3=A4ry=2C_Smith?= <mary@contoso.com>")]
    [InlineData("=?utf-8?B?TcOkcnk=?=\r\n =?utf-8?B?IFNtaXRo?= <mary@contoso.com>")]
    [InlineData("Mary < mary@contoso.com >")]
    [InlineData("Mary <@hub1,@hub2:mary@contoso.com>")]
    public void Skips_a_name(string value) => Assert.Equal("mary@contoso.com", Receiver(value).Address);

    [Theory(DisplayName = "PU-11: System.Net.Mail escapes neither quotes nor backslashes in a name")]
    [InlineData("\"Mary \"M\" Smith\" <mary@contoso.com>")]
    [InlineData("\"M\"ary\" <mary@contoso.com>")]
    [InlineData("\"Mary\\\" <mary@contoso.com>")]
    [InlineData("\"\\Mary\" <mary@contoso.com>")]
    [InlineData("\"M\"ary\"\r\n <mary@contoso.com>")]
    [InlineData("\"x\"; NOTIFY=NEVER; \"\" <mary@contoso.com>")]
    [InlineData("\"mary@contoso.com\", \"joe@contoso.com\" <mary@contoso.com>")]
    public void Skips_an_unescaped_name(string value) => Assert.Equal("mary@contoso.com", Receiver(value).Address);

    [Fact(DisplayName = "PU-11, EN-2: parameters follow an address with a name as they follow one without")]
    public void Reads_parameters_behind_it()
    {
        var receiver = Receiver("\"Smith, Mary\" <mary@contoso.com> NOTIFY=NEVER ORCPT=rfc822;m+2Bx@contoso.com; X-Own=a b");

        Assert.Equal(("mary@contoso.com", DsnNotify.Never), (receiver.Address, receiver.Notify));
        Assert.Equal("m+x@contoso.com", receiver.OriginalRecipient!.Address);
        Assert.Equal(["X-Own"], receiver.ExtensionParameters.Select(parameter => parameter.Keyword));
    }

    [Theory(DisplayName = "PU-11, EN-1: a sender may have a name, also the null sender, and parameters")]
    [InlineData("Bob <bob@fabrikam.com>", "bob@fabrikam.com")]
    [InlineData("\"Bob\" <bob@fabrikam.com> BODY=7bit", "bob@fabrikam.com")]
    [InlineData("\"The \"real\" mailer\" <>", "")]
    public void Reads_a_sender(string value, string sender)
    {
        var header = Encoding.UTF8.GetBytes($"X-Sender: {value}\r\n{EnvelopeBlockText.Receiver}");

        Assert.Equal(sender, EnvelopeBlockReader.ReadPickup(header)!.Sender!.Address);
        Assert.True(new EnvelopeBlockReader(InjectedForm.Application).TryReadSender(header, 0, out var found));
        Assert.Equal(sender, found!.Address);
    }

    [Theory(DisplayName = "PU-11: a quoted local part is not a name")]
    [InlineData("\"mary smith\"@contoso.com", "\"mary smith\"@contoso.com")]
    [InlineData("<\"mary <smith\"@contoso.com>", "\"mary <smith\"@contoso.com")]
    [InlineData("\"Mary \"M\" Smith\" <\"mary\\\" <smith\"@contoso.com>", "\"mary\\\" <smith\"@contoso.com")]
    public void Keeps_quoted_local_parts(string value, string address) => Assert.Equal(address, Receiver(value).Address);

    [Theory(DisplayName = "PU-11: a name cannot bring a recipient, a parameter or a line of its own")]
    [InlineData("\"a\" <eve@x.com>, \"b\" <mary@contoso.com>", "RP-2")]
    [InlineData("\"a\" <eve@x.com>; X-Own=\" <mary@contoso.com>", "RP-2")]
    [InlineData("\"a\" <eve@x.com> AUTH=\" <mary@contoso.com>", "RP-2")]
    [InlineData("Eve <eve@x.com>, Mary <mary@contoso.com>", "RP-2")]
    [InlineData("Eve <eve@x.com> <mary@contoso.com>", "RP-2")]
    [InlineData("Smith, Mary <mary@contoso.com>", "RP-2")]
    [InlineData("\"Mary\rX-Receiver: <eve@x.com>\" <mary@contoso.com>", "EN-7")]
    [InlineData("\"Mary\0\" <mary@contoso.com>", "EN-7")]
    [InlineData("\"Mary\" <ma\rry@contoso.com>", "EN-7")]
    [InlineData("mary AUTH=<eve@x.com>", "EN-2")]
    [InlineData("\"Mary\" <>", "RP-2")]
    [InlineData("\"Mary\" <mary>", "EN-2")]
    [InlineData("\"Mary\" <mary@contoso.com", "EN-2")]
    [InlineData("\"Mary\"", "EN-2")]
    [InlineData("\"Mary <mary@contoso.com>", "EN-2")]
    public void Refuses_tricks(string value, string rule) => Assert.Equal(rule, Assert.Throws<MailFormatException>(() => Receiver(value)).Rule);

    [Fact(DisplayName = "PU-11, EN-7: what an encoded word of a name hides is never decoded")]
    public async Task Leaves_encoded_words_alone()
    {
        var accepted = await IntakeBench.ForPickup().AcceptAsync(
            "X-Receiver: =?utf-8?Q?Mary=0D=0AX-Receiver=3A_=3Ceve=40x.com=3E?= <mary@contoso.com>\r\nX-Receiver: =?utf-8?B?DQpCY2M6IGV2ZUB4LmNvbQ0K?= <joe@contoso.com>\r\n"
            + "From: bob@contoso.com\r\nTo: mary@contoso.com\r\n\r\nbody\r\n");

        Assert.Equal(["mary@contoso.com", "joe@contoso.com"], accepted.Envelope.Recipients.Select(recipient => recipient.Address));
        Assert.DoesNotContain("eve", accepted.Octets, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "EN-1, EN-2: a transport writes addresses alone: a name in a Replay block is refused")]
    [InlineData("X-Sender: Bob <bob@fabrikam.com>\r\n" + EnvelopeBlockText.Receiver)]
    [InlineData(Sender + "X-Receiver: \"Mary\" <mary@contoso.com>\r\n")]
    public void Refuses_names_in_replay(string header) =>
        Assert.Throws<MailFormatException>(() => EnvelopeBlockReader.ReadReplay(Encoding.UTF8.GetBytes(header)));

    private static EnvelopeRecipient Receiver(string value) =>
        EnvelopeBlockReader.ReadPickup(Encoding.UTF8.GetBytes($"X-Receiver: {value}\r\n"))!.ToEnvelope(new InjectedSender("")).Recipients.Single();
}
