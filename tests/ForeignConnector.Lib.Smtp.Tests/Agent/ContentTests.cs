using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Smtp.Tests.Agent;

/// <summary>SM-2: octets leave as they are; what a server cannot take is changed as little as possible, or refused.</summary>
public sealed class ContentTests
{
    private const string Header = "From: anna@contoso.com\r\nSubject: x\r\n";

    public static TheoryData<string> Bodies() =>
    [
        "", ".\r\n", "..\r\n", ".a\r\n.b\r\n", "a\r\n.\r\nb\r\n", "\r\n\r\n.\r\n\r\n", "a\r\n..\r\n.", "no line end", ".", "Grüße\r\n",
        new string('x', 5000) + "\r\n", "tab\there \r\n trailing \r\n", new string('.', 200_000) + "\r\n",
        string.Concat(Enumerable.Repeat(".\r\n", 50_000)), string.Concat(Enumerable.Repeat("0123456789012\r\n.", 30_000)),
    ];

    [Theory(DisplayName = "SM-2: what arrives are the octets of the message, with a line end at the end")]
    [MemberData(nameof(Bodies))]
    public async Task Octets_arrive(string body)
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        var octets = Encoding.UTF8.GetBytes($"{Header}\r\n{body}");

        await bench.DeliverOneAsync(AgentBench.Request(AgentBench.Envelope("bob@example.net"), octets));

