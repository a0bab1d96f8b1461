using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Reports;

/// <summary>ND-10: reports with chosen codes go to the postmaster too.</summary>
public class ReportCopyTests
{
    private const string Postmaster = "postmaster@contoso.com";

    private static readonly RecipientOutcome Loop = RecipientOutcome.Failed(ReportBench.To(ReportBench.Fax), DeliveryStatus.Loop);

    private static readonly RecipientOutcome Other = RecipientOutcome.Failed(ReportBench.To("other@contoso.com"), DeliveryStatus.NoConnector);

    private readonly ReportBench _bench = new(copied: [DeliveryStatus.Loop.Code, DeliveryStatus.InvalidContent.Code, DeliveryStatus.DestinationFull.Code]);

    [Fact(DisplayName = "ND-10: the copy is a message of its own, from the null sender, and never reported")]
    public async Task The_copy_is_a_message_of_its_own()
    {
        Assert.Equal(SenderReportResult.Accepted, await _bench.ReportAsync(ReportBench.Failed(Other, Loop)));

        Assert.Equal([ReportBench.Sender, Postmaster], _bench.Intake.Messages.Select(message => Assert.Single(message.Envelope.Recipients).Address));
        Assert.All(_bench.Intake.Messages, message => Assert.Equal(("", DsnNotify.Never), (message.Envelope.Sender, message.Envelope.Recipients[0].Notify)));
        Assert.Equal(2, _bench.Intake.Messages.Select(message => message.Id.Key).Distinct().Count());
        var (report, copy) = (new ParsedReport(_bench.Intake.Messages[0].Octets), new ParsedReport(_bench.Intake.Messages[1].Octets));
        Assert.Equal((report.Text, report.Message.To.ToString(), report.Returned), (copy.Text, copy.Message.To.ToString(), copy.Returned));
        Assert.Equal(2, _bench.Events.Count);
    }

    [Fact(DisplayName = "ND-10: a repeat makes the same copy again, which can be recognised by its key")]
    public async Task A_repeat_has_the_same_key()
    {
        await _bench.ReportAsync(ReportBench.Failed(Loop));
        await _bench.ReportAsync(ReportBench.Failed(Loop));

        Assert.Equal(2, _bench.Intake.Messages.Select(message => message.Id.Key).Distinct().Count());
        Assert.Equal(4, _bench.Intake.Messages.Count);
    }

    [Fact(DisplayName = "ND-10: a message refused as a whole, and a delay, are copied by their code")]
    public async Task Other_kinds()
    {
        await _bench.ReportAsync(ReportBench.Failed() with { Status = DeliveryStatus.InvalidContent.Code, Reason = "x." });
        await _bench.ReportAsync(ReportBench.About(SenderReportKind.Delayed, ReportBench.Original, RecipientOutcome.Deferred(Loop.Recipient, DeliveryStatus.DestinationFull)));

        Assert.Equal([ReportBench.Sender, Postmaster, ReportBench.Sender, Postmaster], _bench.Intake.Messages.Select(message => message.Envelope.Recipients[0].Address));
    }

    [Fact(DisplayName = "ND-10: reports with other codes, those that nobody wants, and those to the postmaster himself have no copy")]
    public async Task No_copy()
    {
        await _bench.ReportAsync(ReportBench.Failed(Other));
        await _bench.ReportAsync(ReportBench.Failed(Loop with { Recipient = ReportBench.To(ReportBench.Fax, DsnNotify.Never) }));
        await _bench.ReportAsync(ReportBench.Failed(Loop) with { Sender = "" });
        await _bench.ReportAsync(ReportBench.Failed(Loop) with { Sender = "Postmaster@Contoso.com" });
        await new ReportBench().ReportAsync(ReportBench.Failed(Loop));

        Assert.Equal([ReportBench.Sender, "Postmaster@Contoso.com"], _bench.Intake.Messages.Select(message => message.Envelope.Recipients[0].Address));
    }

    [Theory(DisplayName = "ND-10, TR-3: a copy that cannot be sent costs nobody the report, and is logged without an address")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_that_fails(bool throws)
    {
        _bench.Intake.Script = (item, _) => item.Envelope.Recipients[0].Address != Postmaster ? new(AcceptResult.Complete)
            : throws ? throw new IOException($"no room for {Postmaster}")
            : new(new AcceptResult([RecipientOutcome.Failed(item.Envelope.Recipients[0], DeliveryStatus.NoConnector)]));

        Assert.Equal(SenderReportResult.Accepted, await _bench.ReportAsync(ReportBench.Failed(Loop)));

        Assert.Equal(EventIds.ReportCopyFailed, _bench.Logger.LatestRecord.Id.Id);
        Assert.Null(_bench.Logger.LatestRecord.Exception);
        Assert.DoesNotContain('@', _bench.Logger.LatestRecord.Message);
    }

    [Fact(DisplayName = "RT-9, ND-10: a copy that is too large loses the original, too")]
    public async Task A_large_copy()
    {
        _bench.Intake.Script = (item, _) => new(item.Envelope.Recipients[0].Address == Postmaster && item.Content.Length > 2500
            ? new AcceptResult([RecipientOutcome.Failed(item.Envelope.Recipients[0], DeliveryStatus.TooBigForRoute)])
            : AcceptResult.Complete);

        await _bench.ReportAsync(ReportBench.Failed(Loop) with { Content = MessageContent.FromOctets(System.Text.Encoding.ASCII.GetBytes(ReportBench.Original + new string('x', 900) + "\r\n" + new string('y', 900))) });

        Assert.Equal(["message/rfc822", "text/rfc822-headers"], _bench.Events.Select(happened => new ParsedReport(_bench.Intake.Messages.Last(message => message.Id == happened.Id).Octets).Original.ContentType.MimeType));
    }
}
