using System.Net;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Smtp.Tests.Intake;

/// <summary>SM-5: what a client is told, and what comes in.</summary>
public sealed class SessionTests
{
    private const string Message = "From: anna@example.net\r\nMessage-ID: <1@example.net>\r\nDate: Sun, 01 Mar 2026 11:00:00 +0000\r\n\r\nHello.";

    [Fact(DisplayName = "SM-5: a message comes in with its envelope; Received stands in front, with the client's name and address")]
    public async Task Takes_a_message()
    {
        await using var bench = new IntakeBench();
        using var client = await RawClient.GreetedAsync(bench.Endpoint);

        Assert.StartsWith("250 2.6.0 queued as ", await client.DeliverAsync(Message), StringComparison.Ordinal);
        Assert.Equal("221 2.0.0 bye", await client.AskAsync("QUIT"));

        var came = Assert.Single(bench.Intake.Messages);
        Assert.Equal(("anna@example.net", "bob@contoso.com"), (came.Envelope.Sender, Assert.Single(came.Envelope.Recipients).Address));
        Assert.Equal(("client.example", "SMTP", IPAddress.Loopback), (came.Envelope.HeloDomain, came.Envelope.Source, came.Envelope.SourceIPAddress));
        Assert.StartsWith("Received: from client.example ([127.0.0.1])\r\n\tby hub01.contoso.com with ESMTP id ", came.Octets, StringComparison.Ordinal);
        Assert.EndsWith("\tSun, 01 Mar 2026 12:00:00 +0000\r\n" + Message + "\r\n", came.Octets, StringComparison.Ordinal);
        var record = Assert.Single(bench.Trail.Events);
        Assert.Equal((TrackingEventKind.Receive, TrackingSource.Smtp), (record.Kind, record.Source));
    }