        var expected = Encoding.UTF8.GetString(octets);
        Assert.Equal(expected.EndsWith('\n') ? expected : expected + "\r\n", Encoding.UTF8.GetString(Assert.Single(bench.Server.Messages)));
    }

    [Theory(DisplayName = "SM-2: however a message is cut into pieces, its dots are stuffed right, and bare CR and LF end no line and no message")]
    [InlineData("a\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n")]
    [InlineData("a\r.\r\nb\r\n", "a .\r\nb\r\n.\r\n")]
    [InlineData("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n")]
    [InlineData("a\r\r\n.\r\n", "a \r\n..\r\n.\r\n")]
    [InlineData("a\r", "a \r\n.\r\n")]
    [InlineData(".\r\n..\r\n", "..\r\n...\r\n.\r\n")]
    public void Stuffs_dots(string message, string expected)
    {
        for (var size = 1; size <= message.Length; size++)
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            var stuffing = new Dialogue.DotStuffing(message.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n'));
            foreach (var piece in Encoding.ASCII.GetBytes(message).Chunk(size))
                stuffing.Write(piece, output);
            stuffing.Complete(output);
            Assert.Equal(expected, Encoding.ASCII.GetString(output.WrittenSpan));
        }
    }

    [Fact(DisplayName = "SM-2: SIZE is announced, and a message that is larger than the server takes fails before DATA")]
    public async Task Honours_size()
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        await bench.DeliverOneAsync();
        Assert.Equal($"MAIL FROM:<anna@contoso.com> SIZE={AgentBench.Message.Length}", Assert.Single(bench.Server.Sent("MAIL")));

        bench.Server.Extensions[1] = "SIZE 10";
        Assert.Equal("5.3.4", (await bench.DeliverOneAsync()).Status.ToString());
        Assert.Single(bench.Server.Sent("MAIL"));
        bench.Server.Extensions[1] = "SIZE";
        Assert.Equal(RecipientAction.Delivered, (await bench.DeliverOneAsync()).Action);
    }

    [Theory(DisplayName = "SM-2: 8BITMIME and SMTPUTF8 are asked for where they are needed and offered")]
    [InlineData("Subject: x\r\n\r\nplain\r\n", "bob@example.net", "")]
    [InlineData("Subject: x\r\n\r\nGrüße\r\n", "bob@example.net", " BODY=8BITMIME")]
    [InlineData("Subject: Grüße\r\n\r\nplain\r\n", "bob@example.net", " BODY=8BITMIME SMTPUTF8")]
    [InlineData("Subject: x\r\n\r\nplain\r\n", "jörg@example.net", " SMTPUTF8")]
    public async Task Asks_for_extensions(string message, string recipient, string parameters)
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        var octets = Encoding.UTF8.GetBytes(message);

        await bench.DeliverOneAsync(AgentBench.Request(AgentBench.Envelope(recipient), octets));

        Assert.Equal($"MAIL FROM:<anna@contoso.com> SIZE={octets.Length}{parameters}", Assert.Single(bench.Server.Sent("MAIL")));
        Assert.Equal($"RCPT TO:<{recipient}>", Assert.Single(bench.Server.Sent("RCPT")));
        Assert.Equal(octets, Assert.Single(bench.Server.Messages));
    }

    [Fact(DisplayName = "SM-2: without 8BITMIME a body is re-encoded; what was signed, or is no MIME that can be, fails with 5.6.3")]
    public async Task Without_8bitmime()
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        bench.Server.Extensions.Remove("8BITMIME");
        const string Text = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n";
        await bench.DeliverOneAsync(AgentBench.Request(AgentBench.Envelope("bob@example.net"), Encoding.UTF8.GetBytes(Header + "MIME-Version: 1.0\r\n" + Text)));

        var octets = Assert.Single(bench.Server.Messages);
        Assert.True(Ascii.IsValid(octets));
        Assert.Equal("Grüße", (await MimeKit.MimeMessage.LoadAsync(new MemoryStream(octets), TestContext.Current.CancellationToken)).TextBody?.TrimEnd());

        var signed = $"{Header}MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n{Text}\r\n--b\r\n\r\nsignature\r\n--b--\r\n";
        var failed = await bench.DeliverOneAsync(AgentBench.Request(AgentBench.Envelope("bob@example.net"), Encoding.UTF8.GetBytes(signed)));
        Assert.Equal((RecipientAction.Failed, "5.6.3"), (failed.Action, failed.Status.ToString()));
    }

    [Fact(DisplayName = "SM-2: without SMTPUTF8 fields are encoded and the body stays; domains get their other form; a local part has none: 5.6.7")]
    public async Task Without_smtputf8()
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        bench.Server.Extensions.Remove("SMTPUTF8");
        var octets = Encoding.UTF8.GetBytes("From: Jörg <joerg@contoso.com>\r\nX-Odd:  kept   as is \r\nSubject: Grüße\r\n\r\n.Grüße\r\n");

        var report = await bench.DeliverAsync(AgentBench.Request(AgentBench.Envelope("bob@bücher.example", "jörg@example.net"), octets));

        Assert.Equal(["Delivered 2.0.0", "Failed 5.6.7"], report.Outcomes.Select(outcome => $"{outcome.Action} {outcome.Status}").Order(StringComparer.Ordinal));
        Assert.Equal("RCPT TO:<bob@xn--bcher-kva.example>", Assert.Single(bench.Server.Sent("RCPT")));
        var arrived = Encoding.UTF8.GetString(Assert.Single(bench.Server.Messages));
        Assert.Contains("\r\nX-Odd:  kept   as is \r\n", arrived, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n.Grüße\r\n", arrived, StringComparison.Ordinal);
        Assert.True(Ascii.IsValid(arrived.AsSpan(0, arrived.IndexOf("\r\n\r\n", StringComparison.Ordinal))));
        var message = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(bench.Server.Messages.First()), TestContext.Current.CancellationToken);
        Assert.Equal(("Grüße", "Jörg"), (message.Subject, message.From[0].Name));

        var address = Encoding.UTF8.GetBytes("From: <jörg@contoso.com>\r\n\r\n");
        Assert.Equal("5.6.7", (await bench.DeliverOneAsync(AgentBench.Request(AgentBench.Envelope("bob@example.net"), address))).Status.ToString());
    }

    [Theory(DisplayName = "SM-2: BINARYMIME goes over in a chunk where that is offered; else it is re-encoded")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Binary(bool isOffered)
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        if (isOffered)
            bench.Server.Extensions.AddRange(["CHUNKING", "BINARYMIME"]);
        byte[] octets =
        [
            .. "From: anna@contoso.com\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n"u8,
            0, 10, 46, 13, 10, 46, 13, 10, 255, 13,
        ];

        await bench.DeliverOneAsync(AgentBench.Request(AgentBench.Envelope("bob@example.net") with { Body = BodyType.BinaryMime }, octets));

        var arrived = Assert.Single(bench.Server.Messages);
        if (isOffered)
        {
            Assert.Equal(octets, arrived);
            Assert.EndsWith(" BODY=BINARYMIME", Assert.Single(bench.Server.Sent("MAIL")), StringComparison.Ordinal);
            return;
        }
        var part = Assert.IsType<MimeKit.MimePart>((await MimeKit.MimeMessage.LoadAsync(new MemoryStream(arrived), TestContext.Current.CancellationToken)).Body);
        using var content = new MemoryStream();
        part.Content!.DecodeTo(content, TestContext.Current.CancellationToken);
        Assert.Equal(octets[^10..], content.ToArray());
    }
}
