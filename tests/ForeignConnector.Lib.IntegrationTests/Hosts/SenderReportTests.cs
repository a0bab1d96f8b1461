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

    [Fact(DisplayName = "ND-6: with NOTIFY=SUCCESS the sender hears that the message was relayed, without RelayDsnRequired, once, and the queue is empty then")]
    public async Task Success_is_reported_where_it_was_asked_for()
    {
        using var root = new MailRoot();
        root.Connectors["Notes"] = MailRoot.Connector("NOTES:*", "notes");
        root.Put("replay", "asked.eml", "X-Sender: <bob@fabrikam.com> RET=FULL ENVID=314\r\nX-Receiver: <IMCEANOTES-x@contoso.com> NOTIFY=SUCCESS,FAILURE\r\nX-Receiver: <IMCEANOTES-y@contoso.com>\r\nSubject: a\r\n\r\nsecret body\r\n");

        await root.OnceAsync();
        await root.OnceAsync();

        Assert.Single(root.Drops("notes"));
        var report = Assert.Single(root.Drops());
        var status = Status(report);
        Assert.Equal(("relayed", "2.0.0", "rfc822; IMCEANOTES-x@contoso.com"), (status["Action"], status["Status"], status["Final-Recipient"]));
        Assert.DoesNotContain("IMCEANOTES-y", report.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret body", report.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(root.PathOf("queue"), "*.eml", SearchOption.AllDirectories), _ => true);
    }

    [Theory(DisplayName = "ND-5: a report about any file has CRLF line ends, no line over 998 octets, and needs no BINARYMIME")]
    [InlineData("From: bob@fabrikam.com\nTo: IMCEANOTES-x@contoso.com\nSubject: a\n\nbare\nline feeds\n", "bare\r\nline feeds\r\n", true)]
    [InlineData("From: bob@fabrikam.com\r\nTo: IMCEANOTES-x@contoso.com\r\n\r\na\0b\r\n", "a\0b", false)]
    [InlineData("From: bob@fabrikam.com\r\nTo: IMCEANOTES-x@contoso.com\r\n\r\nbare\rreturn\r\n", "bare\rreturn", false)]
    [InlineData("From: bob@fabrikam.com\r\nTo: IMCEANOTES-x@contoso.com\r\nX-Octets: \u00fc\r\n\r\n\u00fc\r\n", "\u00fc\r\n", true)]
    public async Task A_report_can_be_relayed(string file, string body, bool comesBack)
    {
        using var root = new MailRoot();
        root.Put("pickup", "notes.eml", file);

        await root.OnceAsync();

        var report = Assert.Single(root.Drops());
        Assert.Matches("^<> BODY=(7bit|8BITMIME)$", Assert.Single(report.BlockValues("X-Sender")));
        Assert.Equal(comesBack, report.Message.Contains(body, StringComparison.Ordinal));
        Assert.All(report.Message.Split("\r\n"), line => Assert.True(line.Length <= 998 && line.IndexOfAny(['\r', '\n', '\0']) < 0, line));
    }

    [Fact(DisplayName = "RT-9: a report that is too large for its connector comes without the body of the original")]
    public async Task A_report_fits_its_connector()
    {
        using var root = new MailRoot();
        root.Connectors["All"]!["MaxMessageSize"] = "20KB";
        // Somebody takes messages of this size, so that it is not refused for that (SE-5).
        root.Connectors["Large"] = MailRoot.Connector("large.test", "large");
        root.Put("pickup", "notes.eml", Notes + string.Concat(Enumerable.Repeat("a line of the body\r\n", 2000)));

        await root.OnceAsync();

        var report = Assert.Single(root.Drops());
        Assert.Equal("5.1.2", Status(report)["Status"]);
        Assert.Contains("Subject: Invoice 4711", report.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a line of the body", report.Message, StringComparison.Ordinal);
        Assert.Empty(root.NamesIn("pickup"));
    }

    [Fact(DisplayName = "ND-2: the null sender and NOTIFY=NEVER get no report")]
    public async Task Nobody_is_told_who_must_not_be()
    {
        using var root = new MailRoot();
        root.Put("replay", "null.eml", "X-Sender: <>\r\nX-Receiver: <IMCEANOTES-x@contoso.com>\r\nSubject: a\r\n\r\nx\r\n");
        root.Put("replay", "never.eml", "X-Sender: <bob@fabrikam.com>\r\nX-Receiver: <IMCEANOTES-x@contoso.com> NOTIFY=NEVER\r\nSubject: a\r\n\r\nx\r\n");
        root.Put("replay", "null-success.eml", "X-Sender: <>\r\nX-Receiver: <IMCEANOTES-x@contoso.com> NOTIFY=SUCCESS\r\nSubject: a\r\n\r\nx\r\n");

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
