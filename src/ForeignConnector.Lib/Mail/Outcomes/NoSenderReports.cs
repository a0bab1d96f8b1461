namespace ForeignConnector.Lib.Mail.Outcomes;

/// <summary>Reports to nobody: what fails is set aside with its reasons instead.</summary>
internal sealed class NoSenderReports : ISenderReports
{
    public static readonly NoSenderReports Instance = new();

    public ValueTask<SenderReportResult> ReportAsync(SenderReport report, CancellationToken cancellationToken) =>
        new(SenderReportResult.Impossible);
}
