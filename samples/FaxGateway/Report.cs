using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using Spectre.Console;

namespace FaxGateway;

/// <summary>What the sample shows at its end.</summary>
internal static class Report
{
    public static Table Deliveries(IEnumerable<DroppedFile> story, TransportSnapshot routing)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("What went where, and why");
        table.AddColumns("Subject", "From", "To", "Drop directory", "Why");
        foreach (var file in story)
        {
            foreach (var receiver in file.Receivers)
            {
                var address = Imcea.ForRouting(receiver, routing.AcceptedDomains);
                var decision = routing.Selector.Select(address, 0);
                var sender = file.Sender.Length == 0 ? "<>" : file.Sender;
                table.AddRow(
                    (file.Message.Subject ?? "").EscapeMarkup(), sender.EscapeMarkup(), address.ToString().EscapeMarkup(), file.Directory,
                    $"{decision.Connector}: {decision.Space}".EscapeMarkup());
            }
        }
        return table;
    }

    /// <summary>Every message arrived where it belongs, one file was set aside, and nothing is left behind.</summary>
    public static bool IsComplete(List<DroppedFile> story, int badMail, MailRoot root) =>
        story.Count(file => file.Directory == "fax") == 2
        && story.Count(file => file.Directory == "partner") == 2
        && story.Count(file => file.Directory == "mailboxes") == 4
        && badMail == 1
        && !Directory.EnumerateFiles(root.Pickup, "*.eml").Any()
        && !Directory.EnumerateFiles(root.Replay, "*.eml").Any();
}
