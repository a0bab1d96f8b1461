using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Reports;

namespace ForeignConnector.Lib.Tests.Reports;

/// <summary>Who is told what: NOTIFY against kinds of reports (ND-2, DR-8; RFC 3461, section 5.2).</summary>
public class NotifyRulesTests
{
    private const DsnNotify All = DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay;

    [Theory(DisplayName = "ND-2, ND-6, DR-8: NOTIFY decides")]
    [InlineData(DsnNotify.Unspecified, true, true, true)]
    [InlineData(DsnNotify.Never, false, false, false)]
    [InlineData(DsnNotify.Failure, true, false, false)]
    [InlineData(DsnNotify.Delay, false, true, false)]
    [InlineData(DsnNotify.Success, false, false, true)]
    [InlineData(DsnNotify.Failure | DsnNotify.Delay, true, true, false)]
    [InlineData(DsnNotify.Success | DsnNotify.Failure, true, false, true)]
    [InlineData(DsnNotify.Success | DsnNotify.Delay, false, true, true)]
    [InlineData(All, true, true, true)]
    public void Decides(DsnNotify notify, bool failed, bool delayed, bool relayed)
    {
        var recipient = ReportBench.To("fax@contoso.com", notify);

        Assert.Equal(failed, IsDue(SenderReportKind.Failed, RecipientOutcome.Failed(recipient, DeliveryStatus.NoConnector)));
        Assert.Equal(delayed, IsDue(SenderReportKind.Delayed, RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull)));
        Assert.Equal(relayed, IsDue(SenderReportKind.Relayed, RecipientOutcome.Relayed(recipient)));
        Assert.Equal(notify.HasFlag(DsnNotify.Success), IsDue(SenderReportKind.Delivered, RecipientOutcome.Delivered(recipient)));
    }

    [Theory]
    [InlineData(SenderReportKind.Failed, "failed@contoso.com")]
    [InlineData(SenderReportKind.Delayed, "deferred@contoso.com")]
    [InlineData(SenderReportKind.Relayed, "relayed@contoso.com")]
    [InlineData(SenderReportKind.Delivered, "delivered@contoso.com")]
    public void A_report_is_about_outcomes_of_its_own_kind(SenderReportKind kind, string expected)
    {
        var due = NotifyRules.Due(kind,
        [
            RecipientOutcome.Delivered(ReportBench.To("delivered@contoso.com", DsnNotify.Success)),
            RecipientOutcome.Relayed(ReportBench.To("relayed@contoso.com")),
            RecipientOutcome.Deferred(ReportBench.To("deferred@contoso.com"), DeliveryStatus.DestinationFull),
            RecipientOutcome.Failed(ReportBench.To("failed@contoso.com"), DeliveryStatus.NoConnector),
        ]);

        Assert.Equal(expected, Assert.Single(due).Recipient.Address);
    }

    [Theory(DisplayName = "ND-6: success is of interest to a sender who asked for it, and never to the null sender")]
    [InlineData("a@contoso.com", DsnNotify.Success, true)]
    [InlineData("a@contoso.com", All, true)]
    [InlineData("a@contoso.com", DsnNotify.Unspecified, false)]
    [InlineData("a@contoso.com", DsnNotify.Failure | DsnNotify.Delay, false)]
    [InlineData("a@contoso.com", DsnNotify.Never, false)]
    [InlineData("", DsnNotify.Success, false)]
    public void Wants_success(string sender, DsnNotify notify, bool expected)
    {
        var recipient = ReportBench.To("fax@contoso.com", notify);

        Assert.Equal(expected, new MailEnvelope(sender, [recipient]).WantsSuccess(recipient));
    }

    private static bool IsDue(SenderReportKind kind, RecipientOutcome outcome) => NotifyRules.Due(kind, [outcome]).Length == 1;
}
