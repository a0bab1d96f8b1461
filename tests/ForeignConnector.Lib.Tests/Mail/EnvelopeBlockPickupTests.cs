using System.Text;
using ForeignConnector.Lib.Mail;
using static ForeignConnector.Lib.Tests.Mail.EnvelopeBlockText;

namespace ForeignConnector.Lib.Tests.Mail;

public class EnvelopeBlockPickupTests
{
    private static readonly EnvelopeRecipient[] Fallback = [new("from-header@contoso.com")];

    [Theory(DisplayName = "PU-11: a message begins with an envelope when a sender or receiver is among its first X-headers")]
    [InlineData(Sender, true)]
    [InlineData("x-receiver: bob\r\n", true)]
    [InlineData("X-Mailer: m\r\n" + Receiver, true)]
    [InlineData("X-CreatedBy: m\r\nSubject: x\r\n", false)]
    [InlineData("Subject: x\r\n" + Sender, false)]
    [InlineData(End + Sender, false)]
    [InlineData("X-Mailer: m\r\n\r\n" + Sender, false)]
    [InlineData("\r\n" + Sender, false)]
    [InlineData("", false)]
    public void Knows_an_envelope(string header, bool expected)
    {
        var octets = Encoding.ASCII.GetBytes(header);

        Assert.Equal(expected, EnvelopeBlockReader.StartsWithEnvelope(octets));
        if (!expected)
            Assert.Null(EnvelopeBlockReader.ReadPickup(octets));
    }

    [Theory(DisplayName = "PU-11: what the block lacks comes from the header")]
    [InlineData(Sender, "bob@fabrikam.com", "from-header@contoso.com")]
    [InlineData(Receiver, "from@fabrikam.com", "mary@contoso.com")]
    [InlineData(Sender + Receiver + "Subject: x\r\nX-Source: own\r\n", "bob@fabrikam.com", "mary@contoso.com")]
    [InlineData("X-Sender: <>\r\n", "", "from-header@contoso.com")]
    public void Fills_up_from_the_header(string header, string sender, string recipient)
    {
        var envelope = EnvelopeBlockReader.ReadPickup(Encoding.ASCII.GetBytes(header))!.ToEnvelope("from@fabrikam.com", Fallback);

        Assert.Equal((sender, recipient, "Replay"), (envelope.Sender, envelope.Recipients.Single().Address, envelope.Source));
    }

    [Fact(DisplayName = "RP-2: an envelope cannot be made of half a block")]
    public void Refuses_half_a_block()
    {
        Assert.Equal("RP-2", Assert.Throws<MailFormatException>(() => EnvelopeBlockReader.ReadPickup(Encoding.ASCII.GetBytes(Sender))!.ToEnvelope()).Rule);
        Assert.Equal("RP-2", Assert.Throws<MailFormatException>(() => EnvelopeBlockReader.ReadPickup(Encoding.ASCII.GetBytes(Receiver))!.ToEnvelope()).Rule);
    }
}
