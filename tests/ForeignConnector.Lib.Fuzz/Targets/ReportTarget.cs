using System.Text;
using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Reports;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>A report about a message that somebody made (ND-2, ND-3, ND-5, SE-9). The envelope and the reasons are made of its fields: they come from outside, too.</summary>
internal static class ReportTarget
{
    private const int MaxLine = 998;

    private static readonly string[] Always = ["From", "Date", "Subject", "Message-Id", "To", "Auto-Submitted", "MIME-Version", "Content-Type"];
    private static readonly string[] Sometimes = ["In-Reply-To", "References", "Content-Transfer-Encoding"];

    private static readonly ReportOptions Options = new() { ServerName = "hub01.contoso.com", DefaultDomain = "contoso.com", PostmasterAddress = "postmaster@contoso.com" };

    public static void Run(ReadOnlySpan<byte> input)
    {
        var (texts, intake) = (new HeardTexts(), new HeardIntake());
        var reports = new SenderReports(intake, new SubmissionIdSource(TimeProvider.System, new Random(1)), Options, texts, Diagnostics.MessageTrails.None, NullLogger<SenderReports>.Instance);
        var report = About(input);
        var result = reports.ReportAsync(report, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (result != SenderReportResult.Accepted)
            return;
        var octets = intake.Octets;
        Check.Equal(intake.Length, octets.Length, "a report is as long as it says");
        Check.Equal("", intake.Envelope!.Sender, "ND-2: a report has the null sender");
        CheckLines(octets, intake.Envelope.Body);
        using var message = MimeMessage.Load(new MemoryStream(octets, writable: false));
        CheckHeader(octets, message);
        // Where no header can hold what it quotes, such as an address of a thousand octets, it quotes nothing.
        var isUnquoted = message.Headers[HeaderId.To] == "undisclosed-recipients:;";
        Check.That(!isUnquoted || (message.Subject ?? "").EndsWith(": (no subject)", StringComparison.Ordinal), "SE-9: a header that quotes nothing quotes no Subject");
        // Several blanks may become one where a line is folded: what is meant stays.
        if (!isUnquoted)
            Check.Equal(Words(SafeText.Line(texts.LastSubject)), Words(message.Subject ?? ""), "SE-9: the Subject reads back as it was meant");
        CheckParts(message, report);
    }

    private static SenderReport About(ReadOnlySpan<byte> input)
    {
        var fields = Fields.Of(input).GroupBy(field => field.Name).ToDictionary(group => group.Key, group => Value(group.First().Line));
        string Field(string name) => fields.GetValueOrDefault(name, "");
        var recipient = Text.OrNull(() => new EnvelopeRecipient(Field("to"))) ?? new EnvelopeRecipient("IMCEAFAX-+2B1@contoso.com");
        recipient = recipient with { OriginalRecipient = Text.OrNull(() => new OriginalRecipient("rfc822", Field("cc"))) };
        return new SenderReport
        {
            Kind = (SenderReportKind)(input.Length % 5 is var kind && kind < 3 ? kind : 0),
            Id = Intake.Id,
            Sender = Text.OrNull(() => new EnvelopeRecipient(Field("from")))?.Address ?? "secretary@contoso.com",
            Content = MessageContent.FromOctets(input.ToArray()),
            Outcomes = (input.Length % 7) == 0 ? [] : [Outcome(input.Length % 5, recipient, Field("comments"))],
            Reason = Field("comments"),
            EnvelopeId = Field("keywords"),
            Return = (input.Length % 3) == 0 ? DsnReturn.Hdrs : DsnReturn.Unspecified,
        };
    }

    private static RecipientOutcome Outcome(int kind, EnvelopeRecipient recipient, string text) => kind switch
    {
        1 => RecipientOutcome.Deferred(recipient, EnhancedStatusCode.SystemFull, text),
        2 => RecipientOutcome.Relayed(recipient),
        _ => RecipientOutcome.Failed(recipient, EnhancedStatusCode.BadDestinationSystem, text),
    };

    private static void CheckHeader(byte[] octets, MimeMessage message)
    {
        var ours = new List<string>();
        var scanner = new HeaderScanner(octets);
        while (scanner.TryRead(out var field))
            ours.Add(Encoding.ASCII.GetString(field.Name(octets)));
        Check.Same(ours, message.Headers.Concat(message.Body?.Headers ?? []).Select(field => field.Field).Distinct(), "SE-9: MimeKit and we read the same fields");
        Check.Same(Always.Order(StringComparer.OrdinalIgnoreCase), ours.Where(name => !Sometimes.Contains(name)).Order(StringComparer.OrdinalIgnoreCase), "SE-9: the header holds the fields that were meant, each once, and no other");
        Check.That(ours.Count(name => Sometimes.Contains(name)) == ours.Where(name => Sometimes.Contains(name)).Distinct().Count(), "SE-9: no field stands twice");
        Check.Equal("auto-replied", message.Headers[HeaderId.AutoSubmitted], "ND-2: Auto-Submitted");
        Check.That(message.From.Mailboxes.Count() == 1 && message.From.Mailboxes.Single().Address == Options.PostmasterAddress, "SE-9: From is the postmaster");
    }

    private static void CheckLines(byte[] octets, BodyType body)
    {
        foreach (var range in octets.AsSpan().Split("\r\n"u8))
        {
            var line = octets.AsSpan(range);
            Check.That(line.Length <= MaxLine, "ND-5: no line is over 998 octets");
            Check.That(line.IndexOf((byte)'\n') < 0, "ND-5: every line ends with CRLF");
        }
        Check.That(body is BodyType.SevenBit or BodyType.EightBitMime, "ND-5: 7BIT or 8BITMIME");
        Check.That(body == BodyType.EightBitMime || Ascii.IsValid(octets), "ND-5: a 7BIT report holds no octet over 127");
    }

    private static void CheckParts(MimeMessage message, SenderReport report)
    {
        Check.That(message.Body is MultipartReport { Count: 3 }, "ND-2: a report has three parts");
        var parts = (MultipartReport)message.Body!;
        Check.That(parts[1] is MessageDeliveryStatus, "ND-2: the second part is a delivery status");
        var groups = ((MessageDeliveryStatus)parts[1]).StatusGroups;
        Check.Equal(2, groups.Count, "ND-2: a group for the message, and one for the recipient");
        Check.Equal(report.Kind switch { SenderReportKind.Delayed => "delayed", SenderReportKind.Relayed => "relayed", _ => "failed" }, groups[1]["Action"], "ND-2: the action that was meant");
        Check.Equal(groups[1].Count, groups[1].Select(field => field.Field).Distinct().Count(), "ND-2: no field of a group stands twice");
        var names = parts[2] switch
        {
            // A line without a colon is no field, and MimeKit lists it without a value.
            MessagePart { Message: { } original } => original.Headers.Where(field => field.RawValue.Length > 0).Select(field => field.Field),
            MimePart { Content: { } content } => Fields.Of(Decoded(content)).Select(field => field.Name),
            _ => [],
        };
        Check.That(!names.Any(name => Fields.IsForbidden(name.ToLowerInvariant()) || name.Equals("X-Receiver", StringComparison.OrdinalIgnoreCase)), "ND-3: no Bcc, X-Receiver or organization field goes back");
    }

    private static byte[] Decoded(IMimeContent content)
    {
        using var octets = new MemoryStream();
        content.DecodeTo(octets);
        return octets.ToArray();
    }

    private static string Value(string line) => Text.Of(Encoding.Latin1.GetBytes(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()));

    private static string Words(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private sealed class HeardTexts : ReportTexts
    {
        public string LastSubject { get; private set; } = "";

        public override string Subject(ReportFacts facts) => LastSubject = base.Subject(facts);
    }

    private sealed class HeardIntake : IMailIntake
    {
        public MailEnvelope? Envelope { get; private set; }

        public byte[] Octets { get; private set; } = [];

        public int Length { get; private set; }

        public ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken)
        {
            using var octets = new MemoryStream();
            using (var stream = item.Content.OpenRead())
                stream.CopyTo(octets);
            (Envelope, Octets, Length) = (item.Envelope, octets.ToArray(), (int)item.Content.Length);
            return new(AcceptResult.Complete);
        }
    }
}
