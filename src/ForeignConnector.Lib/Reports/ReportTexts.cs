using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Reports;

/// <summary>
/// The words of reports, in English. Derive from it and register your own for another language or tone. The facts that it gets are safe
/// text (<see cref="ReportFacts"/>), and its results are made safe again: a text cannot break a report.
/// </summary>
public class ReportTexts
{
    // Recipients of one cause, and causes: whoever has more than these reads the rest in the second part.
    private const int MaxListed = 50;

    internal const string NoReason = "The reason is not known.";

    /// <summary>The name before the postmaster's address.</summary>
    public virtual string SenderName => "Mail Delivery System";

    /// <summary>The Subject of the report.</summary>
    public virtual string Subject(ReportFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var prefix = facts.Kind switch
        {
            SenderReportKind.Delayed => "Delayed",
            SenderReportKind.Relayed => "Relayed",
            SenderReportKind.Delivered => "Delivered",
            _ => "Undeliverable",
        };
        return $"{prefix}: {SubjectOf(facts)}";
    }

    /// <summary>The part for people: what happened, to whom, why, what to do; then the technical part. Lines of any line end.</summary>
    public virtual string Body(ReportFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"{Summary(facts)}\n\n  Subject:  {SubjectOf(facts)}\n  Sent:     {Time(facts.AcceptedAt)}\n\n");
        foreach (var cause in facts.Causes.Take(MaxListed))
            AppendCause(text, facts, cause);
        if (facts.Causes.Length > MaxListed)
            text.Append(CultureInfo.InvariantCulture,
                $"There are {facts.Causes.Length - MaxListed} more causes, named in the delivery status that is attached.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{Closing(facts)}\n\n");
        AppendTechnicalPart(text, facts);
        return text.ToString();
    }

    /// <summary>What the sender can do about one cause; the default knows the causes of <see cref="DeliveryStatus"/>.</summary>
    protected virtual string Advice(ReportFacts facts, ReportCause cause)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(cause);
        return facts.Kind switch
        {
            SenderReportKind.Delayed when facts.WillRetryUntil is { } until =>
                $"Nothing now. Do not send it again: it is tried again until {Time(until)}.\n"
                + "If it cannot be delivered by then, you will be told.",
            SenderReportKind.Delayed =>
                "Nothing now. Do not send it again: it is tried again, and if it cannot be delivered in the end, you will be told.",
            SenderReportKind.Delivered => "Nothing.",
            SenderReportKind.Relayed => "Nothing. There will be no further report; if you must know whether it arrived, ask the recipient.",
            _ => ReportAdvice.For(cause.Status),
        };
    }

    private static string Summary(ReportFacts facts) => facts.Kind switch
    {
        SenderReportKind.Delayed => "Your message has not reached the recipients below yet. It is still being tried.",
        SenderReportKind.Delivered => "Your message was delivered to the recipients below.",
        SenderReportKind.Relayed =>
            "Your message was handed on for the recipients below. Whether it arrives, this mail system cannot tell.",
        _ when facts.RecipientCount == 0 => "Your message was not accepted. Nobody has got it.",
        _ => "Your message could not be delivered to the recipients below. It is not tried any more.",
    };

    private static string SubjectOf(ReportFacts facts) => facts.Subject.Length > 0 ? facts.Subject : "(no subject)";

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("dddd, d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Closing(ReportFacts facts)
    {
        var attached = facts.Returned switch
        {
            ReturnedPart.Whole => "Your message is attached.",
            ReturnedPart.HeaderOfLargeMessage => "Your message is too large to send it back whole; only its header is attached.",
            ReturnedPart.HeaderOfBinaryMessage =>
                "Your message holds characters or lines that not every mail system passes on, "
                + "so it is not sent back whole; only its header is attached.",
            ReturnedPart.Nothing => "Your message is too large to send any of it back.",
            _ => "The header of your message is attached.",
        };
        return $"{attached} If you need help, write to {facts.PostmasterAddress}.";
    }

    private void AppendCause(StringBuilder text, ReportFacts facts, ReportCause cause)
    {
        if (cause.Recipients.Length > 0)
        {
            var heading = facts.Kind switch
            {
                SenderReportKind.Delayed => "Still waiting for:",
                SenderReportKind.Relayed => "Handed on for:",
                SenderReportKind.Delivered => "Delivered to:",
                _ => "Not delivered to:",
            };
            text.Append(CultureInfo.InvariantCulture, $"{heading}\n\n");
            AppendList(text, cause.Recipients, recipient => recipient.Name);
            text.Append('\n');
        }
        text.Append(CultureInfo.InvariantCulture, $"Why: {cause.Text}\n\nWhat you can do: {Advice(facts, cause)}\n\n");
    }

    private static void AppendTechnicalPart(StringBuilder text, ReportFacts facts)
    {
        text.Append('-', 70).Append("\nFor your mail administrator\n\n");
        text.Append(CultureInfo.InvariantCulture, $"  Reported by: {facts.ServerName}\n  Submission:  {facts.SubmissionId}\n");
        if (facts.MessageId is { } id)
            text.Append(CultureInfo.InvariantCulture, $"  Message-ID:  {id}\n");
        foreach (var cause in facts.Causes.Take(MaxListed))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {cause.Diagnostic}\n");
            AppendList(text, cause.Recipients, recipient => recipient.Address);
        }
    }

    private static void AppendList(StringBuilder text, ImmutableArray<ReportedRecipient> recipients, Func<ReportedRecipient, string> show)
    {
        foreach (var recipient in recipients.Take(MaxListed))
            text.Append(CultureInfo.InvariantCulture, $"  {show(recipient)}\n");
        if (recipients.Length > MaxListed)
            text.Append(CultureInfo.InvariantCulture,
                $"  and {recipients.Length - MaxListed} more, named in the delivery status that is attached\n");
    }
}

/// <summary>What a sender can do about a failure, by its cause. In English; for people who do not know what a server is.</summary>
internal static class ReportAdvice
{
    private const string General = "Send the message again later. If that does not help, pass this report on to your mail administrator.";

    private const string CheckAddress =
        "Check the address or number for mistakes and send the message again. If it is right, ask your mail administrator.";

    private static readonly FrozenDictionary<EnhancedStatusCode, string> Table = new Dictionary<EnhancedStatusCode, string>
    {
        [EnhancedStatusCode.BadDestinationSystem] = CheckAddress,
        [EnhancedStatusCode.BadAddressSyntax] = "Correct the address or number and send the message again.",
        [EnhancedStatusCode.MessageTooBig] = "Make the message smaller, for example with fewer or smaller attachments, and send it again.",
        [EnhancedStatusCode.RoutingLoop] = "You cannot correct this yourself: pass this report on to your mail administrator.",
        [EnhancedStatusCode.DeliveryTimeExpired] =
            "Send the message again, or reach the recipient in another way. If it happens again, ask your mail administrator.",
        [EnhancedStatusCode.TooManyRecipients] = "Send the message to fewer recipients at a time.",
        [EnhancedStatusCode.InvalidContent] =
            "The program that made the message has to be corrected: pass this report on to whoever looks after it.",
    }.ToFrozenDictionary();

    /// <summary>One or two sentences; general ones for a code that is not in the table.</summary>
    public static string For(EnhancedStatusCode status) =>
        Table.GetValueOrDefault(status) ?? (status is { Class: 5, Subject: 1 } ? CheckAddress : General);
}
