using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>TR-1: what stands in a line of the message tracking log.</summary>
public sealed class TrackingLineTests : IDisposable
{
    private readonly TrackingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact(DisplayName = "TR-1: a file begins with the five header lines of Exchange's layout")]
    public void Begins_with_the_header()
    {
        _bench.Record(TrackingBench.Receive());

        Assert.Equal(
            [
                "#Software: ForeignConnector.Lib",
                $"#Version: {ProductInfo.Version}",
                "#Log-Type: Message Tracking Log",
                "#Date: 2026-01-31T23:59:58.123Z",
                "#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,"
                    + "message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,"
                    + "message-subject,sender-address,return-path,message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data",
            ],
            _bench.Read().Remarks);
    }

    [Fact(DisplayName = "TR-1: a delivery tells who, where, when, how much and how long")]
    public void Tells_of_a_delivery()
    {
        var line = _bench.RecordOne(TrackingBench.Receive("From: Bob <robert@fabrikam.com>\r\nMessage-ID:\r\n <1@contoso.com>\r\n") with
        {
            Kind = TrackingEventKind.Send,
            Source = TrackingSource.Gateway,
            Connector = "Contoso Fax",
            Recipients = [],
            Outcomes = [RecipientOutcome.Delivered(new("mary@contoso.com")), RecipientOutcome.Relayed(new("joe@contoso.com"))],
            FileName = "a;b%.eml",
            Duration = TimeSpan.FromMilliseconds(1234),
        });

        var expected = new Dictionary<string, string>
        {
            ["date-time"] = "2026-01-31T23:59:58.123Z",
            ["server-hostname"] = "HUB01",
            ["connector-id"] = "Contoso Fax",
            ["source"] = "GATEWAY",
            ["event-id"] = "SEND",
            ["internal-message-id"] = $"{TrackingBench.Id.AcceptedAt.UtcTicks}",
            ["message-id"] = "<1@contoso.com>",
            ["network-message-id"] = "12345678-9abc-def0-0112-233445566778",
            ["recipient-address"] = "mary@contoso.com;joe@contoso.com",
            ["recipient-status"] = $"250 2.0.0 Delivered.;250 2.0.0 {RecipientOutcome.Relayed(new("joe@contoso.com")).Text}",
            ["total-bytes"] = "72",
            ["recipient-count"] = "2",
            ["sender-address"] = "robert@fabrikam.com",
            ["return-path"] = "bob@fabrikam.com",
            ["message-info"] = "2026-01-31T23:59:57.123Z",
            ["directionality"] = "Undefined",
            ["custom-data"] = "S:FileName=a%3Bb%25.eml;S:Seconds=1.234",
        };
        Assert.Equal(expected, line.Where(pair => pair.Value.Length > 0));
    }

    [Theory(DisplayName = "TR-1: events and sources have Exchange's names")]
    [InlineData(TrackingEventKind.Receive, TrackingSource.Replay, "RECEIVE", "REPLAY")]
    [InlineData(TrackingEventKind.Relay, TrackingSource.Gateway, "RELAY", "GATEWAY")]
    [InlineData(TrackingEventKind.Dsn, TrackingSource.Dsn, "DSN", "DSN")]
    [InlineData(TrackingEventKind.Defer, TrackingSource.Gateway, "DEFER", "GATEWAY")]
    [InlineData(TrackingEventKind.Fail, TrackingSource.Routing, "FAIL", "ROUTING")]
    [InlineData(TrackingEventKind.BadMail, TrackingSource.Pickup, "BADMAIL", "PICKUP")]
    [InlineData(TrackingEventKind.PoisonMessage, TrackingSource.Pickup, "POISONMESSAGE", "PICKUP")]
    [InlineData(TrackingEventKind.Resubmit, TrackingSource.Routing, "RESUBMIT", "ROUTING")]
    [InlineData(TrackingEventKind.Fail, TrackingSource.Queue, "FAIL", "QUEUE")]
    [InlineData(TrackingEventKind.Fail, TrackingSource.Admin, "FAIL", "ADMIN")]
    [InlineData(TrackingEventKind.Send, TrackingSource.Agent, "SEND", "AGENT")]
    [InlineData(TrackingEventKind.Receive, TrackingSource.Smtp, "RECEIVE", "SMTP")]
    public void Uses_the_names_of_Exchange(TrackingEventKind kind, TrackingSource source, string kindName, string sourceName)
    {
        var line = _bench.RecordOne(TrackingBench.Receive() with { Kind = kind, Source = source });

        Assert.Equal((kindName, sourceName), (line["event-id"], line["source"]));
    }

    [Fact(DisplayName = "TR-1: a file that was never a message has a line too, and what is not known stays empty")]
    public void Tells_of_badmail()
    {
        var line = _bench.RecordOne(new TrackingEvent
        {
            Kind = TrackingEventKind.BadMail,
            Source = TrackingSource.Pickup,
            FileName = "letter.eml",
            Detail = "PU-5: this line is not a header field, \"Dear Mary,\"",
        });

        Assert.Equal("PU-5: this line is not a header field, \"Dear Mary,\"", line["source-context"]);
        Assert.Equal(("", "", "", "0", ""), (line["internal-message-id"], line["message-id"], line["total-bytes"], line["recipient-count"], line["return-path"]));
    }

    [Fact(DisplayName = "TR-1: the null sender is <>, and a report names what it is about")]
    public void Tells_of_a_report()
    {
        var line = _bench.RecordOne(TrackingBench.Receive() with { Kind = TrackingEventKind.Dsn, Source = TrackingSource.Dsn, Sender = "", Reference = "<a,b@contoso.com>" });

        Assert.Equal(("<>", "<a,b@contoso.com>"), (line["return-path"], line["reference"]));
    }

    [Fact(DisplayName = "TR-1: the subject is content and is left out, unless it is asked for")]
    public void Keeps_subjects_to_itself()
    {
        const string header = "Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\r\n =?utf-8?q?_XL?=\r\n";
        using var open = new TrackingBench(options => options.SubjectLoggingEnabled = true);

        Assert.Equal("", _bench.RecordOne(TrackingBench.Receive(header))["message-subject"]);
        Assert.Equal("Größe XL", open.RecordOne(TrackingBench.Receive(header))["message-subject"]);
    }

    [Fact(DisplayName = "TR-1: a subject is recorded unfolded, with a blank for the tab of a fold")]
    public void Unfolds_a_subject()
    {
        using var open = new TrackingBench(options => options.SubjectLoggingEnabled = true);

        Assert.Equal("Quarterly report", open.RecordOne(TrackingBench.Receive("Subject: Quarterly\r\n\treport\r\n"))["message-subject"]);
    }

    [Theory(DisplayName = "TR-1: whatever strangers write, an event is one line, a field one field, and nothing a formula")]
    [InlineData("a,b \"c\"", "a,b \"c\"")]
    [InlineData("a\r\n2026-01-31T00:00:00.000Z,,,", "a  2026-01-31T00:00:00.000Z,,,")]
    [InlineData("a\nb\u0085c\u2028d\0e", "a b c d e")]
    [InlineData("=HYPERLINK(\"http://evil.test\")", "'=HYPERLINK(\"http://evil.test\")")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData(" leading and trailing ", " leading and trailing ")]
    public void Makes_strangers_text_inert(string text, string expected)
    {
        var line = _bench.RecordOne(TrackingBench.Receive() with { Detail = text, FileName = text });

        Assert.Equal(expected, line["source-context"]);
        Assert.DoesNotContain('\n', line["custom-data"]);
    }

    [Fact(DisplayName = "TR-2: a recipient's status is a whole reply, with the code that the outcome has")]
    public void Writes_whole_replies()
    {
        var recipient = new EnvelopeRecipient("mary@contoso.com");
        var line = _bench.RecordOne(TrackingBench.Receive() with
        {
            Outcomes =
            [
                RecipientOutcome.Failed(recipient, DeliveryStatus.Expired), RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull),
                RecipientOutcome.Failed(recipient, new EnhancedStatusCode(5, 7, 99), "Forbidden."), RecipientOutcome.Deferred(recipient, new EnhancedStatusCode(4, 7, 99), ""),
            ],
        });

        Assert.Equal(
            $"550 5.4.7 {DeliveryStatus.Expired.Text};452 4.3.1 {DeliveryStatus.DestinationFull.Text};550 5.7.99 Forbidden.;451 4.7.99", line["recipient-status"]);
    }

    [Fact(DisplayName = "TR-1: addresses and statuses cannot break out of their list")]
    public void Keeps_lists_apart()
    {
        var line = _bench.RecordOne(TrackingBench.Receive() with
        {
            Outcomes =
            [
                RecipientOutcome.Failed(new("=cmd|a@x.test"), EnhancedStatusCode.BadAddressSyntax, "No; never."),
                RecipientOutcome.Failed(new("=2@x.test"), EnhancedStatusCode.BadAddressSyntax, "No\r\n."),
            ],
        });

        Assert.Equal("'=cmd|a@x.test;'=2@x.test", line["recipient-address"]);
        Assert.Equal("501 5.1.3 No, never.;501 5.1.3 No  .", line["recipient-status"]);
    }

    [Fact(DisplayName = "TR-1: a message that cannot be read any more is recorded without what its header would have told")]
    public void Does_without_the_header()
    {
        _bench.Files.AddFile("/gone.eml", new("Message-ID: <1@x>\r\n\r\n"));
        using var content = MessageContent.FromFile(_bench.Files, "/gone.eml");
        _bench.Files.File.Delete("/gone.eml");

        var line = _bench.RecordOne(TrackingBench.Receive() with { Content = content });

        Assert.Equal(("", "mary@contoso.com"), (line["message-id"], line["recipient-address"]));
    }

    [Fact(DisplayName = "TR-1: the fields of a header that is longer than one read are found")]
    public void Reads_a_long_header()
    {
        var header = "X-Filler: " + new string('x', 20_000) + "\r\nMessage-ID: <far@contoso.com>\r\n";
        _bench.Files.AddFile("/long.eml", new(header + "\r\n" + new string('y', 200_000)));
        using var content = MessageContent.FromFile(_bench.Files, "/long.eml");

        Assert.Equal("<far@contoso.com>", _bench.RecordOne(TrackingBench.Receive() with { Content = content })["message-id"]);
    }
}
