using System.Collections.Immutable;
using System.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Reports;

/// <summary>RT-9: a report never fails for its size.</summary>
public class ReportSizeTests
{
    private static readonly RecipientOutcome Failure = RecipientOutcome.Failed(ReportBench.To(ReportBench.Fax), DeliveryStatus.NoConnector);

    private readonly ReportBench _bench = new();

    [Theory(DisplayName = "RT-9: too large for its connector, a report loses the body of the original first, then its header")]
    [InlineData(100_000, "message/rfc822", "Your message is attached.")]
    [InlineData(40_000, "text/rfc822-headers", "too large to send it back whole")]
    [InlineData(20_000, null, "too large to send any of it back")]
    public async Task Loses_the_original(int largest, string? original, string said)
    {
        var message = $"X-Long: {new string('h', 900)}\r\n".Insert(0, string.Concat(Enumerable.Range(0, 30).Select(i => $"X-{i}: {new string('h', 900)}\r\n"))) + "\r\n" + string.Concat(Enumerable.Repeat("body\r\n", 5_000));
        _bench.Intake.Script = (item, _) => new(item.Content.Length > largest ? TooBig(item) : AcceptResult.Complete);

        Assert.Equal(SenderReportResult.Accepted, await _bench.ReportAsync(ReportBench.FaxFailed(message)));

        var accepted = _bench.Intake.Messages[^1];
        var report = MimeKit.MimeMessage.Load(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(accepted.Octets)));
        var parts = Assert.IsType<MimeKit.MultipartReport>(report.Body);
        Assert.Equal(original, parts.Count > 2 ? parts[2].ContentType.MimeType : null);
        Assert.IsType<MimeKit.MessageDeliveryStatus>(parts[1]);
        Assert.Contains(said, Assert.IsType<MimeKit.TextPart>(parts[0]).Text, StringComparison.Ordinal);
        Assert.InRange(accepted.Length, 1, largest);
        Assert.Single(_bench.Intake.Messages.Select(each => each.Id.Key).Distinct());
        Assert.Equal(accepted.Id, Assert.Single(_bench.Events).Id);
    }

    [Fact(DisplayName = "RT-9: what is too large even without the original cannot be reported; it is tried no more than three times")]
    public async Task Ends()
    {
        _bench.Intake.Script = (item, _) => new(TooBig(item));

        Assert.Equal(SenderReportResult.Impossible, await _bench.ReportAsync(ReportBench.Failed(Failure)));
        Assert.Equal(3, _bench.Intake.Messages.Count);
        Assert.Empty(_bench.Events);
    }

    [Theory(DisplayName = "RT-9: a hand-over that throws, the first or the smaller one, loses nothing: asked again, the report is made, under the same key")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_hand_over_that_throws(int broken)
    {
        var calls = 0;
        _bench.Intake.Script = (item, _) => ++calls == broken
            ? throw new IOException("full")
            : new(item.Content.Length > 2500 ? TooBig(item) : AcceptResult.Complete);
        var report = ReportBench.FaxFailed(ReportBench.Original + string.Concat(Enumerable.Repeat("x\r\n", 2000)));

        await Assert.ThrowsAsync<IOException>(async () => await _bench.ReportAsync(report));
        Assert.Equal(SenderReportResult.Accepted, await _bench.ReportAsync(report));

        Assert.Equal("text/rfc822-headers", new ParsedReport(_bench.Intake.Messages[^1].Octets).Original.ContentType.MimeType);
        Assert.Single(_bench.Intake.Messages.Select(each => each.Id.Key).Distinct());
    }

    [Theory(DisplayName = "ND-2: very many recipients are one report, with one cause or with one for each; the text stays short")]
    [InlineData(300_000, false)]
    [InlineData(50_050, true)]
    public async Task Very_many_recipients(int many, bool isEachDifferent)
    {
        ImmutableArray<RecipientOutcome> outcomes =
        [
            .. Enumerable.Range(0, many).Select(i => RecipientOutcome.Failed(ReportBench.To($"r{i}@contoso.com"), new EnhancedStatusCode(5, 1, 1), isEachDifferent ? $"No {i}." : "No.")),
        ];
        var start = Stopwatch.GetTimestamp();

        var octets = (await _bench.AcceptAsync(ReportBench.Failed(outcomes))).Octets;

        // Hours if each recipient cost a look at all others.
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal(many, System.Text.RegularExpressions.Regex.Count(octets, "\r\nFinal-Recipient: rfc822; r[0-9]+@contoso[.]com\r\n"));
        Assert.InRange(octets.IndexOf("message/delivery-status", StringComparison.Ordinal), 1, 50_000);
        Assert.Equal(isEachDifferent, octets.Contains("There are 50000 more causes", StringComparison.Ordinal));
    }

    private static AcceptResult TooBig(MailItem item) => new([RecipientOutcome.Failed(item.Envelope.Recipients[0], DeliveryStatus.TooBigForRoute)]);
}
