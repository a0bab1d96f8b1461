using System.Collections.Immutable;
using System.Globalization;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Reports;

/// <summary>
/// Makes reports and hands them to the transport like any other message, with the null sender (ND-1 to ND-3, DR-8). Thread-safe; keeps
/// nothing between calls.
/// </summary>
/// <remarks>
/// A message with a sender of its own may be reported even when a program made it (<c>Auto-Submitted</c>): the report has the null sender,
/// so nothing answers it (RFC 3834, section 2). A multipart/report is never reported, whoever it is from.
/// </remarks>
public sealed class SenderReports : ISenderReports
{
    private readonly IMailIntake _intake;
    private readonly SubmissionIdSource _ids;
    private readonly ReportOptions _options;
    private readonly ReportComposer _composer;
    private readonly IMessageTrail _trail;
    private readonly ILogger _logger;

    /// <summary>Reports of one server.</summary>
    /// <param name="intake">Where reports go.</param>
    /// <param name="ids">Names them; the key of a report follows from what it is about.</param>
    /// <param name="options">Who reports.</param>
    /// <param name="texts">In which words.</param>
    /// <param name="trail">Hears of every report.</param>
    /// <param name="logger">Ids and counts.</param>
    public SenderReports(IMailIntake intake,
        SubmissionIdSource ids, ReportOptions options, ReportTexts texts, IMessageTrail trail, ILogger<SenderReports> logger)
    {
        _intake = intake;
        _ids = ids;
        _options = options;
        _composer = new ReportComposer(options, texts);
        _trail = trail;
        _logger = logger;
    }

    /// <inheritdoc/>
    public async ValueTask<SenderReportResult> ReportAsync(SenderReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Sender.Length == 0)
            return SenderReportResult.Impossible;
        if (Recipient(report.Sender) is not { } sender)
            return Impossible(report, "the sender is not an address");
        var due = NotifyRules.Due(report.Kind, report.Outcomes);
        if (due.IsEmpty && !report.Outcomes.IsEmpty)
            return SenderReportResult.NotWanted;
        var original = await ReadAsync(report, Wanted(report), cancellationToken).ConfigureAwait(false);
        if (original.Facts.IsReport)
            return Impossible(report, "the message is a report itself");
        using var activity = MessageTracing.StartReport(report);
        var identity = Identity(report, due);
        if (!await SendAsync(report, due, original, sender, identity, cancellationToken).ConfigureAwait(false))
            return Impossible(report, "no connector takes the sender");
        if (IsCopied(report, due))
            await CopyAsync(report, due, original, identity, cancellationToken).ConfigureAwait(false);
        return SenderReportResult.Accepted;
    }

    // A report never fails for its size: it loses the body of the original first, then its header (RT-9).
    private async ValueTask<bool> SendAsync(
        SenderReport report, ImmutableArray<RecipientOutcome> due, ReturnedOriginal original, EnvelopeRecipient recipient, string identity,
        CancellationToken cancellationToken)
    {
        var id = _ids.Next(identity);
        using var expected = _trail.Expect(id);
        while (true)
        {
            var composed = _composer.Compose(report, due, original, id);
            using var content = composed.Content;
            var envelope = new MailEnvelope("", [recipient]) { Body = composed.Body, Source = "DSN" };
            var result = await _intake.AcceptAsync(new MailItem(id, envelope, content), cancellationToken).ConfigureAwait(false);
            if (result.Rejected.IsEmpty)
            {
                Record(report, due, id, envelope, content, original.Facts.MessageId);
                return true;
            }
            if (original.Part == ReturnedPart.Nothing || result.Rejected.All(outcome => outcome.Status != EnhancedStatusCode.MessageTooBig))
                return false;
            var less = original.Part == ReturnedPart.Whole ? ReturnedPart.HeaderOfLargeMessage : ReturnedPart.Nothing;
            original = await ReadAsync(report, less, cancellationToken).ConfigureAwait(false);
        }
    }

    // The sender has been told: whatever the copy fails of, telling him again would not help.
    private async ValueTask CopyAsync(
        SenderReport report, ImmutableArray<RecipientOutcome> due, ReturnedOriginal original, string identity,
        CancellationToken cancellationToken)
    {
        try
        {
            if (Recipient(_options.PostmasterAddress) is not { } postmaster
                || !await SendAsync(report, due, original, postmaster, $"copy of {identity}", cancellationToken).ConfigureAwait(false))
                _logger.ReportCopyFailed(report.Kind, report.Id.ToString(), "no connector takes the postmaster");
        }
#pragma warning disable CA1031 // Cancelled or failed: the report itself stands.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.ReportCopyFailed(report.Kind, report.Id.ToString(), e.GetType().Name);
        }
    }

    private bool IsCopied(SenderReport report, ImmutableArray<RecipientOutcome> due) =>
        _options.CopiedStatuses.Count > 0
        && !report.Sender.Equals(_options.PostmasterAddress, StringComparison.OrdinalIgnoreCase)
        && (due.IsEmpty
            ? _options.CopiedStatuses.Contains(report.Status ?? DeliveryStatus.InvalidContent.Code)
            : due.Any(outcome => _options.CopiedStatuses.Contains(outcome.Status)));

    private ValueTask<ReturnedOriginal> ReadAsync(SenderReport report, ReturnedPart part, CancellationToken cancellationToken) =>
        ReturnedOriginal.ReadAsync(report, part, _options.MaxMessageAttachSize, cancellationToken);

    // The report must not be reported (RFC 3461, section 6.2). Null for what only a broken file calls its sender.
    private static EnvelopeRecipient? Recipient(string sender)
    {
        try
        {
            return new EnvelopeRecipient(sender) { Notify = DsnNotify.Never };
        }
        catch (MailFormatException)
        {
            return null;
        }
    }

    // RET speaks of failures; nothing else needs the body again (RFC 3461, section 4.3).
    private static ReturnedPart Wanted(SenderReport report) =>
        report.Kind == SenderReportKind.Failed && report.Return != DsnReturn.Hdrs ? ReturnedPart.Whole : ReturnedPart.Header;

    // The same for the same question, in whatever order the recipients come.
    private static string Identity(SenderReport report, ImmutableArray<RecipientOutcome> due)
    {
        var recipients = string.Join(
            '\n', due.Select(outcome => $"{outcome.Recipient.Address} {outcome.Status}").Order(StringComparer.Ordinal));
        return string.Create(CultureInfo.InvariantCulture, $"report {report.Id.Key:x32} {report.Kind} {report.Status}\n{recipients}");
    }

    private SenderReportResult Impossible(SenderReport report, string reason)
    {
        _logger.ReportImpossible(report.Kind, report.Id.ToString(), reason);
        return SenderReportResult.Impossible;
    }

    private void Record(SenderReport report,
        ImmutableArray<RecipientOutcome> due, SubmissionId id, MailEnvelope envelope, MessageContent content, string? originalMessageId)
    {
        _logger.ReportSent(report.Kind, report.Id.ToString(), id.ToString(), due.Length);
        _trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Dsn,
            Source = TrackingSource.Dsn,
            Id = id,
            Sender = envelope.Sender,
            Recipients = envelope.Recipients,
            Content = content,
            Reference = originalMessageId,
            Detail = report.Kind.ToString(),
        });
    }
}