    [Fact(DisplayName = "PU-9: a missing Message-ID and Date are added; one that says nothing is replaced; a body without a header stays one")]
    public async Task Adds_fields()
    {
        await using var bench = new IntakeBench();
        using var client = await RawClient.GreetedAsync(bench.Endpoint);

        await client.DeliverAsync("From: anna@example.net\r\nDate: soon\r\nMessage-ID: <>\r\n\r\nHello.");
        var octets = bench.Intake.Messages[^1].Octets;
        Assert.Matches("^Received: .*\r\n\t.*\r\n\t.*\r\nMessage-ID: <[0-9a-f-]{36}@contoso.com>\r\nDate: Sun, 01 Mar 2026 12:00:00 \\+0000\r\nFrom: anna@example.net\r\n\r\nHello.\r\n$", octets);

        await client.DeliverAsync("Just text, and no field.");
        Assert.EndsWith("+0000\r\n\r\nJust text, and no field.\r\n", bench.Intake.Messages[^1].Octets, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "SM-5: what is offered is kept: SIZE, 8BITMIME, SMTPUTF8, PIPELINING and DSN with all its parameters")]
    public async Task Keeps_what_it_offers()
    {
        await using var bench = new IntakeBench();
        using var client = await RawClient.GreetedAsync(bench.Endpoint);

        await client.SendAsync(
            "MAIL FROM:<jörg@example.net> SIZE=100 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb\r\n"
            + "RCPT TO:<bob@contoso.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+3Db@old.example\r\n"
            + "RCPT TO:<eve@contoso.com> NOTIFY=NEVER\r\nRCPT TO:<bob@contoso.com>\r\nRCPT TO:<postmaster>\r\nDATA\r\nFrom: anna\r\n\r\nGrüße\r\n.\r\nQUIT\r\n");
        var replies = new List<string>();
        for (var i = 0; i < 8; i++)
            replies.Add((await client.ReplyAsync())[..3]);

        Assert.Equal(["250", "250", "250", "250", "250", "354", "250", "221"], replies);
        var came = Assert.Single(bench.Intake.Messages);
        Assert.Equal(
            ("jörg@example.net", DsnReturn.Hdrs, "a+b", BodyType.EightBitMime),
            (came.Envelope.Sender, came.Envelope.Return, came.Envelope.EnvelopeId, came.Envelope.Body));
        Assert.Equal(
            [
                new EnvelopeRecipient("bob@contoso.com") { Notify = DsnNotify.Success | DsnNotify.Delay, OriginalRecipient = new("rfc822", "b=b@old.example") },
                new EnvelopeRecipient("eve@contoso.com") { Notify = DsnNotify.Never },
                new EnvelopeRecipient("postmaster@contoso.com"),
            ],
            came.Envelope.Recipients);
        Assert.Contains("with UTF8SMTP id", came.Octets, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nGr\u00c3\u00bc\u00c3\u009fe\r\n", came.Octets, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "SM-5: each command out of place, malformed or not offered has its reply")]
    [InlineData("DATA", "503 5.5.1")]
    [InlineData("RCPT TO:<bob@contoso.com>", "503 5.5.1")]
    [InlineData("MAIL FROM:anna@example.net", "501 5.5.4")]
    [InlineData("MAIL FROM:<anna>", "553 5.1.3")]
    [InlineData("MAIL FROM:<jörg@example.net>", "553 5.6.7")]
    [InlineData("MAIL FROM:<anna@example.net> SIZE=99999999999", "552 5.3.4")]
    [InlineData("MAIL FROM:<anna@example.net> SIZE=x", "501 5.5.4")]
    [InlineData("MAIL FROM:<anna@example.net> BODY=BINARYMIME", "501 5.5.4")]
    [InlineData("MAIL FROM:<anna@example.net> HOLDFOR=1", "555 5.5.4")]
    [InlineData("MAIL FROM:<anna@example.net> ENVID=a+0D+0Ab", "501 5.5.4")]
    [InlineData("MAIL FROM:<anna@example.net>x", "501 5.5.4")]
    [InlineData("MAIL FROM:<anna@example.net> RET=FULL RET=HDRS", "501 5.5.4")]
    [InlineData("MAIL FROM:<>", "250 2.1.0")]
    [InlineData("mail from: <@relay.example:\"a>b\"@example.net> size=5", "250 2.1.0")]
    [InlineData("EHLO", "501 5.5.4")]
    [InlineData("EHLO a b", "501 5.5.4")]
    [InlineData("VRFY bob", "252 2.1.5")]
    [InlineData("AUTH PLAIN", "502 5.5.1")]
    [InlineData("BDAT 10 LAST", "502 5.5.1")]
    [InlineData("STARTTLS", "502 5.5.1")]
    [InlineData("XYZZY", "500 5.5.2")]
    [InlineData("", "500 5.5.2")]
    [InlineData("NOOP", "250 2.0.0")]
    public async Task Replies_to_commands(string command, string expected)
    {
        await using var bench = new IntakeBench();
        using var client = await RawClient.GreetedAsync(bench.Endpoint);
        Assert.StartsWith(expected, await client.AskAsync(command), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "SM-5: parameters of a recipient that are malformed or not offered are refused")]
    [InlineData("NOTIFY=NEVER,SUCCESS", "501 5.5.4")]
    [InlineData("NOTIFY=", "501 5.5.4")]
    [InlineData("ORCPT=bob", "501 5.5.4")]
    [InlineData("ORCPT=rfc822;a+0Db", "501 5.5.4")]
    [InlineData("X=y", "555 5.5.4")]
    public async Task Recipient_parameters(string parameters, string expected)
    {
        await using var bench = new IntakeBench();
        using var client = await RawClient.GreetedAsync(bench.Endpoint);
        await client.AskAsync("MAIL FROM:<anna@example.net>");
        Assert.StartsWith(expected, await client.AskAsync("RCPT TO:<bob@contoso.com> " + parameters), StringComparison.Ordinal);
        Assert.StartsWith("554 5.5.1", await client.AskAsync("DATA"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "SM-5: no relay: a recipient that no connector takes is refused at RCPT, with 550 5.1.2")]
    public async Task No_relay()
    {
        await using var bench = new IntakeBench();
        bench.Intake.Objection = recipient =>
            recipient.Address.StartsWith("far", StringComparison.Ordinal) ? RecipientOutcome.Deferred(recipient, DeliveryStatus.Unreachable)
            : recipient.Address.StartsWith("fax", StringComparison.Ordinal) ? RecipientOutcome.Failed(recipient, DeliveryStatus.NoConnector)
            : recipient.Address.StartsWith("bad", StringComparison.Ordinal) ? RecipientOutcome.Failed(recipient, DeliveryStatus.BadAddress)
            : null;
        using var client = await RawClient.GreetedAsync(bench.Endpoint);
        await client.AskAsync("MAIL FROM:<anna@example.net>");

        Assert.StartsWith("550 5.1.2", await client.AskAsync("RCPT TO:<far@example.org>"), StringComparison.Ordinal);
        Assert.StartsWith("550 5.1.2", await client.AskAsync("RCPT TO:<fax@contoso.com>"), StringComparison.Ordinal);
        Assert.StartsWith("550 5.1.3", await client.AskAsync("RCPT TO:<bad@contoso.com>"), StringComparison.Ordinal);
        Assert.StartsWith("250 2.1.5", await client.AskAsync("RCPT TO:<bob@contoso.com>"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "SM-5: under back pressure recipients are told to wait, 452 4.3.1, and so is a message for which there is no room")]
    public async Task Back_pressure()
    {
        await using var bench = new IntakeBench { Room = 1000 };
        using var client = await RawClient.GreetedAsync(bench.Endpoint);
        Assert.StartsWith("452 4.3.1", await client.AskAsync("MAIL FROM:<anna@example.net> SIZE=1001"), StringComparison.Ordinal);
        await client.AskAsync("MAIL FROM:<anna@example.net> SIZE=1000");
        bench.Pace = IntakePace.Closed;
        Assert.StartsWith("452 4.3.1", await client.AskAsync("RCPT TO:<bob@contoso.com>"), StringComparison.Ordinal);
        bench.Pace = IntakePace.Slow;
        Assert.StartsWith("250 2.1.5", await client.AskAsync("RCPT TO:<bob@contoso.com>"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "SM-5: 250 means durable: what cannot be stored is told to come again; what is refused for all is told so; for some, their sender is")]
    public async Task What_the_transport_says()
    {
        await using var bench = new IntakeBench();
        using var client = await RawClient.GreetedAsync(bench.Endpoint);
        bench.Intake.Script = (_, _) => throw new IOException("no space");
        Assert.StartsWith("451 4.3.0", await client.DeliverAsync(Message), StringComparison.Ordinal);

        bench.Intake.Script = (item, _) => new(new AcceptResult([.. item.Envelope.Recipients.Select(each => RecipientOutcome.Failed(each, DeliveryStatus.TooBigForRoute))]));
        Assert.StartsWith("552 5.3.4", await client.DeliverAsync(Message), StringComparison.Ordinal);
        Assert.Empty(bench.Reports.Reports);

        bench.Intake.Script = (item, _) => new(new AcceptResult([RecipientOutcome.Failed(item.Envelope.Recipients[0], DeliveryStatus.TooBigForRoute)]));
        await client.SendAsync($"MAIL FROM:<anna@example.net>\r\nRCPT TO:<bob@contoso.com>\r\nRCPT TO:<eve@contoso.com>\r\nDATA\r\n{Message}\r\n.\r\n");
        var replies = new List<string>();
        for (var i = 0; i < 5; i++)
            replies.Add(await client.ReplyAsync());
        Assert.StartsWith("250 2.6.0", replies[^1], StringComparison.Ordinal);
        var report = Assert.Single(bench.Reports.Reports).Asked;
        Assert.Equal(("anna@example.net", "bob@contoso.com"), (report.Sender, Assert.Single(report.Outcomes).Recipient.Address));
    }

    [Fact(DisplayName = "ND-7: a message that goes in circles, and one with a header without end, is refused")]
    public async Task Loops()
    {
        await using var bench = new IntakeBench();
        using var client = await RawClient.GreetedAsync(bench.Endpoint);
        var received = string.Concat(Enumerable.Repeat("Received: from x by y; now\r\n", 60));
        Assert.StartsWith("554 5.4.6", await client.DeliverAsync(received + Message), StringComparison.Ordinal);
        var fields = string.Concat(Enumerable.Repeat($"X-Field: {new string('x', 900)}\r\n", 1300));
        Assert.StartsWith("552 5.3.4", await client.DeliverAsync(fields + Message), StringComparison.Ordinal);
        Assert.Empty(bench.Intake.Messages);
    }

    [Fact(DisplayName = "SM-5: STARTTLS is offered where there is a certificate; what was sent ahead in the clear ends the session")]
    public async Task Tls()
    {
        using var certificates = new Certificates();
        using var certificate = certificates.Issue("hub01.contoso.com");
        await using var bench = new IntakeBench(certificate: System.Net.Security.SslStreamCertificateContext.Create(certificate, [], offline: true));
        using (var client = await RawClient.GreetedAsync(bench.Endpoint))
        {
            Assert.StartsWith("220", await client.AskAsync("STARTTLS"), StringComparison.Ordinal);
            await client.SecureAsync(certificates.AuthorityPem, "hub01.contoso.com");
            Assert.StartsWith("503", await client.AskAsync("MAIL FROM:<anna@example.net>"), StringComparison.Ordinal);
            Assert.DoesNotContain("STARTTLS", await client.AskAsync("EHLO client.example"), StringComparison.Ordinal);
            Assert.StartsWith("250 2.6.0", await client.DeliverAsync(Message), StringComparison.Ordinal);
            Assert.Contains("with ESMTPS id", bench.Intake.Messages[^1].Octets, StringComparison.Ordinal);
        }
        using var injecting = await RawClient.GreetedAsync(bench.Endpoint);
        await injecting.SendAsync("STARTTLS\r\nMAIL FROM:<mallory@example.net>\r\n");
        Assert.StartsWith("503 5.5.1", await injecting.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal("", await injecting.ReplyAsync());
    }

    [Fact(DisplayName = "SM-5: HELO works, and is not ESMTP; a stop takes leave with 421")]
    public async Task Helo_and_stop()
    {
        await using var bench = new IntakeBench();
        using var client = await RawClient.ConnectAsync(bench.Endpoint);
        await client.ReplyAsync();
        Assert.StartsWith("503 5.5.1", await client.AskAsync("MAIL FROM:<anna@example.net>"), StringComparison.Ordinal);
        Assert.Equal("250 hub01.contoso.com", await client.AskAsync("HELO [192.0.2.1]"));
        await client.DeliverAsync(Message);
        Assert.Contains("from [192.0.2.1] ([127.0.0.1])\r\n\tby hub01.contoso.com with SMTP id", bench.Intake.Messages[^1].Octets, StringComparison.Ordinal);
        var reply = client.ReplyAsync();
        await bench.StopAsync();
        Assert.StartsWith("421 4.3.2", await reply, StringComparison.Ordinal);
    }
}
