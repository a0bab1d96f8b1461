using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>Accepts every report and remembers it, or does what a test scripts.</summary>
internal sealed class RecordingReports : ISenderReports
{
    private readonly List<string> _made = [];

    /// <summary>Kind and recipients of each report that was made.</summary>
    public IReadOnlyList<string> Made
    {
        get
        {
            lock (_made)
                return [.. _made];
        }
    }

    /// <summary>Answers; an exception means that the report was not made.</summary>
    public Func<SenderReport, SenderReportResult> Script { get; set; } = _ => SenderReportResult.Accepted;

    public ValueTask<SenderReportResult> ReportAsync(SenderReport report, CancellationToken cancellationToken)
    {
        var result = Script(report);
        using (report.Content.OpenRead())
        {
            lock (_made)
                _made.Add($"{report.Kind} {string.Join(' ', report.Outcomes.Select(outcome => outcome.Recipient.Address))}");
        }
        return new(result);
    }
}
