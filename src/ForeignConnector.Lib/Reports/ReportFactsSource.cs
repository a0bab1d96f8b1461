using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Reports;

/// <summary>Gathers <see cref="ReportFacts"/>; all text from outside becomes <see cref="SafeText"/> here.</summary>
internal static class ReportFactsSource
{
    /// <summary>The facts of one report.</summary>
    public static ReportFacts Gather(
        SenderReport report, ImmutableArray<RecipientOutcome> due, ReturnedOriginal original, ReportOptions options) => new()
        {
            Kind = report.Kind,
            Subject = original.Facts.Subject,
            MessageId = original.Facts.MessageId,
            SubmissionId = report.Id.ToString(),
            AcceptedAt = report.Id.AcceptedAt,
            WillRetryUntil = report.WillRetryUntil,
            ServerName = SafeText.Line(options.ServerName),
            PostmasterAddress = SafeText.Line(options.PostmasterAddress),
            Returned = original.Part,
            Causes = due.IsEmpty ? [Whole(report)] : Causes(due),
        };

    private static ReportCause Whole(SenderReport report)
    {
        var status = report.Status ?? DeliveryStatus.InvalidContent.Code;
        return Cause(status, report.Reason ?? DeliveryStatus.InvalidContent.Text, []);
    }

    private static ImmutableArray<ReportCause> Causes(ImmutableArray<RecipientOutcome> due) =>
        [.. due.GroupBy(outcome => (outcome.Status, outcome.Text)).Select(
            group => Cause(group.Key.Status, group.Key.Text, [.. group.Select(outcome => Name(outcome.Recipient))]))];

    // A connector need not say why.
    private static ReportCause Cause(EnhancedStatusCode status, string text, ImmutableArray<ReportedRecipient> recipients) =>
        new(status, string.IsNullOrWhiteSpace(text)
            ? ReportTexts.NoReason
            : SafeText.Line(text), SafeText.Line(DeliveryStatus.DiagnosticFor(status, text)), recipients);

    private static ReportedRecipient Name(EnvelopeRecipient recipient)
    {
        var address = SafeText.Line(recipient.Address);
        return new ReportedRecipient(Unwrapped(recipient.Address) ?? address, address);
    }

    // A number as people dial it; null for what is not wrapped, or wrapped badly.
    private static string? Unwrapped(string address)
    {
        if (!Imcea.IsEncapsulated(address))
            return null;
        try
        {
            var value = SafeText.Line(Encoding.UTF8.GetString(Imcea.Decode(address, out var type)));
            return value.Length == 0 ? null : $"{value} ({type})";
        }
        catch (MailFormatException)
        {
            return null;
        }
    }
}
