using System.Net;
using System.Security.Cryptography;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Smtp.Tests.Intake;

namespace ForeignConnector.Lib.Smtp.Tests.Peers;

/// <summary>SM-1..SM-5 against a real Postfix, both ways.</summary>
public sealed class PostfixTests
{
    [Fact(DisplayName = "SM-2: messages of every kind arrive at a Postfix with every octet behind its own fields, over few connections")]
    public async Task Octets_arrive()
    {
        // More for a longer look: FC_SMTP_MESSAGES=2000.
        var count = int.TryParse(Environment.GetEnvironmentVariable("FC_SMTP_MESSAGES"), out var wanted) ? wanted : 200;
        PostfixPeer.Require();
        using var postfix = new PostfixPeer(PostfixPeer.FreePort());
        postfix.Start();
        await using var hub = await HubHost.StartAsync(HubHost.Keys(PostfixPeer.FreePort(), postfix.Port));
        var sent = Enumerable.Range(0, count).Select(Message).ToArray();

        for (var i = 0; i < count; i++)
            await hub.SubmitAsync(new MailEnvelope(i % 5 == 0 ? "" : "anna@contoso.com", [new EnvelopeRecipient(i % 7 == 0 ? "jörg@peer.example" : "bob@peer.example")]), sent[i]);

        await UntilAsync(() => postfix.Mailbox("bob").Count + postfix.Mailbox("joerg").Count == count, postfix);
        var arrived = postfix.Mailbox("bob").Concat(postfix.Mailbox("joerg")).Select(Digest).Order(StringComparer.Ordinal);
        Assert.Equal(sent.Select(octets => Digest(WithLf(octets))).Order(StringComparer.Ordinal), arrived);
        Assert.InRange(postfix.Log.Split(": connect from").Length - 1, 1, (count / 20) + 5);
    }

