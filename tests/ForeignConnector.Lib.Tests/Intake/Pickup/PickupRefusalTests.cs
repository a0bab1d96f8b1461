using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Intake.Pickup;

/// <summary>Files that are refused, with the rule they break. Nobody can be told here, so that they are badmail.</summary>
public class PickupRefusalTests
{
    private const string Bob = "From: bob@contoso.com\r\n";
    private const string Mary = "To: mary@contoso.com\r\n";

    [Theory(DisplayName = "PU-5: a file that breaks a rule of the header is badmail")]
    [InlineData("", "there is no sender")]
    [InlineData("\r\n", "there is no sender")]
    [InlineData("\r\nFrom: bob@contoso.com\r\nTo: mary@contoso.com\r\n\r\n", "there is no sender")]
    [InlineData("Subject: x\r\n" + Mary + "\r\n", "there is no sender")]
    [InlineData("From:\r\nSender: \r\n" + Mary + "\r\n", "there is no sender")]
    [InlineData(Bob + "\r\n", "there is no recipient")]
    [InlineData(Bob + "To: undisclosed-recipients:;\r\n\r\n", "there is no recipient")]
    [InlineData(Bob + "To:\r\nCc: \r\nBcc:\r\n\r\n", "there is no recipient")]
    [InlineData("From: a@x.com, b@x.com\r\nSender: a@x.com, b@x.com\r\n" + Mary + "\r\n", "Sender holds 2 addresses")]
    [InlineData("Sender: a@x.com\r\nSender: b@x.com\r\n" + Mary + "\r\n", "Sender holds 2 addresses")]
    [InlineData("From: a@x.com, b@x.com\r\nSender: @@\r\n" + Mary + "\r\n", "'Sender'")]
    [InlineData("From: a@x.com, b@x.com\r\n" + Mary + "\r\n", "that needs a Sender")]
    [InlineData("From: a@x.com\r\nFrom: b@x.com\r\n" + Mary + "\r\n", "that needs a Sender")]
    [InlineData(Bob + Mary + "hello Mary\r\n", "not a header field")]
    [InlineData(Bob + Mary + ": no name\r\n\r\n", "not a header field")]
    [InlineData(Bob + Mary + "S\u00fcbject: x\r\n\r\n", "not a header field")]
    [InlineData(" " + Bob + Mary + "\r\n", "not a header field")]
    [InlineData("\0\0\0\0", "not a header field")]
    [InlineData(Bob + "To: mary\r\n\r\n", "cannot be used")]
    [InlineData(Bob + "To: mary@\r\n\r\n", "'To'")]
    [InlineData(Bob + "To: @contoso.com\r\n\r\n", "'To'")]
    [InlineData(Bob + "To: <>\r\n\r\n", "'To'")]
    [InlineData("From: <>\r\n" + Mary + "\r\n", "'From'")]
    [InlineData(Bob + "To: mary@contoso..com\r\n\r\n", "'To'")]
    [InlineData(Bob + "To: mary bob@contoso.com\r\n\r\n", "'To'")]
    [InlineData(Bob + "To: 'mary@contoso.com'\r\n\r\n", "'To'")]
    [InlineData("From: bob@contoso.com!\r\n" + Mary + "\r\n", "'From'")]
    [InlineData(Bob + "To: \"mary@contoso.com\r\n\r\n", "'To'")]
    [InlineData(Bob + "To: m\u00ffry@contoso.com\r\n\r\n", "not UTF-8")]
    [InlineData(Bob + "To: mary@m\u00fcller.de\r\n\r\n", "PU-5")]
    [InlineData(Bob + "Cc: ma\0ry@contoso.com\r\n\r\n", "'Cc'")]
    [InlineData(Bob + "Cc: \"ma\rry\"@contoso.com\r\n\r\n", "'Cc'")]
    public async Task Breaks_a_rule_of_the_header(string file, string reason)
    {
        var text = await IntakeBench.ForPickup().WithoutReports().RefuseAsync(file);

        Assert.Contains("Rule: PU-5\n", text, StringComparison.Ordinal);
        Assert.Contains(reason, text, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "PU-12: a UTF-16 file is refused with a reason that says so, with and without a byte-order mark")]
    [InlineData("\u00ff\u00feF\0r\0o\0m\0:\0 \0b\0@\0x\0\r\0\n\0\r\0\n\0")]
    [InlineData("\u00fe\u00ff\0F\0r\0o\0m\0:\0 \0b\0@\0x\0\r\0\n")]
    [InlineData("F\0r\0o\0m\0:\0 \0b\0@\0x\0\r\0\n\0\r\0\n\0")]
    public async Task Says_that_a_file_is_UTF_16(string file)
    {
        var text = await IntakeBench.ForPickup().WithoutReports().RefuseAsync(file);

        Assert.Contains("Rule: PU-12\n", text, StringComparison.Ordinal);
        Assert.Contains("UTF-16", text, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "PU-5, PU-6: A-labels are domains like others, and every domain enters the envelope as it was written")]
    [InlineData("u@xn--bcher-kva.test", "u@xn--bcher-kva.test")]
    [InlineData("u@XN--BCHER-KVA.test", "u@XN--BCHER-KVA.test")]
    [InlineData("u@mail.xn--r8jz45g.xn--zckzah", "u@mail.xn--r8jz45g.xn--zckzah")]
    [InlineData("J\u00c3\u00b6rg <u@xn--bcher-kva.test>", "u@xn--bcher-kva.test")]
    [InlineData("J\u00f6rg <u@xn--bcher-kva.test>", "u@xn--bcher-kva.test")]
    [InlineData("u@b\u00c3\u00bccher.xn--bcher-kva.test", "u@bücher.xn--bcher-kva.test")]
    [InlineData("J\u00c3\u00b6rg@xn--bcher-kva.test", "Jörg@xn--bcher-kva.test")]
    [InlineData("u@b\u00c3\u00bccher.test, u@xn--bcher-kva.test", "u@bücher.test")]
    [InlineData("u@xn--bcher-kva.test, u@b\u00c3\u00bccher.test", "u@xn--bcher-kva.test")]
    [InlineData("m\u00c3\u00bcller <a@xn--mller-kva.test>", "a@xn--mller-kva.test")]
    [InlineData("\"m\u00c3\u00bcller\"@xn--mller-kva.test (\u00c3\u00bc)", "\"müller\"@xn--mller-kva.test")]
    public async Task Takes_A_labels(string to, string recipients)
    {
        var accepted = await IntakeBench.ForPickup().AcceptAsync($"From: bob@xn--bcher-kva.test\r\nTo: {to}\r\n\r\n");

        Assert.Equal(recipients, string.Join(' ', accepted.Envelope.Recipients.Select(recipient => recipient.Address)));
        Assert.Equal("bob@xn--bcher-kva.test", accepted.Envelope.Sender);
    }

