using System.Net;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using static ForeignConnector.Lib.Tests.Mail.EnvelopeBlockText;

namespace ForeignConnector.Lib.Tests.Mail;

public class EnvelopeBlockTests
{
    [Fact(DisplayName = "EN-3, EN-4, EN-6: a block as real servers write it is read")]
    public void Reads_a_block_of_the_field()
    {
        const string Block =
            "X-sender: <bob@fabrikam.com> BODY=8bitmime RET=HDRS\r\n"
            + "X-receiver: <mary@contoso.com> NOTIFY=NEVER; X-ExtendedProps=BQAVABYACgAAAKBg\r\n HrNq2k4AAAB1\r\n\tAA==\r\n"
            + "X-receiver: <IMCEAFAX-+2B1@contoso.com> ORcpt=rfc822;fax@contoso.com\r\n"
            + "X-CreatedBy: MSExchange15\r\nX-HeloDomain: edge.fabrikam.com\r\nX-ExtendedProps: BQBjAAoA\r\n jdJqyMHZ\r\n"
            + "X-Source: SMTP:Default EX01\r\nX-SourceIPAddress: 2001:db8::1\r\nX-EndOfInjectedXHeaders: 1043\r\nReceived: from x\r\n";

        var block = ReadBlock(Block);
        var envelope = block.ToEnvelope();

        Assert.Equal("bob@fabrikam.com", envelope.Sender);
        Assert.Equal(["mary@contoso.com", "IMCEAFAX-+2B1@contoso.com"], envelope.Recipients.Select(recipient => recipient.Address));
        Assert.Equal(
            ("MSExchange15", "edge.fabrikam.com", "BQBjAAoA jdJqyMHZ", "SMTP:Default EX01", IPAddress.Parse("2001:db8::1")),
            (envelope.CreatedBy, envelope.HeloDomain, envelope.ExtendedProps, envelope.Source, envelope.SourceIPAddress));
        Assert.Equal("Received: from x\r\n", Block[block.End..]);
    }

