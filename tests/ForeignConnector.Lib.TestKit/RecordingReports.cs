using System.Text;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.TestKit;

/// <summary>Takes every report to a sender and remembers it, or does what a test scripts.</summary>
public sealed class RecordingReports : ISenderReports
{
    /// <summary>One report.</summary>
    /// <param name="Asked">The question; its content is not valid any more.</param>
    /// <param name="Original">The octets of the message it is about, one for each character (Latin-1).</param>
    public sealed record Report(SenderReport Asked, string Original);

    private readonly List<Report> _reports = [];

    /// <summary>What was accepted, in order.</summary>
    public IReadOnlyList<Report> Reports
    {
        get
        {
            lock (_reports)
                return [.. _reports];
        }
    }

    /// <summary>Answers; an exception stands for an outage. Only what is accepted is remembered.</summary>
    public Func<SenderReport, ValueTask<SenderReportResult>> Script { get; set; } = _ => new(SenderReportResult.Accepted);

    /// <inheritdoc/>
    public async ValueTask<SenderReportResult> ReportAsync(SenderReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        var result = await Script(report).ConfigureAwait(false);
        if (result != SenderReportResult.Accepted)
            return result;
        using var octets = new MemoryStream();
        using (var stream = report.Content.OpenRead())
            await stream.CopyToAsync(octets, cancellationToken).ConfigureAwait(false);
        lock (_reports)
            _reports.Add(new Report(report, Encoding.Latin1.GetString(octets.ToArray())));
        return result;
    }
}
