using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Reports;

namespace ForeignConnector.Lib.Tests.Reports;

/// <summary>ND-2: nothing that comes from a message, an envelope or a connector adds a field, a group or a part to a report.</summary>
public class ReportInjectionTests
{
    private const string Attack = "x\r\nBcc: evil@evil.example\r\n\r\nStatus: 2.0.0\r\n--=_\r\n\u0000\u001b[2J\u202egnp.exe\u2028\u0085";

    private static readonly string[] MessageFields =
        ["From", "Date", "Subject", "Message-Id", "To", "Auto-Submitted", "In-Reply-To", "References", "MIME-Version"];

    private static readonly RecipientOutcome Failure = RecipientOutcome.Failed(ReportBench.To(ReportBench.Fax), DeliveryStatus.NoConnector);

    public static IEnumerable<TheoryDataRow<SenderReport>> Attacks =>
    [
        Row("the outcome's text", ReportBench.Failed(Failure with { Text = Attack })),
        Row("the outcome's text, endless", ReportBench.Failed(Failure with { Text = new string('a', 100_000) })),
        Row("the reason of a refusal", ReportBench.Failed() with { Status = DeliveryStatus.InvalidContent.Code, Reason = Attack }),
        Row("a recipient in a quoted local part", ReportBench.Failed(To("\"a; Action: delivered\"@contoso.com"))),
        Row("a recipient with direction marks", ReportBench.Failed(To("\u202egnp\u2066@contoso.com"))),
        Row("a recipient beyond ASCII", ReportBench.Failed(To("\"jörg=\\x\"@bücher.example"))),
        Row("an endless recipient", ReportBench.Failed(To(new string('a', 5000) + "@contoso.com"))),
        Row("a wrapped address with line ends", ReportBench.Failed(To("IMCEAFAX-1+0D+0ABcc+3A+20evil+40evil.example@contoso.com"))),
        Row("a wrapped address with a bad escape", ReportBench.Failed(To("IMCEAFAX-+zz@contoso.com"))),
        Row("a wrapped address with nothing in it", ReportBench.Failed(To("IMCEAFAX-@contoso.com"))),
        Row("ENVID with control characters", ReportBench.Failed(Failure) with { EnvelopeId = "a\u0001\u001b\u0085\u2028Status: 2.0.0 ü" }),
        Row("an endless ENVID", ReportBench.Failed(Failure) with { EnvelopeId = new string('ü', 10_000) }),
        Row("ORCPT with control characters", ReportBench.Failed(Orcpt("rfc822", "a\u0001\u2028Action: delivered@x.example"))),
        Row("ORCPT of another type beyond ASCII", ReportBench.Failed(Orcpt("x400", "/S=Müller/C=DE/"))),
        Row("ORCPT of type utf-8", ReportBench.Failed(Orcpt("utf-8", "jörg@x.example"))),
        Row("a sender in a quoted local part", ReportBench.Failed(Failure) with { Sender = "\"a> , <b@evil.example\"@contoso.com" }),
        Row("a sender beyond ASCII", ReportBench.Failed(Failure) with { Sender = "jörg@bücher.example" }),
        Row("a sender that is odd but known", ReportBench.Failed(Failure) with { Sender = ".a..b.@contoso.com" }),
        Row("a folded Subject", Original("Subject: a\r\n Bcc: evil@evil.example\r\n")),
        Row("an encoded Subject", Original("Subject: =?utf-8?q?a=0D=0ABcc:_evil@evil.example=00=E2=80=AEgnp?=\r\n")),
        Row("an encoded Subject of an unknown charset", Original("Subject: =?x-no-such?q?a=0D=0ABcc=3A_evil?=\r\n")),
        Row("an endless Subject", Original($"Subject: {new string('s', 300_000)}\r\n")),
        Row("8-bit octets in the Subject", Original("Subject: \u00ff\u00fe\u0000\u001b[2J\r\n")),
        Row("several Message-IDs in one", Original("Message-ID: <a@b> <c@d>\r\n")),
        Row("a Message-ID with line ends", Original("Message-ID: <a@b\r\n Bcc: evil@evil.example>\r\n")),
        Row("an endless Message-ID", Original($"Message-ID: <{new string('a', 2000)}@b>\r\n")),
        Row("a Message-ID beyond ASCII", Original("Message-ID: <\u00fc@b>\r\n")),
        Row("a body with boundaries", Original("", "--=_6683f8d9b7abcc49e4fd38d4e389198ca8540125a104d9--\r\n--x--\r\n")),
    ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Adds_nothing(SenderReport report)
    {
        var octets = (await new ReportBench().AcceptAsync(report)).Octets;

        var parsed = new ParsedReport(octets);
        Assert.Subset(MessageFields.ToHashSet(), parsed.Message.Headers.Select(field => field.Field).ToHashSet());
        Assert.Equal(parsed.Message.Headers.Count, parsed.Message.Headers.Select(field => field.Field).Distinct().Count());
        Assert.Equal(2, parsed.Status.Count);
        Assert.Equal("failed", parsed.Status[1]["Action"]);
        Assert.StartsWith("5.", parsed.Status[1]["Status"], StringComparison.Ordinal);
        Assert.Equal(parsed.Status[1].Count, parsed.Status[1].Select(field => field.Field).Distinct().Count());
        Assert.InRange(parsed.Message.To.Mailboxes.Count(), 0, 1);
        Assert.DoesNotContain(parsed.Text, c => char.IsControl(c) && c != '\n');
        Assert.DoesNotContain(parsed.Text + parsed.Message.Subject, c => c is '\u202e' or '\u2066' or '\u2028');
        // Everything before the original has lines that any system takes.
        var own = octets[..octets.IndexOf(parsed.Original.ContentType.MimeType, StringComparison.Ordinal)];
        Assert.All(own.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
        Assert.DoesNotContain(own, c => char.IsControl(c) && c is not ('\r' or '\n' or '\t'));
    }

    [Fact(DisplayName = "A text of the application's own cannot break a report either")]
    public async Task Own_texts_are_made_inert()
    {
        var report = await new ReportBench(new Careless()).ParseAsync(ReportBench.Failed(Failure));

        Assert.Equal("x\uFFFD\uFFFDBcc: evil@evil.example", report.Message.Subject);
        Assert.Equal(["one", "", "two\uFFFD"], report.Text.Split('\n')[..3]);
        Assert.Empty(report.Message.Bcc);
    }

    [Theory(DisplayName = "ND-2: ENVID and ORCPT go back decoded, or as xtext where that cannot be printed")]
    [InlineData("QQ 314159", "QQ 314159")]
    [InlineData("a+b=c", "a+b=c")]
    [InlineData("a\u0001+", "a+01+2B")]
    [InlineData("ü", "+C3+BC")]
    public async Task Envelope_ids_go_back(string id, string expected)
    {
        var report = await new ReportBench().ParseAsync(ReportBench.Failed(Orcpt("x400", id)) with { EnvelopeId = id });

        Assert.Equal(expected, report.Status[0]["Original-Envelope-Id"]);
        Assert.Equal("x400; " + expected, report.Status[1]["Original-Recipient"]);
    }

    [Theory(DisplayName = "RFC 6533: an address beyond ASCII has the type utf-8 and a form in ASCII")]
    [InlineData("jörg@contoso.com", "utf-8; j\\x{F6}rg@contoso.com")]
    [InlineData("\"a+b= \\ü\"@contoso.com", "utf-8; \"a\\x{2B}b\\x{3D}\\x{20}\\x{5C}\\x{FC}\"@contoso.com")]
    [InlineData("a+b=c@contoso.com", "rfc822; a+b=c@contoso.com")]
    public async Task Addresses_have_a_type(string address, string expected)
    {
        var report = await new ReportBench().ParseAsync(ReportBench.Failed(To(address)));

        Assert.Equal(expected, report.Status[1]["Final-Recipient"]);
    }

    private static RecipientOutcome To(string address) => RecipientOutcome.Failed(ReportBench.To(address), DeliveryStatus.NoConnector);

    private static RecipientOutcome Orcpt(string type, string address) =>
        RecipientOutcome.Failed(ReportBench.To(ReportBench.Fax) with { OriginalRecipient = new OriginalRecipient(type, address) }, DeliveryStatus.NoConnector);

    private static SenderReport Original(string field, string body = "x\r\n") => ReportBench.FaxFailed($"{field}From: a@contoso.com\r\n\r\n{body}");

    private static TheoryDataRow<SenderReport> Row(string name, SenderReport report) => new(report) { TestDisplayName = $"ND-2: inert: {name}" };

    private sealed class Careless : ReportTexts
    {
        public override string Subject(ReportFacts facts) => "x\r\nBcc: evil@evil.example";

        public override string Body(ReportFacts facts) => "one\n\ntwo\u0000\r\n--=_\r\n";
    }
}