    [Theory(DisplayName = "EN-5: the value of the end mark is never trusted")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" 0")]
    [InlineData(" 99999999999999999999")]
    [InlineData(" -1")]
    [InlineData(" yes\r\n folded")]
    public void Ends_the_block_at_the_mark_whatever_it_says(string value)
    {
        var block = $"{Sender}{Receiver}x-endofinjectedxheaders:{value}\r\n";

        Assert.Equal(block.Length, ReadBlock(block + "X-Receiver: <later@contoso.com>\r\nSubject: x\r\n").End);
        Assert.Single(Read(block + "X-Receiver: <later@contoso.com>\r\n").Recipients);
    }

    [Fact(DisplayName = "EN-6: what is absent has its default")]
    public void Has_defaults()
    {
        var envelope = Read(Sender + Receiver + End);

        Assert.Equal(("Unspecified", "Replay", IPAddress.Any), (envelope.CreatedBy, envelope.Source, envelope.SourceIPAddress));
        Assert.Equal((null, null), (envelope.HeloDomain, envelope.ExtendedProps));
        Assert.Equal(new MailEnvelope("bob@fabrikam.com", [new("mary@contoso.com")]), envelope);
    }

    [Theory(DisplayName = "EN-6: present but empty is an error for X-CreatedBy, and the same as absent for plain text")]
    [InlineData("X-CreatedBy:\r\n", "EN-6")]
    [InlineData("x-createdby:  \t\r\n", "EN-6")]
    [InlineData("X-CreatedBy:\r\n \r\n", "EN-6")]
    [InlineData("X-HeloDomain:\r\nX-Source: \r\nX-ExtendedProps:\r\n \r\nX-ExtendedMessageProps:\r\n", null)]
    [InlineData("X-SourceIPAddress:\r\n", null)]
    [InlineData("X-SourceIPAddress: \t\r\n \r\n", null)]
    public void Judges_empty_fields(string fields, string? rule)
    {
        if (rule is not null)
            Assert.Equal(rule, Error(Sender + Receiver + fields + End).Rule);
        else
            Assert.Equal(Read(Sender + Receiver + End), Read(Sender + Receiver + fields + End));
    }

    [Theory(DisplayName = "EN-6: the source address is IPv4 or IPv6, with or without brackets")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("[192.0.2.1]", "192.0.2.1")]
    [InlineData("2001:DB8:0::1", "2001:db8::1")]
    [InlineData("[IPv6:2001:db8::1]", "2001:db8::1")]
    [InlineData("fe80::1%12", "fe80::1%12")]
    public void Reads_a_source_address(string text, string address) =>
        Assert.Equal(IPAddress.Parse(address), Read($"{Sender}{Receiver}X-SourceIPAddress: {text}\r\n{End}").SourceIPAddress);

    [Theory(DisplayName = "EN-6: what is no IP address is an error")]
    [InlineData("1")]
    [InlineData("0x7f.1")]
    [InlineData("192.0.2.256")]
    [InlineData("::1/64")]
    [InlineData("[::1]:25")]
    [InlineData("host.test")]
    [InlineData("[fe80::1%lo]")]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%")]
    [InlineData("fe80::1%1%2")]
    [InlineData("fe80::1%99999999999")]
    public void Refuses_what_is_no_source_address(string text) =>
        Assert.Equal("EN-6", Error($"{Sender}{Receiver}X-SourceIPAddress: {text}\r\n{End}").Rule);

    [Theory(DisplayName = "RP-2, EN-6: a field that may stand once stands once")]
    [InlineData("X-Sender: <al@fabrikam.com>", "RP-2")]
    [InlineData("X-CreatedBy: x", "EN-6")]
    [InlineData("X-ExtendedProps: x", "EN-6")]
    [InlineData("X-ExtendedMessageProps: x", "EN-6")]
    [InlineData("X-Source: x", "EN-6")]
    [InlineData("X-SourceIPAddress: ::1", "EN-6")]
    public void Refuses_a_second_field(string field, string rule)
    {
        var twice = rule == "RP-2" ? field + "\r\n" : $"{field}\r\n{field}\r\n";

        var error = Error(Sender + Receiver + twice + End);

        Assert.Equal(rule, error.Rule);
        Assert.StartsWith(field, error.Place, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "RP-2: sender, receiver and their place before ordinary fields are required")]
    [InlineData("")]
    [InlineData("\r\nX-Sender: <>\r\nX-Receiver: <a@b>\r\n")]
    [InlineData(Sender + End)]
    [InlineData(Receiver + End)]
    [InlineData(Sender + End + Receiver)]
    [InlineData("Subject: x\r\n" + Sender + Receiver)]
    [InlineData(Sender + "Subject: x\r\n" + Receiver)]
    [InlineData(Sender + Receiver + "Subject: x\r\n" + Receiver)]
    public void Requires_a_whole_block_in_front(string header) => Assert.Equal("RP-2", Error(header).Rule);

    [Theory(DisplayName = "RP-2: behind the block every name but X-Receiver is an ordinary field")]
    [InlineData("X-CreatedBy: y\r\n")]
    [InlineData("X-Sender: <eve@fabrikam.com>\r\n")]
    [InlineData("X-SourceIPAddress: none\r\nX-MessageSnapshot-A: 1\r\n")]
    [InlineData("X-CreatedBy:\r\n" + End + Receiver)]
    public void Leaves_what_stands_behind_the_block(string fields)
    {
        if (!fields.Contains(Receiver, StringComparison.Ordinal))
            Assert.Equal(Read(Sender + Receiver + End), Read(Sender + Receiver + "Subject: x\r\n" + fields));
        else
            Assert.Equal("RP-2", Error(Sender + Receiver + "Subject: x\r\n" + fields).Rule);
    }

    [Fact(DisplayName = "EN-10: X-ExtendedMessageProps is carried under its name beside X-ExtendedProps, and the fields of pipeline tracing are dropped")]
    public void Carries_documented_and_real_properties()
    {
        const string Block = Sender + "x-messagesnapshot-Source: a\r\n" + Receiver + "X-ExtendedMessageProps: BQBj\r\n AA==\r\nX-ExtendedProps: CQBj\r\nX-MessageSnapshot-Recipients: b\r\n" + End;

        var block = ReadBlock(Block + "X-MessageSnapshot-Own: kept\r\n");
        var envelope = block.ToEnvelope();

        Assert.Equal(("BQBj AA==", "CQBj"), (envelope.ExtendedMessageProps, envelope.ExtendedProps));
        Assert.Equal((7, Block.Length), (block.Removed.Count, block.End));
        Assert.Equal(envelope, Read(Write(envelope)));
        Assert.Contains("\r\nX-ExtendedMessageProps: BQBj\r\n AA==\r\n", Write(envelope), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "EN-11: an X-HeloDomain that cannot be written, or a second one, is left out, and the block says so")]
    [InlineData("X-HeloDomain: a\0b\r\n", null)]
    [InlineData("X-HeloDomain: a\rb\r\nX-HeloDomain: c\r\n", "c")]
    [InlineData("X-HeloDomain: a b\r\nX-HeloDomain: c\r\n", "a b")]
    public void Leaves_out_a_broken_HeloDomain(string fields, string? kept)
    {
        var block = ReadBlock(Sender + Receiver + fields + End);

        Assert.Equal(kept, block.ToEnvelope().HeloDomain);
        Assert.Equal(["X-HeloDomain"], block.LeftOut.Keys);
    }

    [Fact(DisplayName = "RP-3: only the injected fields leave the message; other X- fields among them stay")]
    public void Keeps_the_messages_own_fields()
    {
        const string Header = Sender + "X-Mailer: m\r\n" + Receiver + "X-Own: o\r\nSubject: s\r\n";

        var block = ReadBlock(Header);

        Assert.Equal([Sender, Receiver], block.Removed.Select(removed => Header[removed.Start..removed.End]));
        Assert.True(block.Removes(0));
        Assert.False(block.Removes(Sender.Length));
    }

    [Theory(DisplayName = "EN-7: CR and NUL inside a value are refused where they enter")]
    [InlineData("X-CreatedBy: a\rb\r\n")]
    [InlineData("X-ExtendedMessageProps: a\0b\r\n")]
    [InlineData("X-ExtendedProps: a\r\r\n")]
    [InlineData("X-Source: \r\r\n")]
    [InlineData("X-SourceIPAddress: ::1\0\r\n")]
    public void Refuses_bare_CR_and_NUL(string field) => Assert.Equal("EN-7", Error(Sender + Receiver + field + End).Rule);

    [Fact(DisplayName = "EN-3: a value that is not UTF-8 is an error at its place")]
    public void Refuses_what_is_not_UTF_8()
    {
        var header = Encoding.Latin1.GetBytes(Sender + Receiver + "X-Source: ab\u00fc\r\n");

        var error = Assert.Throws<MailFormatException>(() => EnvelopeBlockReader.ReadReplay(header));

        Assert.Equal(("EN-3", (byte)0xFC), (error.Rule, header[(int)error.Position!]));
    }

    [Fact(DisplayName = "EN-5: positions and offsets count from the start of the file, whatever stands before the header")]
    public void Starts_at_an_offset()
    {
        var octets = Encoding.ASCII.GetBytes("From x\r\n" + Sender + Receiver + End);

        var block = EnvelopeBlockReader.ReadReplay(octets, start: 8);

        Assert.Equal((8, octets.Length), (block.Removed[0].Start, block.End));
    }
}
