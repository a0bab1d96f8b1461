using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>Reports to nobody: what fails is set aside with its reasons instead.</summary>
internal sealed class NoSenderReports : ISenderReports
{
    public ValueTask<SenderReportResult> ReportAsync(SenderReport report, CancellationToken cancellationToken) => new(SenderReportResult.Impossible);
}