    [Fact(DisplayName = "SM-4, SM-5: Postfix reports success, by SMTP, to our door; a recipient that it refuses, or lets wait, has its own outcome")]
    public async Task Reports_come_home()
    {
        PostfixPeer.Require();
        var intakePort = PostfixPeer.FreePort();
        using var postfix = new PostfixPeer(intakePort);
        postfix.Start();
        await using var hub = await HubHost.StartAsync(HubHost.Keys(intakePort, postfix.Port));

        await hub.SubmitAsync(
            new MailEnvelope("anna@contoso.com",
            [
                new EnvelopeRecipient("bob@peer.example") { Notify = DsnNotify.Success, OriginalRecipient = new("rfc822", "bob@old.example") },
                new EnvelopeRecipient("nobody@peer.example"),
                new EnvelopeRecipient("later@peer.example"),
            ])
            { EnvelopeId = "id-1" }, Encoding.ASCII.GetBytes("From: anna@contoso.com\r\nSubject: x\r\n\r\nHello.\r\n"));

        // A report is in its directory a moment before the queue has forgotten it.
        await UntilAsync(() => hub.Home().Length == 2 && hub.Transport.Queue.Count == 1, postfix);
        var success = Assert.Single(hub.Home(), report => report.Contains("Original-Recipient: rfc822;bob@old.example", StringComparison.Ordinal));
        Assert.Contains("Action: delivered", success, StringComparison.Ordinal);
        Assert.Contains("Original-Envelope-Id: id-1", success, StringComparison.Ordinal);
        Assert.Contains("by hub01.contoso.com with ESMTP id", success, StringComparison.Ordinal);
        var failure = Assert.Single(hub.Home(), report => report.Contains("nobody@peer.example", StringComparison.Ordinal));
        Assert.Contains("Status: 5.1.1", failure, StringComparison.Ordinal);
        Assert.Contains("Recipient address rejected", failure, StringComparison.Ordinal);
        var waiting = Assert.Single(await hub.Transport.QueueManager.ListAsync(new(), TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Contains(waiting.Recipients, recipient => recipient.Address == "later@peer.example" && recipient.Status == "4.7.1");
    }

    [Fact(DisplayName = "SM-5: what Postfix sends to our door is in the Drop directory, with every octet")]
    public async Task Comes_in()
    {
        const int Count = 30;
        PostfixPeer.Require();
        var intakePort = PostfixPeer.FreePort();
        using var postfix = new PostfixPeer(intakePort);
        postfix.Start();
        await using var hub = await HubHost.StartAsync(HubHost.Keys(intakePort, postfix.Port));
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, postfix.Port));
        await client.ReplyAsync();
        await client.AskAsync("EHLO client.example");

        for (var i = 0; i < Count; i++)
        {
            Assert.StartsWith("250", await client.DeliverAsync(
                $"From: anna@peer.example\r\nMessage-ID: <{i}@peer.example>\r\nDate: Sun, 01 Mar 2026 11:00:00 +0000\r\nSubject: message {i}\r\n\r\n..Grüße {i}\r\n.. \r\n{new string('x', 900)}"),
                StringComparison.Ordinal);
        }

        await UntilAsync(() => hub.Home().Length == Count, postfix);
        for (var i = 0; i < Count; i++)
        {
            var file = Assert.Single(hub.Home(), text => text.Contains($"Subject: message {i}\r\n", StringComparison.Ordinal));
            Assert.EndsWith($"\r\n\r\n.Grüße {i}\r\n. \r\n{new string('x', 900)}\r\n", file, StringComparison.Ordinal);
            Assert.Contains("X-Source: SMTP\r\n", file, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "SM-1: while Postfix is down the queue waits; when it is up again, everything goes")]
    public async Task Stopped_and_started()
    {
        PostfixPeer.Require();
        using var postfix = new PostfixPeer(PostfixPeer.FreePort());
        postfix.Start();
        await using var hub = await HubHost.StartAsync(HubHost.Keys(PostfixPeer.FreePort(), postfix.Port));
        await hub.SubmitAsync(new MailEnvelope("anna@contoso.com", [new EnvelopeRecipient("bob@peer.example")]), Message(1));
        await UntilAsync(() => postfix.Mailbox("bob").Count == 1, postfix);

        postfix.Stop();
        for (var i = 2; i < 12; i++)
            await hub.SubmitAsync(new MailEnvelope("anna@contoso.com", [new EnvelopeRecipient("bob@peer.example")]), Message(i));
        await UntilAsync(() => hub.Transport.QueueManager.ListAsync(new(), TestContext.Current.CancellationToken)
            .ToBlockingEnumerable(TestContext.Current.CancellationToken).Any(message => message.Recipients[0].Text?.Contains("refuses connections", StringComparison.Ordinal) == true), postfix);
        postfix.Start();

        await UntilAsync(() => postfix.Mailbox("bob").Count == 11, postfix);
        Assert.Empty(hub.Home());
    }

    [Fact(DisplayName = "SM-1: STARTTLS with a Postfix that demands it, whose certificate is of a private authority")]
    public async Task Starttls()
    {
        PostfixPeer.Require();
        using var certificates = new Certificates();
        using var authority = new TempDirectory();
        using var postfix = new PostfixPeer(PostfixPeer.FreePort(), certificates);
        postfix.Start();
        var keys = HubHost.Keys(PostfixPeer.FreePort(), postfix.Port);
        keys["Connectors:Internet:Smtp:SmartHost"] = "localhost";
        keys["Connectors:Internet:Smtp:Security"] = "StartTls";
        keys["Connectors:Internet:Smtp:CertificateAuthorityFile"] = authority.Write("ca.pem", certificates.AuthorityPem);
        await using var hub = await HubHost.StartAsync(keys);

        await hub.SubmitAsync(new MailEnvelope("anna@contoso.com", [new EnvelopeRecipient("bob@peer.example")]), Message(1));

        await UntilAsync(() => postfix.Mailbox("bob").Count == 1, postfix);
    }

    // Small ones, 8-bit ones, dots, long lines, one of 5 MB, and fields that are not ASCII.
    private static byte[] Message(int number)
    {
        var body = (number % 6) switch
        {
            0 => "..\r\n.\r\n.a\r\n",
            1 => "Grüße\r\n",
            2 => new string('x', 3000) + "\r\n",
            3 => "tabs\t and blanks \r\n\r\n\r\n",
            4 when number == 4 => string.Concat(Enumerable.Repeat(new string('.', 70) + "\r\n", 70_000)),
            4 when number == 1000 => string.Concat(Enumerable.Repeat(new string('y', 70) + "\r\n", 410_000)),
            _ => string.Concat(Enumerable.Range(0, 50).Select(i => $"line {i}\r\n")),
        };
        var subject = number % 9 == 0 ? "Grüße" : "plain";
        return Encoding.UTF8.GetBytes(
            $"From: anna@contoso.com\r\nTo: undisclosed-recipients:;\r\nMessage-ID: <{number}@contoso.com>\r\nDate: Sun, 01 Mar 2026 11:00:00 +0000\r\n"
            + $"Subject: {subject} {number}\r\nX-Folded: a\r\n\tb  c\r\n\r\n{body}");
    }

    // A maildir has the lines of its system; Postfix' own fields are in front of From.
    private static string Digest(byte[] message) => Convert.ToHexString(SHA256.HashData(message.AsSpan(message.AsSpan().IndexOf("From: anna@contoso.com\n"u8))));

    private static byte[] WithLf(byte[] octets) => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(octets).Replace("\r\n", "\n", StringComparison.Ordinal));

    private static async Task UntilAsync(Func<bool> condition, PostfixPeer postfix)
    {
        try
        {
            await Wait.UntilAsync(condition);
        }
        catch (Xunit.Sdk.TrueException)
        {
            Assert.Fail(string.Join('\n', postfix.Log.Split('\n').TakeLast(30)));
        }
    }
}
