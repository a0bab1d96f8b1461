using System.Collections.Frozen;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Reports;

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
