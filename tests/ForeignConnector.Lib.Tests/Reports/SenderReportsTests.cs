using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Reports;
using MimeKit;

namespace ForeignConnector.Lib.Tests.Reports;

public class SenderReportsTests
{
    private static readonly EnvelopeRecipient Fax = ReportBench.To(ReportBench.Fax);

    private static readonly RecipientOutcome Failure = RecipientOutcome.Failed(Fax, DeliveryStatus.NoConnector);

    private readonly ReportBench _bench = new();

    [Fact(DisplayName = "ND-2: the report goes from the null sender to the sender of the original, and is not to be reported itself")]
    public async Task Goes_from_the_null_sender_to_the_sender()
    {
        var message = await _bench.AcceptAsync(ReportBench.Failed(Failure));

        Assert.Equal("", message.Envelope.Sender);
        Assert.Equal(ReportBench.To(ReportBench.Sender, DsnNotify.Never), Assert.Single(message.Envelope.Recipients));
        Assert.Equal(("DSN", BodyType.SevenBit), (message.Envelope.Source, message.Envelope.Body));
        Assert.Equal(ReportBench.Now, message.Id.AcceptedAt);
    }

    [Fact(DisplayName = "ND-2: a report carries every field that RFC 3464, 3834 and 5322 require")]
    public async Task Carries_every_field()
    {
        var report = await _bench.ParseAsync(ReportBench.Failed(Failure));

        Assert.Equal("auto-replied", report.Message.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal("postmaster@contoso.com", Assert.Single(report.Message.From.Mailboxes).Address);
        Assert.Equal(ReportBench.Sender, Assert.Single(report.Message.To.Mailboxes).Address);
        Assert.Equal("Undeliverable: Invoice 4711", report.Message.Subject);
        Assert.Equal(ReportBench.Now, report.Message.Date);
        Assert.Equal("invoice-4711@contoso.com", report.Message.InReplyTo);
        Assert.Equal("invoice-4711@contoso.com", Assert.Single(report.Message.References));
        Assert.Equal(2, report.Status.Count);
        Assert.Equal("dns; hub01.contoso.com", report.Status[0]["Reporting-MTA"]);
        Assert.Equal("Sat, 31 Jan 2026 19:59:58 +0000", report.Status[0]["Arrival-Date"]);
        Assert.Equal(["Final-Recipient", "Action", "Status", "Diagnostic-Code"], report.Status[1].Select(field => field.Field));
        Assert.IsType<MessagePart>(report.Original);
    }

    [Theory(DisplayName = "ND-2: a Subject is quoted unfolded; a tab in it, of a fold or not, is a blank")]
    [InlineData("Quarterly\r\n\treport", "Quarterly report")]
    [InlineData("Quarterly\n\treport", "Quarterly report")]
    [InlineData("\r\n\tQuarterly\r\n report", "Quarterly report")]
    [InlineData("Quarterly\treport", "Quarterly report")]
    [InlineData("=?utf-8?q?Quarterly?=\r\n\t=?utf-8?q?_report?=", "Quarterly report")]
    [InlineData("=?utf-8?q?Quarterly=09report?=", "Quarterly report")]
    public async Task Quotes_a_folded_subject(string subject, string expected)
    {
        var report = await _bench.ParseAsync(ReportBench.FaxFailed($"Subject: {subject}\r\nFrom: a@contoso.com\r\n\r\nx\r\n"));

        Assert.Equal($"Undeliverable: {expected}", report.Message.Subject);
        Assert.Contains($"  Subject:  {expected}\n", report.Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ND-2: a tab in a connector's reason is a blank, in the text and in the delivery status")]
    public async Task A_tab_in_a_reason_is_a_blank()
    {
        var report = await _bench.ParseAsync(ReportBench.Failed(Failure with { Text = "no\tpaper" }));

        Assert.Contains("Why: no paper\n", report.Text, StringComparison.Ordinal);
        Assert.EndsWith("no paper", report.Status[1]["Diagnostic-Code"], StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ND-2: the null sender gets no report")]
    public async Task The_null_sender_gets_none()
    {
        Assert.Equal(SenderReportResult.Impossible, await _bench.ReportAsync(ReportBench.Failed(Failure) with { Sender = "" }));
        Assert.Empty(_bench.Intake.Messages);
        Assert.Equal(0, _bench.Logger.Collector.Count);
    }

    [Fact(DisplayName = "RFC 6532: a sender beyond ASCII stands in the header as UTF-8, and the envelope says that the report is not 7bit")]
    public async Task A_sender_beyond_ASCII()
    {
        var message = await _bench.AcceptAsync(ReportBench.Failed(Failure) with { Sender = "jörg@contoso.com" });

        Assert.Equal("jörg@contoso.com", Assert.Single(message.Envelope.Recipients).Address);
        Assert.Contains("\r\nTo: j\u00c3\u00b6rg@contoso.com\r\n", message.Octets, StringComparison.Ordinal);
        Assert.Equal(BodyType.EightBitMime, message.Envelope.Body);
    }

    [Fact(DisplayName = "BM-1: what a broken file calls its sender is no reason to fail")]
    public async Task A_sender_that_is_no_address_gets_none()
    {
        Assert.Equal(SenderReportResult.Impossible, await _bench.ReportAsync(ReportBench.Failed(Failure) with { Sender = "not an address\r\nBcc: x" }));
        Assert.Empty(_bench.Intake.Messages);
        Assert.Equal(EventIds.ReportImpossible, _bench.Logger.LatestRecord.Id.Id);
    }

    [Theory(DisplayName = "ND-2: never a report about a report")]
    [InlineData("Content-Type: multipart/report; report-type=delivery-status; boundary=x")]
    [InlineData("content-type: Multipart/Report; report-type=disposition-notification;\r\n\tboundary=x")]
    [InlineData("Content-Type: (a comment) multipart/report")]
    public async Task A_report_is_not_reported(string type)
    {
        var original = $"From: {ReportBench.Sender}\r\n{type}\r\n\r\nx\r\n";

        Assert.Equal(SenderReportResult.Impossible, await _bench.ReportAsync(ReportBench.FaxFailed(original)));
        Assert.Empty(_bench.Intake.Messages);
    }

    [Theory(DisplayName = "RFC 3834: what a program sent under an address of its own is reported like anything else")]
    [InlineData("Auto-Submitted: auto-generated")]
    [InlineData("Auto-Submitted: auto-replied")]
    [InlineData("Content-Type: text/plain; name=\"multipart/report\"")]
    public async Task Automatic_mail_with_a_sender_is_reported(string field) =>
        await _bench.AcceptAsync(ReportBench.FaxFailed($"From: {ReportBench.Sender}\r\n{field}\r\n\r\nx\r\n"));

    [Fact(DisplayName = "ND-2: nothing is due when no recipient wants it")]
    public async Task Nobody_wants_it()
    {
        var outcome = RecipientOutcome.Failed(ReportBench.To(ReportBench.Fax, DsnNotify.Never), DeliveryStatus.NoConnector);

        Assert.Equal(SenderReportResult.NotWanted, await _bench.ReportAsync(ReportBench.Failed(outcome)));
        Assert.Empty(_bench.Intake.Messages);
    }

    [Fact(DisplayName = "ND-2: recipients with NOTIFY=NEVER are not named in the report about the others")]
    public async Task Only_who_wants_it_is_named()
    {
        var never = RecipientOutcome.Failed(ReportBench.To("hidden@contoso.com", DsnNotify.Never), DeliveryStatus.NoConnector);

        var message = await _bench.AcceptAsync(ReportBench.Failed(never, Failure));

        Assert.DoesNotContain("hidden", message.Octets, StringComparison.Ordinal);
        Assert.Contains("rfc822; " + ReportBench.Fax, message.Octets, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "PU-4: the same question makes the same report, whatever the order of recipients and the time")]
    public async Task A_repeat_has_the_same_key_and_Message_ID()
    {
        var other = RecipientOutcome.Failed(ReportBench.To("other@contoso.com"), DeliveryStatus.BadAddress);
        var first = await _bench.AcceptAsync(ReportBench.Failed(Failure, other));
        _bench.Time.Advance(TimeSpan.FromHours(1));
        var second = await _bench.AcceptAsync(ReportBench.Failed(other, Failure));

        Assert.Equal(first.Id.Key, second.Id.Key);
        Assert.NotEqual(first.Id.AcceptedAt, second.Id.AcceptedAt);
        Assert.Equal(new ParsedReport(first.Octets).Message.MessageId, new ParsedReport(second.Octets).Message.MessageId);
    }

    [Fact]
    public async Task Different_questions_make_different_reports()
    {
        var other = RecipientOutcome.Failed(ReportBench.To("other@contoso.com"), DeliveryStatus.NoConnector);
        SenderReport[] questions =
        [
            ReportBench.Failed(Failure),
            ReportBench.Failed(Failure, other),
            ReportBench.Failed(other),
            ReportBench.Failed(RecipientOutcome.Failed(Fax, DeliveryStatus.Expired)),
            ReportBench.Failed() with { Status = DeliveryStatus.InvalidContent.Code },
            ReportBench.Failed() with { Status = DeliveryStatus.TooManyRecipients.Code },
            ReportBench.Failed(Failure) with { Id = ReportBench.OriginalId with { Key = 1 } },
            ReportBench.About(SenderReportKind.Delayed, ReportBench.Original, RecipientOutcome.Deferred(Fax, DeliveryStatus.DestinationFull)),
            ReportBench.About(SenderReportKind.Relayed, ReportBench.Original, RecipientOutcome.Relayed(Fax)),
            ReportBench.About(SenderReportKind.Delivered, ReportBench.Original, RecipientOutcome.Delivered(ReportBench.To(ReportBench.Fax, DsnNotify.Success))),
        ];
        foreach (var question in questions)
            await _bench.AcceptAsync(question);

        Assert.Equal(questions.Length, _bench.Intake.Messages.Select(message => message.Id.Key).Distinct().Count());
        Assert.DoesNotContain(ReportBench.OriginalId.Key, _bench.Intake.Messages.Select(message => message.Id.Key));
    }

    [Fact(DisplayName = "ND-1: a sender whose address nobody takes cannot be told")]
    public async Task The_transport_refuses_the_sender()
    {
        _bench.Intake.Script = (item, _) => new(new AcceptResult([RecipientOutcome.Failed(item.Envelope.Recipients[0], DeliveryStatus.NoConnector)]));

        Assert.Equal(SenderReportResult.Impossible, await _bench.ReportAsync(ReportBench.Failed(Failure)));
        Assert.Equal(EventIds.ReportImpossible, _bench.Logger.LatestRecord.Id.Id);
        Assert.Empty(_bench.Events);
    }

    [Fact(DisplayName = "ND-1: what the transport throws reaches the caller, who keeps the original")]
    public async Task The_transport_throws()
    {
        _bench.Intake.Script = (_, _) => throw new IOException("full");

        await Assert.ThrowsAsync<IOException>(async () => await _bench.ReportAsync(ReportBench.Failed(Failure)));
        Assert.Empty(_bench.Events);
    }

    [Fact(DisplayName = "TR-1: a report leaves a DSN event that names the original")]
    public async Task Leaves_an_event()
    {
        var message = await _bench.AcceptAsync(ReportBench.Failed(Failure));

        var happened = Assert.Single(_bench.Events);
        Assert.Equal((TrackingEventKind.Dsn, TrackingSource.Dsn), (happened.Kind, happened.Source));
        Assert.Equal((message.Id, "<invoice-4711@contoso.com>"), (happened.Id, happened.Reference));
        Assert.Equal(("", message.Envelope.Recipients), (happened.Sender, happened.Recipients));
        Assert.Equal(EventIds.ReportSent, _bench.Logger.LatestRecord.Id.Id);
        Assert.DoesNotContain("secretary", _bench.Logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "TR-3: whatever comes of a report, the log holds no address")]
    public async Task Logs_hold_no_address()
    {
        await _bench.ReportAsync(ReportBench.Failed(Failure));
        await _bench.ReportAsync(ReportBench.Failed(Failure) with { Sender = "secretary of contoso.com" });
        await _bench.ReportAsync(ReportBench.FaxFailed($"From: {ReportBench.Sender}\r\nContent-Type: multipart/report\r\n\r\nx\r\n"));
        _bench.Intake.Script = (item, _) => new(new AcceptResult([RecipientOutcome.Failed(item.Envelope.Recipients[0], DeliveryStatus.NoConnector)]));
        await _bench.ReportAsync(ReportBench.Failed(Failure));

        Assert.Equal(4, _bench.Logger.Collector.Count);
        Assert.All(_bench.Logger.Collector.GetSnapshot(), record => Assert.DoesNotMatch("@|secretary|IMCEA|Invoice", record.Message));
    }

    [Fact(DisplayName = "ND-2: ten thousand recipients are one report; the text names the first of them, the status all")]
    public async Task Many_recipients()
    {
        ImmutableArray<RecipientOutcome> outcomes = [.. Enumerable.Range(0, 10_000).Select(i => RecipientOutcome.Failed(ReportBench.To($"r{i}@contoso.com"), DeliveryStatus.NoConnector))];

        var report = await _bench.ParseAsync(ReportBench.Failed(outcomes));

        Assert.Equal(10_001, report.Status.Count);
        Assert.Equal("rfc822; r9999@contoso.com", report.Status[10_000]["Final-Recipient"]);
        Assert.Contains("  r49@contoso.com\n  and 9950 more, named in the delivery status that is attached\n", report.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("r50@", report.Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ND-2: only failures bring the body back (RFC 3461, section 4.3)")]
    public async Task A_delay_brings_the_header_back_whatever_RET_says()
    {
        var delayed = ReportBench.About(SenderReportKind.Delayed, ReportBench.Original, RecipientOutcome.Deferred(Fax, DeliveryStatus.DestinationFull));

        var report = await _bench.ParseAsync(delayed with { Return = DsnReturn.Full });

        Assert.Equal("text/rfc822-headers", report.Original.ContentType.MimeType);
    }

    [Fact(DisplayName = "ND-2: texts are an application's to replace")]
    public async Task Other_words()
    {
        var report = await new ReportBench(new German()).ParseAsync(ReportBench.Failed(Failure));

        Assert.Equal("Unzustellbar: Invoice 4711", report.Message.Subject);
        Assert.Equal("Fax an +1 425 555 0100 (FAX) fehlgeschlagen – bitte prüfen.\n", report.Text);
        Assert.Equal("Poststelle", report.Message.From.Mailboxes.Single().Name);
    }

    private sealed class German : ReportTexts
    {
        public override string SenderName => "Poststelle";

        public override string Subject(ReportFacts facts) => $"Unzustellbar: {facts.Subject}";

        public override string Body(ReportFacts facts) => $"Fax an {facts.Causes[0].Recipients[0].Name} fehlgeschlagen – bitte prüfen.";
    }
}
