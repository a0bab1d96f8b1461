using System.Text;
using ForeignConnector.Lib.Smtp.Intake;

namespace ForeignConnector.Lib.Smtp.Tests.Intake;

/// <summary>SM-5: clients that want to be misunderstood, that never end, or that are too many.</summary>
public sealed class HostileClientTests
{
    private const string Header = "From: anna@example.net\r\nMessage-ID: <1@example.net>\r\nDate: Sun, 01 Mar 2026 11:00:00 +0000\r\n\r\n";

    public static TheoryData<string> Ends()
    {
        var data = new TheoryData<string>();
        var ends = new[] { "\n", "\r", "\r\n", "\r\r\n", "\n\r", "\r\n\n", "\0\r\n" };
        foreach (var before in ends)
        {
            foreach (var after in ends)
            {
                // The end itself, and line ends that hold it.
                if (!before.EndsWith("\r\n", StringComparison.Ordinal) || !after.StartsWith("\r\n", StringComparison.Ordinal))
                    data.Add(before + "." + after);
            }
        }
        return data;
    }

    [Theory(DisplayName = "SM-5: nothing but CRLF.CRLF ends a message: what follows something like it is text, and no command")]
    [MemberData(nameof(Ends))]
    public async Task Smuggling(string end)
    {
        await using var bench = new IntakeBench();
        using var client = await RawClient.GreetedAsync(bench.Endpoint);
        var smuggled = $"{end}MAIL FROM:<mallory@example.net>\r\nRCPT TO:<bob@contoso.com>\r\nDATA\r\nFrom: mallory\r\n\r\nsmuggled";

        Assert.StartsWith("250 2.6.0", await client.DeliverAsync(Header + "first" + smuggled), StringComparison.Ordinal);
        Assert.StartsWith("221", await client.AskAsync("QUIT"), StringComparison.Ordinal);

        Assert.Equal("anna@example.net", Assert.Single(bench.Intake.Messages).Envelope.Sender);
        Assert.EndsWith("smuggled\r\n", bench.LastMessage, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "SM-5: the same wherever the network cuts: dots go where they stand behind CRLF, and all other octets stay")]
    [InlineData("a\r\n.\r\n", "a\r\n", true)]
    [InlineData(".\r\n", "", true)]
    [InlineData("..\r\n.\r\n", ".\r\n", true)]
    [InlineData("a\r\n..b\r\n.\r\n", "a\r\n.b\r\n", true)]
    [InlineData("a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n", true)]
    [InlineData("a\r\n.\r\r\n.\r\n", "a\r\n\r\r\n", true)]
    [InlineData("a\n.\r\n.\r\n", "a\n.\r\n", true)]
    [InlineData("a\r.\r\n.\r\n", "a\r.\r\n", true)]
    [InlineData("a\r\n.\n.\n\r.\r", "a\r\n\n.\n\r.\r", false)]
    [InlineData("\r\r\n.\r\n", "\r\r\n", true)]
    public void Takes_dots_away(string sent, string expected, bool isEnd)
    {
        for (var size = 1; size <= sent.Length; size++)
        {
            var (output, scanner, ended) = (new System.Buffers.ArrayBufferWriter<byte>(), new DataScanner(), false);
            foreach (var piece in Encoding.ASCII.GetBytes(sent).Chunk(size))
            {
                Assert.False(ended);
                ended = scanner.Write(piece, output, out var used);
                Assert.Equal(piece.Length, used);
            }
            Assert.Equal((expected, isEnd), (Encoding.ASCII.GetString(output.WrittenSpan), ended));
        }
    }

