namespace ForeignConnector.Lib.Mail.Outcomes;

/// <summary>Tells senders what became of their messages (ND, DR-8). Whoever settles a recipient asks here; what is due, and what it says,
/// is decided behind it.</summary>
/// <remarks>
/// <para>When <see cref="ReportAsync"/> returns <see cref="SenderReportResult.Accepted"/> the report is durable: the original may
/// go.</para>
/// <para>An exception means that the report was not accepted, for a reason that may pass; the caller keeps the original and asks again. The
/// same question makes the same report, with the same Message-ID, so that one that was made twice can be recognised.</para>
/// <para>The content of the original is not valid after the call. Calls may overlap.</para>
/// </remarks>
public interface ISenderReports
{
    /// <summary>Sends the report that is due, if one is.</summary>
    /// <param name="report">What happened, and to which message.</param>
    /// <param name="cancellationToken">Cancelled calls have the standing of failed ones.</param>
    ValueTask<SenderReportResult> ReportAsync(SenderReport report, CancellationToken cancellationToken);
}
