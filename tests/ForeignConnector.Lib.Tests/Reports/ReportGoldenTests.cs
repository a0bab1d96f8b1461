using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Reports;

/// <summary>One report of each kind, octet for octet, as files to look at. They are what senders read.</summary>
public class ReportGoldenTests
{
    private static readonly EnvelopeRecipient Fax = ReportBench.To(ReportBench.Fax);

    [Fact(DisplayName = "ND-2: a fax number that no connector takes")]
    public Task Failed() => MatchesAsync("failed", ReportBench.Failed(RecipientOutcome.Failed(Fax, DeliveryStatus.NoConnector)));

    [Fact(DisplayName = "ND-2: one report for several recipients, by cause, with ORCPT and ENVID")]
    public Task Failed_several() => MatchesAsync("failed-several", ReportBench.Failed(
        RecipientOutcome.Failed(Fax, new EnhancedStatusCode(5, 1, 1), "The fax number is not in service."),
        RecipientOutcome.Failed(ReportBench.To("IMCEANOTES-Mary_Contoso@contoso.com"), DeliveryStatus.NoConnector),
        RecipientOutcome.Failed(
            ReportBench.To("IMCEAFAX-+2B1+20425+20555+200101@contoso.com") with { OriginalRecipient = new OriginalRecipient("rfc822", "sales=fax@contoso.com") },
            new EnhancedStatusCode(5, 1, 1), "The fax number is not in service.")) with
    { EnvelopeId = "QQ 314159" });

    [Fact(DisplayName = "ND-2: a message that is late")]
    public Task Delayed() => MatchesAsync("delayed", ReportBench.About(SenderReportKind.Delayed, ReportBench.Original, RecipientOutcome.Deferred(Fax, DeliveryStatus.DestinationUnavailable)) with
    { WillRetryUntil = ReportBench.OriginalId.AcceptedAt.AddDays(2) });

    [Fact(DisplayName = "DR-8: a message that went to a system without reports")]
    public Task Relayed() => MatchesAsync("relayed", ReportBench.About(SenderReportKind.Relayed, ReportBench.Original, RecipientOutcome.Relayed(Fax)));

    [Fact(DisplayName = "ND-6: a message that was delivered, whose sender asked to be told")]
    public Task Delivered() => MatchesAsync("delivered", ReportBench.About(SenderReportKind.Delivered, ReportBench.Original, RecipientOutcome.Delivered(Fax with { Notify = DsnNotify.Success })));

    [Fact(DisplayName = "ND-5: a message that not every system passes on")]
    public Task Binary() => MatchesAsync("binary", ReportBench.FaxFailed(ReportBench.Original + "a\0b\r\n"));

    [Fact(DisplayName = "ND-2: a message whose time ran out")]
    public Task Expired() => MatchesAsync("expired", ReportBench.Failed(RecipientOutcome.Failed(Fax, DeliveryStatus.Expired)));

    [Fact(DisplayName = "ND-1: a message that was refused as a whole")]
    public Task Refused_as_a_whole() => MatchesAsync("refused-as-a-whole", ReportBench.Failed() with
    { Status = DeliveryStatus.TooManyRecipients.Code, Reason = DeliveryStatus.TooManyRecipients.Text });

    [Fact(DisplayName = "ND-2: RET=HDRS brings the header back and no more")]
    public Task Header_only() => MatchesAsync("header-only", ReportBench.Failed(RecipientOutcome.Failed(Fax, DeliveryStatus.NoConnector)) with { Return = DsnReturn.Hdrs });

    [Fact(DisplayName = "ND-2: of a message over the limit the header comes back, and the text says so")]
    public Task Too_large() => MatchesAsync("too-large", ReportBench.Failed(RecipientOutcome.Failed(Fax, DeliveryStatus.TooBigForRoute)), ByteSize.FromOctets(ReportBench.Original.Length - 1));

    [Fact(DisplayName = "ND-2, ND-3: a message as it happens, with 8-bit text, a subject beyond ASCII and fields that are not for others")]
    public Task Eight_bit() => MatchesAsync("eight-bit", ReportBench.FaxFailed(ReportBench.Crlf("""
        Received: from client.contoso.com by hub01.contoso.com; Sat, 31 Jan 2026 19:59:58 +0000
        X-MS-Exchange-Organization-SCL: -1
        From: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg@contoso.com>
        To: Fax <IMCEAFAX-+2B1+20425+20555+200100@contoso.com>
        Bcc: boss@contoso.com
        Subject: =?utf-8?B?QXVmdHJhZ3NiZXN0w6R0aWd1bmcg4oSWIDEyIOKAkyBHcsO2w59lIFhM?=
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit


        """) + Encoding.Latin1.GetString("Die Bestätigung liegt bei.\r\n"u8)));

    private static async Task MatchesAsync(string name, SenderReport report, ByteSize? attachSize = null)
    {
        var message = await new ReportBench(attachSize: attachSize).AcceptAsync(report);

        using var golden = typeof(ReportGoldenTests).Assembly.GetManifestResourceStream($"Reports.{name}.eml");
        Assert.NotNull(golden);
        using var octets = new MemoryStream();
        await golden.CopyToAsync(octets, TestContext.Current.CancellationToken);
        Assert.Equal(Encoding.Latin1.GetString(octets.ToArray()), message.Octets);
        Assert.NotNull(new ParsedReport(message.Octets));
    }
}
