using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Reports;

/// <summary>What a remote system said stands in the report about it.</summary>
public class RemoteAnswerReportTests
{
    private readonly ReportBench _bench = new();

    [Theory(DisplayName = "DA-10, RFC 3464: the remote's own answer is the Diagnostic-Code, its host the Remote-MTA; neither begins a field of its own")]
    [InlineData("smtp", "550 5.1.1 No such user here", "mx.fabrikam.test", "smtp; 550 5.1.1 No such user here", "dns; mx.fabrikam.test")]
    [InlineData("x-fax", "NO CARRIER\r\nReply-To: evil@e.test", "modem 7\r\nBcc: x@e.test", "x-fax; NO CARRIER Reply-To: evil@e.test", "dns; modem 7 Bcc: x@e.test")]
    [InlineData("smtp", "550 5.1.1 Empfänger unbekannt", "mx.test", "smtp; 550 5.1.1 Empf?nger unbekannt", "dns; mx.test")]
    public async Task Quotes_the_remote(string type, string answer, string host, string diagnostic, string remoteMta)
    {
        await _bench.ReportAsync(ReportBench.Failed(RecipientOutcome.Failed(ReportBench.To(ReportBench.Fax), new(5, 1, 1), "The number is not in service.") with
        {
            Diagnostic = new DiagnosticCode(type, answer),
            RemoteHost = host,
        }));

        var report = Assert.Single(_bench.Intake.Messages).Octets;
        Assert.Contains($"\r\nDiagnostic-Code: {diagnostic}\r\n", report, StringComparison.Ordinal);
        Assert.Contains($"\r\nRemote-MTA: {remoteMta}\r\n", report, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nReply-To:", report, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nBcc:", report, StringComparison.Ordinal);
    }
}
