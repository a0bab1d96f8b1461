using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Reports;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace ForeignConnector.Lib.Tests.Reports;

/// <summary>Reports of one server with a fixed clock, and everything around them recorded. Text stands for octets, one for each character (Latin-1).</summary>
internal sealed class ReportBench
{
    public const string Sender = "secretary@contoso.com";

    public const string Fax = "IMCEAFAX-+2B1+20425+20555+200100@contoso.com";

    public const string Header = """
        From: Secretary <secretary@contoso.com>
        To: Fax <IMCEAFAX-+2B1+20425+20555+200100@contoso.com>
        Subject: Invoice 4711
        Date: Sat, 31 Jan 2026 19:59:00 +0000
        Message-ID: <invoice-4711@contoso.com>


        """;

    public static readonly DateTimeOffset Now = new(2026, 1, 31, 23, 59, 58, TimeSpan.Zero);

    public static readonly SubmissionId OriginalId = new(Now - TimeSpan.FromHours(4), new UInt128(0x0123456789abcdef, 0xfedcba9876543210));

    public ReportBench(ReportTexts? texts = null, ByteSize? attachSize = null, string domain = "contoso.com", params ReadOnlySpan<EnhancedStatusCode> copied)
    {
        var options = new ReportOptions { ServerName = "hub01.contoso.com", DefaultDomain = domain, PostmasterAddress = "postmaster@contoso.com" };
        if (attachSize is { } size)
            options.MaxMessageAttachSize = size;
        foreach (var status in copied)
            options.CopiedStatuses.Add(status);
        Reports = new SenderReports(Intake, new SubmissionIdSource(Time, new Random(1)), options, texts ?? new ReportTexts(), new Trail(Events), Logger);
    }

    public static string Original { get; } = Crlf(Header) + "Please find the invoice below.\r\n";

    public FakeTimeProvider Time { get; } = new(Now);

    public RecordingIntake Intake { get; } = new();

    public FakeLogger<SenderReports> Logger { get; } = new();

    public List<TrackingEvent> Events { get; } = [];

    public SenderReports Reports { get; }

    public static string Crlf(string text) => text.ReplaceLineEndings("\r\n");

    public static EnvelopeRecipient To(string address, DsnNotify notify = DsnNotify.Unspecified) => new(address) { Notify = notify };

    /// <summary>A report about a message with that text.</summary>
    public static SenderReport About(SenderReportKind kind, string original, params ImmutableArray<RecipientOutcome> outcomes) => new()
    {
        Kind = kind,
        Id = OriginalId,
        Sender = Sender,
        Content = MessageContent.FromOctets(Encoding.Latin1.GetBytes(original)),
        Outcomes = outcomes,
    };

    public static SenderReport Failed(params ImmutableArray<RecipientOutcome> outcomes) => About(SenderReportKind.Failed, Original, outcomes);

    public static SenderReport FaxFailed(string original) => About(SenderReportKind.Failed, original, RecipientOutcome.Failed(To(Fax), DeliveryStatus.NoConnector));

    public ValueTask<SenderReportResult> ReportAsync(SenderReport report) => Reports.ReportAsync(report, TestContext.Current.CancellationToken);

    /// <summary>Makes a report, which must be accepted; returns what the transport got.</summary>
    public async Task<RecordingIntake.Message> AcceptAsync(SenderReport report)
    {
        Assert.Equal(SenderReportResult.Accepted, await ReportAsync(report));
        var message = Intake.Messages[^1];
        Assert.Equal(message.Octets.Length, message.Length);
        return message;
    }

    /// <summary>The same, as MimeKit reads it.</summary>
    public async Task<ParsedReport> ParseAsync(SenderReport report) => new((await AcceptAsync(report)).Octets);

    private sealed class Trail(List<TrackingEvent> events) : IMessageTrail
    {
        public void Record(TrackingEvent happened) => events.Add(happened);
    }
}

/// <summary>A report through the eyes of MimeKit's own types; a report that is not one does not get this far.</summary>
internal sealed class ParsedReport
{
    private readonly string _octets;

    public ParsedReport(string octets)
    {
        _octets = octets;
        Message = MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes(octets)));
        var report = Assert.IsType<MultipartReport>(Message.Body);
        Assert.Equal("delivery-status", report.ReportType);
        Assert.Equal(3, report.Count);
        Text = Assert.IsType<MimeKit.TextPart>(report[0]).Text.ReplaceLineEndings("\n");
        Status = Assert.IsType<MessageDeliveryStatus>(report[1]).StatusGroups;
        Original = report[2];
    }

    public MimeMessage Message { get; }

    public string Text { get; }

    public HeaderListCollection Status { get; }

    public MimeEntity Original { get; }

    /// <summary>The original, or its header, as it stands in the report's octets: nothing that MimeKit made of it.</summary>
    public string Returned
    {
        get
        {
            var start = _octets.IndexOf("\r\n\r\n", _octets.IndexOf("Content-Type: " + Original.ContentType.MimeType, StringComparison.Ordinal), StringComparison.Ordinal) + 4;
            return _octets[start.._octets.LastIndexOf("\r\n--=_", StringComparison.Ordinal)];
        }
    }
}
