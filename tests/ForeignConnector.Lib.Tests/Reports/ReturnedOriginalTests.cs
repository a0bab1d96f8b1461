using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Reports;

namespace ForeignConnector.Lib.Tests.Reports;

/// <summary>ND-3: what of the original a report brings back.</summary>
public class ReturnedOriginalTests
{
    private static readonly string[] Tokens = ["a", "\r\n", "\r", "\n", "\0", "\u00fc", new string('x', 997)];

    private const string Head = "From: secretary@contoso.com\r\nSubject: s\r\n";

    [Theory(DisplayName = "ND-3: organization, forest and routing headers do not go back, nor does what names blind recipients")]
    [InlineData("X-MS-Exchange-Organization-SCL: -1\r\n")]
    [InlineData("x-ms-exchange-FOREST-a: b\r\n")]
    [InlineData("Received: from a\r\n\tby b; Sat, 31 Jan 2026 19:59:58 +0000\r\n")]
    [InlineData("Resent-To: blind@contoso.com\r\n")]
    [InlineData("Bcc : blind@contoso.com\r\n")]
    [InlineData("Resent-Bcc: blind@contoso.com\r\n")]
    [InlineData("X-Receiver: <blind@contoso.com>\r\n ORCPT=rfc822;blind@contoso.com\r\n")]
    [InlineData("X-EndOfInjectedXHeaders: 12\r\n")]
    public async Task Fields_that_do_not_go_back(string field)
    {
        var whole = await new ReportBench().ParseAsync(ReportBench.FaxFailed(field + Head + "\r\nbody\r\n"));
        var header = await new ReportBench().ParseAsync(ReportBench.FaxFailed(field + Head + "\r\nbody\r\n") with { Return = DsnReturn.Hdrs });

        Assert.Equal(Head + "\r\nbody\r\n", whole.Returned);
        Assert.Equal(Head, header.Returned);
    }

    [Theory(DisplayName = "RFC 2046: the original goes back octet for octet, under the label that is true")]
    [InlineData("body\r\n", null, BodyType.SevenBit)]
    [InlineData("", null, BodyType.SevenBit)]
    [InlineData("no line end", null, BodyType.SevenBit)]
    [InlineData("\u00fc\u00ff\r\n", "8bit", BodyType.EightBitMime)]
    [InlineData("a\u0000b\r\n", "binary", BodyType.BinaryMime)]
    [InlineData("bare\nline feed\n", "binary", BodyType.BinaryMime)]
    [InlineData("bare\rreturn\r", "binary", BodyType.BinaryMime)]
    public async Task Octet_for_octet(string body, string? encoding, BodyType envelope)
    {
        var message = await new ReportBench().AcceptAsync(ReportBench.FaxFailed(Head + "\r\n" + body));

        var report = new ParsedReport(message.Octets);
        Assert.Equal(Head + "\r\n" + body, report.Returned);
        Assert.Equal((encoding, envelope), (report.Original.Headers["Content-Transfer-Encoding"], message.Envelope.Body));
        Assert.Equal(encoding, report.Message.Body!.Headers["Content-Transfer-Encoding"]);
    }

    [Theory(DisplayName = "RFC 5322: lines of 998 octets are the most that goes without the label binary")]
    [InlineData(998, BodyType.SevenBit)]
    [InlineData(999, BodyType.BinaryMime)]
    [InlineData(200_000, BodyType.BinaryMime)]
    public async Task Long_lines(int length, BodyType expected)
    {
        var original = Head + "\r\n" + new string('a', length) + "\r\n";

        var message = await new ReportBench().AcceptAsync(ReportBench.FaxFailed(original));

        Assert.Equal(expected, message.Envelope.Body);
        Assert.Equal(original, new ParsedReport(message.Octets).Returned);
    }

    [Theory(DisplayName = "ND-1: also what is no message goes back, so that its author sees it")]
    [InlineData("no header at all\r\n", "no header at all\r\n\r\n")]
    [InlineData("", "\r\n")]
    [InlineData("\r\nonly a body", "\r\nonly a body")]
    [InlineData("Subject: cut", "Subject: cut\r\n\r\n")]
    [InlineData("\u00ef\u00bb\u00bfSubject: after a byte-order mark\r\n\r\nx", "Subject: after a byte-order mark\r\n\r\nx")]
    public async Task Broken_originals(string original, string returned)
    {
        var refused = ReportBench.FaxFailed(original) with { Outcomes = [], Status = DeliveryStatus.InvalidContent.Code, Reason = "x." };

        var message = await new ReportBench().AcceptAsync(refused);

        Assert.Equal(returned, new ParsedReport(message.Octets).Returned);
    }

    [Fact(DisplayName = "ND-2: a header that is not ASCII goes back encoded, so that a report without a body is always 7bit")]
    public async Task An_8_bit_header()
    {
        var message = await new ReportBench().AcceptAsync(ReportBench.FaxFailed("Subject: \u00c3\u00bc\r\n\r\nx") with { Return = DsnReturn.Hdrs });

        Assert.All(message.Octets, c => Assert.InRange(c, '\t', '~'));
        Assert.Equal(BodyType.SevenBit, message.Envelope.Body);
        Assert.Equal("Subject: =C3=BC\r\n", new ParsedReport(message.Octets).Returned);
    }

    [Fact(DisplayName = "ND-2: an enormous header goes back cut between fields, and the text says that it is not all")]
    public async Task An_enormous_header()
    {
        var many = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"X-Field-{i}: {new string('v', 100)}\r\n"));

        var report = await new ReportBench().ParseAsync(ReportBench.FaxFailed(Head + many + "\r\nbody"));

        Assert.Equal("text/rfc822-headers", report.Original.ContentType.MimeType);
        Assert.InRange(report.Returned.Length, 1_000_000, 1 << 20);
        Assert.StartsWith(Head + "X-Field-0: v", report.Returned, StringComparison.Ordinal);
        Assert.EndsWith("v\r\n", report.Returned, StringComparison.Ordinal);
        Assert.Contains("too large to send it back whole", report.Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ND-2: a message of exactly the limit goes back whole")]
    public async Task The_limit_itself()
    {
        var bench = new ReportBench(attachSize: ByteSize.FromOctets(ReportBench.Original.Length));

        Assert.Equal(ReportBench.Original, (await bench.ParseAsync(ReportBench.FaxFailed(ReportBench.Original))).Returned);
    }

    [Fact(DisplayName = "The label does not depend on how the octets come in pieces")]
    public void Pieces_do_not_matter() => Gen.Select(Gen.Int[0, Tokens.Length - 1].Select(i => Tokens[i]).Array[0, 8], Gen.Int[1, 5])
        .Sample((tokens, size) =>
        {
            var text = string.Concat(tokens);
            var expected = text.Replace("\r\n", "", StringComparison.Ordinal).IndexOfAny(['\r', '\n', '\0']) >= 0 || text.Split("\r\n").Any(line => line.Length > 998) ? BodyType.BinaryMime
                : text.Contains('\u00fc', StringComparison.Ordinal) ? BodyType.EightBitMime
                : BodyType.SevenBit;
            var scan = default(OctetScan);
            foreach (var piece in Encoding.Latin1.GetBytes(text).Chunk(size))
                scan.Add(piece);
            scan.Complete();
            return scan.Body == expected;
        });
}
