using System.Buffers;
using System.Text;
using CsCheck;
using ForeignConnector.Lib.Reports;
using MimeKit;
using MimeKit.Encodings;
using MimeKit.Utils;

namespace ForeignConnector.Lib.Tests.Reports;

/// <summary>SE-9: the header of a report is written by our own rules, and read again before it is used.</summary>
public class ReportHeaderTests
{
    private const string Forged = "é>é,_________ xxxxxxxxxxxxxxxxx=?utf-8?b? @R?=eply-To: evil@e.test";

    private static readonly string[] Fields =
        ["From", "Date", "Subject", "Message-Id", "To", "Auto-Submitted", "MIME-Version", "Content-Type"];

    [Theory(DisplayName = "SE-9: a Subject that looks like encoded words adds no field")]
    [InlineData(Forged)]
    [InlineData("é>é,_________ xxxxxxxxxxxxxxxxx=?utf-8?b? @Q?=ontent-Type: text/html")]
    [InlineData("=?utf-8?q?a?= =?utf-8?b?_\t?=\r\n\r\n<script>")]
    [InlineData("=?utf-8?b?=?utf-8?b?=?utf-8?b? ?=?=?= x ?= Bcc: evil@e.test")]
    public async Task A_subject_adds_no_field(string subject)
    {
        var octets = (await new ReportBench().AcceptAsync(ReportBench.FaxFailed($"Subject: {Encoded(subject)}\r\nFrom: a@contoso.com\r\n\r\nx\r\n"))).Octets;

        Assert.Equal(Fields, ReportReader.NamesOfHeader(octets));
        Assert.Equal(SafeText.Line($"Undeliverable: {SafeText.Line(subject.ReplaceLineEndings(""))}"), new ParsedReport(octets).Message.Subject);
    }

    [Theory(DisplayName = "SE-9: what would add a field, or a line that not every system takes, is not written at all")]
    [InlineData("a\r\nReply-To: evil@e.test")]
    [InlineData("a\nReply-To: evil@e.test")]
    [InlineData("a\r\n\r\nbody")]
    [InlineData("a\r\nno field")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    [InlineData("a\u001bb")]
    [InlineData("a\r\nSubject: twice")]
    public void A_broken_header_is_not_written(string value)
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.False(new ReportFields().Add("From", "a@contoso.com").Add("Subject", value).Add("To", "b@contoso.com").TryWrite(output));
        Assert.Equal(0, output.WrittenCount);
    }

    [Theory(DisplayName = "SE-9: a line may have 998 octets and no more")]
    [InlineData(998, true)]
    [InlineData(999, false)]
    public void A_line_has_998_octets(int length, bool expected) =>
        Assert.Equal(expected, new ReportFields().Add("To", new string('a', length - "To: ".Length)).TryWrite(new ArrayBufferWriter<byte>()));

    [Fact(DisplayName = "SE-9: a report whose header is not what was meant is made without anything quoted")]
    public async Task Falls_back_to_nothing_quoted()
    {
        // No line takes this address.
        var sender = new string('a', 1200) + "@contoso.com";

        var message = await new ReportBench().AcceptAsync(ReportBench.FaxFailed(ReportBench.Original) with { Sender = sender });

        var report = new ParsedReport(message.Octets);
        Assert.Equal(Fields, ReportReader.NamesOfHeader(message.Octets));
        Assert.Equal("Undeliverable: (no subject)", report.Message.Subject);
        Assert.Empty(report.Message.To.Mailboxes);
        Assert.DoesNotContain("Invoice", report.Text, StringComparison.Ordinal);
        Assert.Equal("5.1.2", report.Status[1]["Status"]);
        Assert.Equal(ReportBench.Original, report.Returned);
        Assert.Equal(sender, Assert.Single(message.Envelope.Recipients).Address);
    }

    [Theory(DisplayName = "SE-9: options that no header can hold queue no broken report; the message that it is about is kept")]
    [InlineData("contoso.com\r\nBcc: evil@e.test")]
    [InlineData("contoso\0.com")]
    public async Task Broken_options_queue_nothing(string domain)
    {
        var bench = new ReportBench(domain: domain);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await bench.ReportAsync(ReportBench.FaxFailed(ReportBench.Original)));
        Assert.Empty(bench.Intake.Messages);
    }

    [Theory(DisplayName = "SE-9: a name stands as atoms, as a quoted string or as encoded words")]
    [InlineData("Mail Delivery System", "Mail Delivery System <a@b.test>")]
    [InlineData("Contoso, Inc.", "\"Contoso, Inc.\" <a@b.test>")]
    [InlineData("Jörg", "=?utf-8?b?SsO2cmc=?= <a@b.test>")]
    [InlineData("a \"b\"", "=?utf-8?b?YSAiYiI=?= <a@b.test>")]
    [InlineData("=?x", "=?utf-8?b?PT94?= <a@b.test>")]
    [InlineData("a  b", "=?utf-8?b?YSAgYg==?= <a@b.test>")]
    public void Names(string name, string expected) => Assert.Equal(expected, HeaderText.Mailbox("From", name, "a@b.test"));

    [Fact(DisplayName = "SE-9: whatever a text holds, it is read back as it was, from lines of at most 78 octets that begin no field")]
    public void Any_text_is_read_back() => ReportReader.AnyText.Select(text => SafeText.Line(text))
        .Where(text => text.Length > 0)
        .Sample(text =>
        {
            var value = HeaderText.Unstructured("Subject", text);
            Assert.True(Ascii.IsValid(value));
            Assert.Equal(text, Rfc2047.DecodeText(Encoding.ASCII.GetBytes(value.Replace("\r\n", "", StringComparison.Ordinal))));
            Assert.All($"Subject: {value}".Split("\r\n").Index(), line => Assert.True(line.Item.Trim().Length > 0 && (line.Index == 0 || line.Item[0] == ' ')));
            // A word of plain text stays whole.
            Assert.All(value.Split("\r\n"), line => Assert.InRange(line.Length, 1, line.Contains("=?", StringComparison.Ordinal) ? 76 : 998));
            Assert.Equal(text, Assert.IsType<MailboxAddress>(InternetAddress.Parse(HeaderText.Mailbox("From", text, "a@b.test"))).Name);
        }, iter: 20_000);

    [Fact(DisplayName = "ND-5: quoted-printable brings every octet back, in printable lines of at most 76")]
    public void Quoted_printable_brings_every_octet_back() =>
        Gen.OneOf(Gen.Byte, Gen.Int[0, 6].Select(i => "\r\n \t=a."u8[i])).Array[0, 400].Sample(octets =>
        {
            var output = new ArrayBufferWriter<byte>();
            QuotedPrintable.Encode(octets, output);
            var text = Encoding.ASCII.GetString(output.WrittenSpan);
            Assert.All(text.Split("\r\n"), line => Assert.True(line.Length <= 76 && line.All(c => c is '\t' or (>= ' ' and <= '~')) && line.TrimEnd().Length == line.Length, line));
            var decoder = new QuotedPrintableDecoder();
            var decoded = new byte[decoder.EstimateOutputLength(output.WrittenCount)];
            Assert.Equal(octets, decoded[..decoder.Decode(output.WrittenSpan.ToArray(), 0, output.WrittenCount, decoded)]);
        }, iter: 5_000);

    private static string Encoded(string text) => $"=?utf-8?b?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";
}
