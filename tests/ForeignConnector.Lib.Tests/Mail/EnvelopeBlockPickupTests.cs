using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using static ForeignConnector.Lib.Tests.Mail.EnvelopeBlockText;

namespace ForeignConnector.Lib.Tests.Mail;

public class EnvelopeBlockPickupTests
{
    [Theory(DisplayName = "PU-11: a message begins with an envelope when a receiver is among its first X-headers; a sender alone is a field like others")]
    [InlineData(Sender + Receiver, true)]
    [InlineData(Sender, false)]
    [InlineData(Sender + "X-Mailer: m\r\n" + End, false)]
    [InlineData("X-Sender: <a@x.com> BODY=9BIT\r\n", false)]
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

    [Theory(DisplayName = "PU-11: the sender is that of the block, if it has one that is an address")]
    [InlineData(Sender + Receiver + "Subject: x\r\nX-Source: own\r\n", "bob@fabrikam.com", 2)]
    [InlineData("X-Sender: <>\r\n" + Receiver, "", 2)]
    [InlineData(Receiver, "from@fabrikam.com", 1)]
    [InlineData("X-Sender: the mailer\r\n" + Receiver, "from@fabrikam.com", 1)]
    [InlineData("X-Sender:\r\n" + Receiver + End, "from@fabrikam.com", 2)]
    [InlineData(Receiver + "Subject: x\r\n" + Sender, "from@fabrikam.com", 1)]
    public void Takes_the_sender_from_the_block(string header, string sender, int removed)
    {
        var block = EnvelopeBlockReader.ReadPickup(Encoding.ASCII.GetBytes(header))!;
        var envelope = block.ToEnvelope(block.Sender ?? new InjectedSender("from@fabrikam.com"));

        Assert.Equal((sender, "mary@contoso.com", "Replay"), (envelope.Sender, envelope.Recipients.Single().Address, envelope.Source));
        Assert.Equal(removed, block.Removed.Count);
    }

    [Theory(DisplayName = "PU-11: without the end mark nothing but sender and receivers is taken away or judged; with it the whole block is")]
    [InlineData("X-Source: app\r\nX-CreatedBy:\r\nX-SourceIPAddress: none\r\nX-MessageSnapshot-A: 1\r\n", "", 2)]
    [InlineData("X-Source: app\r\nX-CreatedBy: app\r\nX-Mailer: m\r\nX-SourceIPAddress: 192.0.2.1\r\nX-MessageSnapshot-A: 1\r\n", End, 7)]
    public void Leaves_the_fields_of_the_application(string fields, string end, int removed)
    {
        var header = fields + Sender + Receiver + end + "From: a@x.com\r\n";

        Assert.Equal(removed, EnvelopeBlockReader.ReadPickup(Encoding.ASCII.GetBytes(header))!.Removed.Count);
    }

    [Fact(DisplayName = "EN-6: with the end mark an empty X-CreatedBy is an error")]
    public void Judges_a_marked_block() =>
        Assert.Equal("EN-6", Assert.Throws<MailFormatException>(() => EnvelopeBlockReader.ReadPickup(Encoding.ASCII.GetBytes(Receiver + "X-CreatedBy:\r\n" + End))).Rule);

    [Fact(DisplayName = "RP-2: an envelope cannot be made without a sender")]
    public void Refuses_half_a_block() =>
        Assert.Equal("RP-2", Assert.Throws<MailFormatException>(() => EnvelopeBlockReader.ReadPickup(Encoding.ASCII.GetBytes(Receiver))!.ToEnvelope()).Rule);
}
