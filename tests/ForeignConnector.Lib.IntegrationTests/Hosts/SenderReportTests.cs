using System.Text;
using MimeKit;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>Reports to senders, from the file that an application wrote to the file that its mailbox gets.</summary>
public class SenderReportTests
{
    private const string Notes = "From: bob@fabrikam.com\r\nTo: IMCEANOTES-x@contoso.com\r\nSubject: Invoice 4711\r\n\r\nPlease see below.\r\n";

    [Fact(DisplayName = "ND-1, ND-2: a Pickup message that no connector takes comes back to its sender, and its file goes")]
    public async Task A_message_without_a_connector_comes_back()
    {
        using var root = new MailRoot();
        root.Put("pickup", "notes.eml", Notes);

        await root.OnceAsync();

        var report = Assert.Single(root.Drops());
        Assert.Empty(root.NamesIn("pickup"));
        Assert.Equal(["<bob@fabrikam.com> NOTIFY=NEVER"], report.Receivers);
        Assert.Equal(["<> BODY=7bit"], report.BlockValues("X-Sender"));
        Assert.Equal(["auto-replied"], report.Fields("Auto-Submitted"));
        var status = Status(report);
        Assert.Equal(("failed", "5.1.2"), (status["Action"], status["Status"]));
        Assert.Contains("Please see below.", report.Body, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ND-1: a Pickup file with a sender but without recipients comes back too")]
    public async Task A_file_without_recipients_comes_back()
    {
        using var root = new MailRoot();
        root.Put("pickup", "nobody.eml", "From: bob@fabrikam.com\r\nSubject: To whom?\r\n\r\nx\r\n");

        await root.OnceAsync();

        Assert.Equal("5.6.0", Status(Assert.Single(root.Drops()))["Status"]);
        Assert.Empty(root.NamesIn("pickup"));
    }

    [Fact(DisplayName = "DR-8: with RelayDsnRequired the sender hears that the message was relayed")]
    public async Task A_relayed_message_is_reported()
    {
        using var root = new MailRoot();
        root.Connectors["Notes"] = MailRoot.Connector("NOTES:*", "notes");
        root.Connectors["Notes"]!["RelayDsnRequired"] = true;
        root.Put("pickup", "notes.eml", Notes);

        await root.OnceAsync();
        await root.OnceAsync();

        Assert.Single(root.Drops("notes"));
        var status = Status(Assert.Single(root.Drops()));
        Assert.Equal(("relayed", "2.0.0"), (status["Action"], status["Status"]));
    }

    [Fact(DisplayName = "ND-2: the null sender and NOTIFY=NEVER get no report")]
    public async Task Nobody_is_told_who_must_not_be()
    {
        using var root = new MailRoot();
        root.Put("replay", "null.eml", "X-Sender: <>\r\nX-Receiver: <IMCEANOTES-x@contoso.com>\r\nSubject: a\r\n\r\nx\r\n");
        root.Put("replay", "never.eml", "X-Sender: <bob@fabrikam.com>\r\nX-Receiver: <IMCEANOTES-x@contoso.com> NOTIFY=NEVER\r\nSubject: a\r\n\r\nx\r\n");

        await root.OnceAsync();

        Assert.Empty(root.Drops());
    }

    // The second group: what became of the recipient.
    private static HeaderList Status(DropFile report)
    {
        var message = MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes(report.Message)));
        return Assert.IsType<MessageDeliveryStatus>(Assert.IsType<MultipartReport>(message.Body)[1]).StatusGroups[1];
    }
}
