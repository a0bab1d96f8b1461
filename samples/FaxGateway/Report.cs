using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Routing;
using Spectre.Console;

namespace FaxGateway;

/// <summary>What the sample shows at its end.</summary>
internal static class Report
{
    public static Table Deliveries(IEnumerable<DroppedFile> story, TransportSnapshot routing)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("What went where, and why");
        table.AddColumns("Subject", "To", "Drop directory", "Why");
        foreach (var file in story)
        {
            foreach (var recipient in file.Envelope.Recipients)
            {
                var address = routing.RoutingAddressOf(recipient.Address);
                var decision = routing.Selector.Select(address, 0);
                table.AddRow(
                    (file.Message.Subject ?? "").EscapeMarkup(), Shown(address).EscapeMarkup(), file.Directory,
                    Shown(decision).EscapeMarkup());
            }
        }
        return table;
    }

    public static Table Calls(IEnumerable<FaxCall> calls, TransportSnapshot routing)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("What the fax line said");
        table.AddColumns("To", "Try", "What it said");
        foreach (var (_, outcome, attempt) in calls)
        {
            var address = routing.RoutingAddressOf(outcome.Recipient.Address);
            table.AddRow(Shown(address).EscapeMarkup(), $"{attempt}", $"{outcome.Status} {outcome.Text}".EscapeMarkup());
        }
        return table;
    }

    private static string Shown(RouteDecision decision) => decision.Space switch
    {
        null => "",
        { Type: RoutingAddress.SmtpType } domain => domain.Space,
        var space => $"{space.Type}:{space.Space}",
    };

    private static string Shown(RoutingAddress address) => address.Domain is null ? address.ToString() : address.Value;

    /// <summary>Every message arrived where it belongs, one file was set aside, and nothing is left behind.</summary>
    public static bool IsComplete(List<DroppedFile> story, IEnumerable<FaxCall> calls, int badMail, MailRoot root) =>
        story.Count(file => file.Directory == "fax") == 2
        && story.Count(file => file.Directory == "partner") == 2
        && story.Count(file => file.Directory == "mailboxes") == 5
        && story.Count(file => file.ReportText is not null) == 1
        && calls.Select(call => call.Outcome.Action).Order().SequenceEqual(
            [RecipientAction.Delivered, RecipientAction.Deferred, RecipientAction.Failed])
        && badMail == 1
        && !Directory.EnumerateFiles(root.Pickup, "*.eml").Any()
        && !Directory.EnumerateFiles(root.Replay, "*.eml").Any();
}