    [Theory(DisplayName = "SM-5: a command with CR or LF alone ends the session before it is obeyed")]
    [InlineData("MAIL FROM:<anna@example.net>\nRCPT TO:<bob@contoso.com>\r\n")]
    [InlineData("MAIL FROM:<anna@example.net>\rRCPT TO:<bob@contoso.com>\r\n")]
    [InlineData("NOOP\n")]
    [InlineData("NOOP\r\r\n")]
    public async Task Bare_line_ends(string commands)
    {
        await using var bench = new IntakeBench();
        using var client = await RawClient.GreetedAsync(bench.Endpoint);
        await client.SendAsync(commands);
        Assert.StartsWith("500 5.5.2", await client.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal("", await client.ReplyAsync());
    }

    [Fact(DisplayName = "SM-5: lines without end, a million recipients, mistakes and idle talk end a session; memory stays")]
    public async Task Without_end()
    {
        await using var bench = new IntakeBench(options => options.MaxRecipientsPerMessage = 10);
        using (var client = await RawClient.GreetedAsync(bench.Endpoint))
        {
            await client.SendAsync(new string('x', 1 << 16));
            Assert.StartsWith("500 5.5.2", await client.ReplyAsync(), StringComparison.Ordinal);
            Assert.Equal("", await client.ReplyAsync());
        }
        using (var client = await RawClient.GreetedAsync(bench.Endpoint))
        {
            var replies = ReadAllAsync(client);
            await client.SendAsync("MAIL FROM:<anna@example.net>\r\n");
            var block = string.Concat(Enumerable.Range(0, 1000).Select(i => $"RCPT TO:<r{i}@contoso.com>\r\n"));
            await SendUntilClosedAsync(client, block, 1000);
            Assert.Contains("421 4.7.0 too many commands without a message", await replies);
            Assert.Equal(10, (await replies).Count(reply => reply.StartsWith("250 2.1.5", StringComparison.Ordinal)));
        }
        using (var client = await RawClient.GreetedAsync(bench.Endpoint))
        {
            var replies = ReadAllAsync(client);
            await SendUntilClosedAsync(client, "XYZZY\r\n", 100);
            Assert.Equal("421 4.7.0 too many mistakes", (await replies)[^1]);
        }
    }

    [Fact(DisplayName = "SM-5: a message that is too large is refused at its end; one that goes on and on ends the session, and nothing is left behind")]
    public async Task Too_large()
    {
        await using var bench = new IntakeBench(options => options.MaxMessageSize = Mail.ByteSize.Parse("1MB"));
        var line = new string('x', 998) + "\r\n";
        using (var client = await RawClient.GreetedAsync(bench.Endpoint))
        {
            Assert.StartsWith("552 5.3.4", await client.DeliverAsync(Header + string.Concat(Enumerable.Repeat(line, 1100))), StringComparison.Ordinal);
            Assert.StartsWith("250 2.6.0", await client.DeliverAsync(Header + string.Concat(Enumerable.Repeat(line, 1000))), StringComparison.Ordinal);
            Assert.Equal(Header.Length + 1_000_002, bench.LastMessage.Length);
        }
        using (var client = await RawClient.GreetedAsync(bench.Endpoint))
        {
            await client.SendAsync("MAIL FROM:<anna@example.net>\r\nRCPT TO:<bob@contoso.com>\r\nDATA\r\n");
            var replies = ReadAllAsync(client);
            await SendUntilClosedAsync(client, line, 100_000);
            Assert.StartsWith("552 5.3.4", (await replies)[^1], StringComparison.Ordinal);
        }
        await Wait.UntilAsync(() => bench.OpenSessions == 0);
        Assert.Empty(bench.Directory.Names);
    }

    [Fact(DisplayName = "SM-5: who is silent, or sends a message too slowly, is sent away")]
    public async Task Slow_clients()
    {
        await using var bench = new IntakeBench();
        using var silent = await RawClient.GreetedAsync(bench.Endpoint);
        // The clock of the next line runs when the reply to the last one is there.
        bench.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.StartsWith("421 4.4.2", await silent.ReplyAsync(), StringComparison.Ordinal);

        using var slow = await RawClient.GreetedAsync(bench.Endpoint);
        await slow.SendAsync("MAIL FROM:<anna@example.net>\r\nRCPT TO:<bob@contoso.com>\r\nDATA\r\n");
        var ended = ReadAllAsync(slow);
        while (!ended.IsCompleted)
        {
            bench.Time.Advance(TimeSpan.FromMinutes(4));
            await SendUntilClosedAsync(slow, "x", 1);
            await Task.Yield();
        }
        Assert.Empty(bench.Intake.Messages);
        await Wait.UntilAsync(() =>
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            return bench.OpenSessions == 0;
        });
    }

    [Fact(DisplayName = "SM-5: who is in no allowed network is refused at the greeting")]
    public async Task Networks()
    {
        await using var bench = new IntakeBench(options =>
        {
            options.AllowedNetworks.Clear();
            options.AllowedNetworks.Add("192.0.2.0/24");
        });
        using var client = await RawClient.ConnectAsync(bench.Endpoint);
        await client.SendAsync("EHLO client.example\r\nMAIL FROM:<anna@example.net>\r\n");
        Assert.StartsWith("554 5.7.1", await client.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal("", await client.ReplyAsync());
    }

    [Fact(DisplayName = "SM-5: 50 sessions at once, each with messages, and not one more")]
    public async Task Many_sessions()
    {
        await using var bench = new IntakeBench();
        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RawClient.GreetedAsync(bench.Endpoint)));
        using (var one = await RawClient.ConnectAsync(bench.Endpoint))
            Assert.StartsWith("421 4.3.2", await one.ReplyAsync(), StringComparison.Ordinal);

        await Task.WhenAll(clients.Select(async (client, number) =>
        {
            for (var i = 0; i < 10; i++)
                Assert.StartsWith("250 2.6.0", await client.DeliverAsync($"{Header}{number}-{i}"), StringComparison.Ordinal);
        }));

        Assert.Equal(500, bench.Intake.Messages.Select(message => message.Octets).Distinct().Count());
        foreach (var client in clients)
            client.Dispose();
        await Wait.UntilAsync(() => bench.OpenSessions == 0);
    }

    private static async Task<List<string>> ReadAllAsync(RawClient client)
    {
        var replies = new List<string>();
        while (await client.ReplyAsync() is { Length: > 0 } reply)
            replies.Add(reply);
        return replies;
    }

    private static async Task SendUntilClosedAsync(RawClient client, string text, int times)
    {
        try
        {
            for (var i = 0; i < times; i++)
                await client.SendAsync(text);
        }
        catch (IOException)
        {
            // The session is over.
        }
    }
}