    [Theory(DisplayName = "PU-7: each address once, whatever its notation")]
    [InlineData("IMCEAFAX-+2B1@contoso.com, IMCEAFAX-+2b1@contoso.com, imceafax-+2B+31@CONTOSO.com", "IMCEAFAX-+2B1@contoso.com")]
    [InlineData("IMCEAFAX-1.2@contoso.com, IMCEAFAX-1+2E2@contoso.com", "IMCEAFAX-1.2@contoso.com")]
    [InlineData("\"mary\"@contoso.com, mary@contoso.com, \"m\\ary\"@contoso.com", "\"mary\"@contoso.com")]
    [InlineData("mary@contoso.com, \"mary\"@contoso.com", "mary@contoso.com")]
    [InlineData("\"ma ry\"@contoso.com, mary@contoso.com", "\"ma ry\"@contoso.com mary@contoso.com")]
    [InlineData("IMCEAFAX-+2B1@contoso.com, IMCEASMS-+2B1@contoso.com, IMCEAFAX-+2B1@fabrikam.com", "IMCEAFAX-+2B1@contoso.com IMCEASMS-+2B1@contoso.com IMCEAFAX-+2B1@fabrikam.com")]
    [InlineData("IMCEAFAX-+@contoso.com, imceafax-+@contoso.com", "IMCEAFAX-+@contoso.com imceafax-+@contoso.com")]
    public async Task Takes_each_address_once(string to, string recipients)
    {
        var fields = await IntakeBench.ForPickup().AcceptAsync(Bob + $"To: {to}\r\n\r\n");
        var receivers = string.Concat(to.Split(", ").Select(address => $"X-Receiver: <{address}>\r\n"));
        var block = await IntakeBench.ForPickup().AcceptAsync(receivers + Bob + "\r\n");

        Assert.Equal(recipients, string.Join(' ', fields.Envelope.Recipients.Select(recipient => recipient.Address)));
        Assert.Equal(recipients, string.Join(' ', block.Envelope.Recipients.Select(recipient => recipient.Address)));
    }

