using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Reports;

/// <summary>Which recipients a report is due for (RFC 3461, section 5.2; ND-6, DR-8).</summary>
internal static class NotifyRules
{
    /// <summary>The outcomes that are the report's subject and that the sender wants to hear about, in order.</summary>
    public static ImmutableArray<RecipientOutcome> Due(SenderReportKind kind, ImmutableArray<RecipientOutcome> outcomes)
    {
        var (action, wanted) = kind switch
        {
            SenderReportKind.Failed => (RecipientAction.Failed, DsnNotify.Failure),
            SenderReportKind.Delayed => (RecipientAction.Deferred, DsnNotify.Delay),
            SenderReportKind.Relayed => (RecipientAction.Relayed, DsnNotify.Success),
            SenderReportKind.Delivered => (RecipientAction.Delivered, DsnNotify.Success),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of report"),
        };
        return [.. outcomes.Where(outcome => outcome.Action == action && IsWanted(action, outcome.Recipient.Notify, wanted))];
    }

    // Without NOTIFY: failures must be reported, delays may be (RFC 3461, section 5.2.6), relaying is by DR-8, delivery is not (section
    // 5.2.1).
    private static bool IsWanted(RecipientAction action, DsnNotify notify, DsnNotify wanted) =>
        notify == DsnNotify.Unspecified ? action != RecipientAction.Delivered : notify.HasFlag(wanted);
}
