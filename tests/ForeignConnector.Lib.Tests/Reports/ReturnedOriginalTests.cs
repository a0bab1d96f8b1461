using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
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

    [Theory(DisplayName = "RFC 2046, ND-5: the original goes back octet for octet, under the label that is true")]
    [InlineData("body\r\n", null, BodyType.SevenBit)]
    [InlineData("", null, BodyType.SevenBit)]
    [InlineData("no line end", null, BodyType.SevenBit)]
    [InlineData("\u00fc\u00ff\r\n", "8bit", BodyType.EightBitMime)]
    public async Task Octet_for_octet(string body, string? encoding, BodyType envelope)
    {
        var message = await new ReportBench().AcceptAsync(ReportBench.FaxFailed(Head + "\r\n" + body));

        var report = new ParsedReport(message.Octets);
        Assert.Equal(Head + "\r\n" + body, report.Returned);
        Assert.Equal((encoding, envelope), (report.Original.Headers["Content-Transfer-Encoding"], message.Envelope.Body));
        Assert.Equal(encoding, report.Message.Body!.Headers["Content-Transfer-Encoding"]);
    }

    [Theory(DisplayName = "PU-12, ND-5: bare LF line ends go back as CRLF, and nothing else changes")]
    [InlineData("From: a@contoso.com\nSubject: s\n\nbody\n", "From: a@contoso.com\r\nSubject: s\r\n\r\nbody\r\n")]
    [InlineData("From: a@contoso.com\r\nSubject: s\r\n\r\n\nbare\r\n\n\n", "From: a@contoso.com\r\nSubject: s\r\n\r\n\r\nbare\r\n\r\n\r\n")]
    [InlineData("Subject: folded\n value\n\n\u00fc\nend", "Subject: folded\r\n value\r\n\r\n\u00fc\r\nend")]
    [InlineData("no header at all\n", "no header at all\r\n\r\n")]
    public async Task Bare_line_feeds(string original, string returned)
    {
        var report = ReportBench.FaxFailed(original);

        Assert.Equal(returned, (await new ReportBench().ParseAsync(report)).Returned);
        Assert.Equal(returned[..(returned.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2)], (await new ReportBench().ParseAsync(report with { Return = DsnReturn.Hdrs })).Returned);
    }

    [Fact(DisplayName = "PU-12, ND-5: bare LFs of a large original go back as CRLF, however it is read")]
    public async Task Bare_line_feeds_of_a_large_original()
    {
        var body = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"line {i}{(i % 3 == 0 ? "\r\n" : "\n")}"));

        var report = await new ReportBench().ParseAsync(ReportBench.FaxFailed(Head + "\r\n" + body));

        Assert.Equal(Head + "\r\n" + body.ReplaceLineEndings("\r\n"), report.Returned);
    }

    [Theory(DisplayName = "ND-5: of a message that not every system passes on the header goes back, and the text says why")]
    [InlineData("a\u0000b\r\n")]
    [InlineData("bare\rreturn\r\n")]
    [InlineData("return at the end\r")]
    [InlineData("999 octets", 999)]
    [InlineData("very long", 200_000)]
    [InlineData("long and 8-bit \u00fc", 5_000)]
    public async Task What_cannot_be_carried(string body, int length = 0)
    {
        var message = await new ReportBench().AcceptAsync(ReportBench.FaxFailed(Head + "\r\n" + body.PadRight(length, 'a') + "\r\n"));

        var report = new ParsedReport(message.Octets);
        Assert.Equal((Head, "text/rfc822-headers", BodyType.SevenBit), (report.Returned, report.Original.ContentType.MimeType, message.Envelope.Body));
        Assert.Contains("not every mail system passes on", report.Text, StringComparison.Ordinal);
        Assert.All(message.Octets.Split("\r\n"), line => Assert.True(line.Length <= 998 && line.All(c => c is '\t' or (>= ' ' and <= '~'))));
    }

    [Theory(DisplayName = "ND-5: a header that not every system passes on goes back encoded")]
    [InlineData("X: a\u0000b\r\n", "X: a=00b\r\n")]
    [InlineData("X: a\rb \r\n", "X: a=0Db=20\r\n")]
    [InlineData("X: \u00ff\n", "X: =FF\r\n")]
    public async Task A_header_that_cannot_be_carried(string field, string expected)
    {
        var message = await new ReportBench().AcceptAsync(ReportBench.FaxFailed($"{field}\r\nx\u0000") with { Return = DsnReturn.Hdrs });

        Assert.Equal(expected, new ParsedReport(message.Octets).Returned);
        Assert.Equal(BodyType.SevenBit, message.Envelope.Body);
    }

    [Fact(DisplayName = "ND-5: a line of a header over 998 octets goes back encoded")]
    public async Task A_long_line_of_a_header()
    {
        var field = $"X: {new string('v', 3000)}\r\n";

        var message = await new ReportBench().AcceptAsync(ReportBench.FaxFailed(field + "\r\nx\r\n"));

        var report = new ParsedReport(message.Octets);
        Assert.Equal(field, report.Returned.Replace("=\r\n", "", StringComparison.Ordinal));
        Assert.All(message.Octets.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
    }

    [Fact(DisplayName = "PU-12: of a BINARYMIME message no octet changes, so that one with a bare LF goes back as its header")]
    public async Task Binary_mime()
    {
        var lineFeed = ReportBench.FaxFailed(Head + "\r\na\nb\r\n") with { Body = BodyType.BinaryMime };
        var lines = ReportBench.FaxFailed(Head + "\r\na\r\nb\r\n") with { Body = BodyType.BinaryMime };

        Assert.Equal(Head, (await new ReportBench().ParseAsync(lineFeed)).Returned);
        Assert.Equal(Head + "\r\na\r\nb\r\n", (await new ReportBench().ParseAsync(lines)).Returned);
    }

    [Fact(DisplayName = "ND-5: lines of 998 octets go back")]
    public async Task Long_lines()
    {
        var original = Head + "\r\n" + new string('a', 998) + "\r\n" + new string('b', 998);

        Assert.Equal(original, (await new ReportBench().ParseAsync(ReportBench.FaxFailed(original))).Returned);
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