    [Theory(DisplayName = "PU-7: an encoded word is never an address, nor part of one")]
    [InlineData("=?utf-8?q?a=40evil.com?= <mary@contoso.com>", "mary@contoso.com")]
    [InlineData("=?utf-8?q?a=40evil.com=2C_b=40evil.com?= <mary@contoso.com>, =?utf-8?b?PGV2aWxAZXZpbC5jb20+?= <bob@contoso.com>", "mary@contoso.com bob@contoso.com")]
    [InlineData("=?utf-8?q?team=3A_a=40evil.com?=: mary@contoso.com;", "mary@contoso.com")]
    [InlineData("=?utf-8?q?mary?=@contoso.com", "=?utf-8?q?mary?=@contoso.com")]
    [InlineData("=?utf-8?q?a=40evil.com=3E?=@contoso.com", "=?utf-8?q?a=40evil.com=3E?=@contoso.com")]
    public async Task Encoded_words_stay_encoded(string to, string recipients)
    {
        var accepted = await IntakeBench.ForPickup().AcceptAsync(Bob + $"To: {to}\r\n\r\n");

        Assert.Equal(recipients, string.Join(' ', accepted.Envelope.Recipients.Select(recipient => recipient.Address)));
    }

    [Theory(DisplayName = "PU-5: what is nested too deep is badmail, not the end of the process")]
    [InlineData("(")]
    [InlineData("a:")]
    [InlineData("<")]
    [InlineData("\"\\")]
    [InlineData("@a,")]
    public async Task Nested_without_end(string piece)
    {
        var text = await IntakeBench.ForPickup().WithoutReports().RefuseAsync(Bob + "To: " + string.Concat(Enumerable.Repeat(piece, 60_000 / piece.Length)) + "\r\n\r\n");

        Assert.Contains("Rule: PU-5\n", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "PU-3: a header of the largest size passes")]
    public async Task Header_of_the_largest_size()
    {
        var accepted = await IntakeBench.ForPickup(Small).AcceptAsync(Header(32 * 1024) + "\r\nbody");

        Assert.EndsWith("\r\n\r\nbody", accepted.Octets, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "PU-3: a larger header is badmail, whether or not it ends")]
    [InlineData(1, "\r\nbody")]
    [InlineData(1, "")]
    [InlineData(10_000_000, "")]
    public async Task Header_is_too_large(int more, string rest)
    {
        var text = await IntakeBench.ForPickup(Small).WithoutReports().RefuseAsync(Header((32 * 1024) + more) + rest);

        Assert.Contains("Rule: PU-3\n", text, StringComparison.Ordinal);
        Assert.Contains("PickupDirectoryMaxHeaderSize", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "PU-3: as many recipients as the limit pass; one who is named twice counts once")]
    public async Task As_many_recipients_as_the_limit()
    {
        var accepted = await IntakeBench.ForPickup().AcceptAsync(Recipients(100) + "Cc: r0@CONTOSO.com\r\n\r\n");

        Assert.Equal(100, accepted.Envelope.Recipients.Length);
    }

    [Theory(DisplayName = "PU-3: one more is badmail, wherever it stands")]
    [InlineData("", "Bcc: one@more.com\r\n\r\n")]
    [InlineData("X-Sender: bob@contoso.com\r\n", "\r\n")]
    public async Task Too_many_recipients(string before, string after)
    {
        var receivers = before.Length == 0 ? "" : string.Concat(Enumerable.Range(0, 101).Select(i => $"X-Receiver: r{i}@contoso.com\r\n"));

        var text = await IntakeBench.ForPickup().WithoutReports().RefuseAsync(before + receivers + Recipients(100) + after);

        Assert.Contains("Rule: PU-3\n", text, StringComparison.Ordinal);
        Assert.Contains("101 recipients", text, StringComparison.Ordinal);
    }

    private static PickupOptions Small => new() { MaxHeaderSize = ByteSize.FromKilobytes(32) };

    private static string Recipients(int count) =>
        Bob + "To: " + string.Join(",\r\n ", Enumerable.Range(0, count).Select(i => $"r{i}@contoso.com")) + "\r\n";

    private static string Header(int octets)
    {
        var fields = Bob + Mary + "X-Padding: ";
        return fields + new string('x', octets - fields.Length - 2) + "\r\n";
    }
}
