namespace ForeignConnector.Lib.Mail.Outcomes;

/// <summary>What <see cref="ISenderReports"/> did.</summary>
public enum SenderReportResult
{
    /// <summary>The report is on its way, and durable.</summary>
    Accepted,

    /// <summary>The sender does not want this report (NOTIFY).</summary>
    NotWanted,

    /// <summary>There is nobody to report to: the null sender, a report itself, a sender whose address nobody takes.</summary>
    Impossible,
}
