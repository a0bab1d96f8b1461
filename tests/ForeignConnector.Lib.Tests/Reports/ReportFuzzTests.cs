using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Reports;

namespace ForeignConnector.Lib.Tests.Reports;

/// <summary>SE-9, ND-5: reports about whatever somebody may send, read back by two readers.</summary>
public class ReportFuzzTests
{
    private static readonly string[] BeforeReply = ["From", "Date", "Subject", "Message-Id", "To", "Auto-Submitted"];
    private static readonly string[] Reply = ["In-Reply-To", "References"];
    private static readonly string[] Mime = ["MIME-Version", "Content-Type"];
    private static readonly string[] Encoding8 = ["Content-Transfer-Encoding"];

    private static readonly Gen<Material> Any =
        from subject in ReportReader.AnyText
        from isEncoded in Gen.Bool
        from sender in ReportReader.AnyText
        from name in ReportReader.AnyText
        from reason in ReportReader.AnyText
        from ids in Gen.Select(ReportReader.AnyText, ReportReader.AnyText, ReportReader.AnyText)
        from body in ReportReader.AnyText
        from isWhole in Gen.Bool
        select new Material(subject, isEncoded, sender, name, reason, ids.Item1, ids.Item2, ids.Item3, body, isWhole);

    [Fact(DisplayName = "SE-9: whatever stands in Subject, sender, name, reason, ENVID, ORCPT, Message-ID and body, the report has the fields that were meant, in their order, and their values")]
    public async Task Has_the_fields_that_were_meant() => await Any.SampleAsync(CheckAsync, iter: 5_000);

    private static async Task CheckAsync(Material material)
    {
        var report = material.ToReport();
        var bench = new ReportBench(new Named(material.Name));
        var message = await bench.AcceptAsync(report);
        var octets = message.Octets;

        var facts = OriginalFacts.Read(Encoding.Latin1.GetBytes(material.Original), 0);
        var (isInternational, parsed) = (!Ascii.IsValid(report.Sender), new ParsedReport(octets));
        string[] expected = [.. BeforeReply, .. facts.MessageId is null ? [] : Reply, .. Mime, .. parsed.Message.Body!.Headers.Contains("Content-Transfer-Encoding") ? Encoding8 : []];
        Assert.Equal(expected, ReportReader.NamesOfHeader(octets));
        Assert.Equal(expected.Order(), parsed.Message.Headers.Select(field => field.Field).Concat(parsed.Message.Body.Headers.Select(field => field.Field)).Distinct().Order());
        Assert.Equal(SafeText.Line($"Undeliverable: {(facts.Subject.Length > 0 ? facts.Subject : "(no subject)")}"), parsed.Message.Subject);
        Assert.Equal(SafeText.Line(material.Name), Assert.Single(parsed.Message.From.Mailboxes).Name ?? "");
        Assert.All(ReportReader.NamesOfParts(octets)[..3], names => Assert.Subset(new HashSet<string> { "Content-Type", "Content-Transfer-Encoding" }, names.ToHashSet()));
        Assert.Equal(2, parsed.Status.Count);
        Assert.All(parsed.Status, group => Assert.Equal(group.Count, group.Select(field => field.Field).Distinct().Count()));
        Assert.Equal("failed", parsed.Status[1]["Action"]);
        Assert.All(octets.Split("\r\n"), line => Assert.True(line.Length <= 998 && line.IndexOfAny(['\r', '\n', '\0']) < 0));
        Assert.Contains(message.Envelope.Body, (BodyType[])[BodyType.SevenBit, BodyType.EightBitMime]);
        Assert.True(message.Envelope.Body == BodyType.EightBitMime || Ascii.IsValid(octets));
        Assert.True(isInternational || Ascii.IsValid(octets.AsSpan(0, octets.IndexOf("\r\n\r\n", StringComparison.Ordinal))));
    }

    private sealed record Material(string Subject, bool IsEncoded, string Local, string Name, string Reason, string EnvelopeId, string Orcpt, string MessageId, string Body, bool IsWhole)
    {
        public string Original =>
            $"Subject: {(IsEncoded ? $"=?utf-8?b?{Convert.ToBase64String(Encoding.UTF8.GetBytes(Subject))}?=" : Latin(Subject))}\r\nMessage-ID: <{Latin(MessageId)}@x.test>\r\n\r\n{Latin(Body)}";

        public SenderReport ToReport()
        {
            var recipient = ReportBench.To(ReportBench.Fax) with { OriginalRecipient = Try(() => new OriginalRecipient("rfc822", Orcpt)) };
            return ReportBench.FaxFailed(Original) with
            {
                Outcomes = [RecipientOutcome.Failed(recipient, new EnhancedStatusCode(5, 1, 1), Reason)],
                EnvelopeId = EnvelopeId,
                Return = IsWhole ? DsnReturn.Full : DsnReturn.Hdrs,
                Sender = Sender,
            };
        }

        // A sender that an envelope takes: as it is, quoted, or, when it takes neither, a plain one.
        private string Sender => Short(Local) is var local
            && (Try(() => new EnvelopeRecipient($"{local}@contoso.com")) ?? Try(() => new EnvelopeRecipient($"\"{local.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"@contoso.com"))) is { } sender
            ? sender.Address
            : ReportBench.Sender;

        private static string Short(string text) => text[..Math.Min(text.Length, 300)];

        private static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

        private static T? Try<T>(Func<T> make)
            where T : class
        {
            try
            {
                return make();
            }
            catch (MailFormatException)
            {
                return null;
            }
        }
    }

    private sealed class Named(string name) : ReportTexts
    {
        public override string SenderName => name;
    }
}
