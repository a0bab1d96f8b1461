using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Smtp.Tests.Agent;

/// <summary>SM-3: what becomes of recipients and of the queue, whatever the server does at any step.</summary>
public sealed class RepliesTests
{
    public static TheoryData<string, string, string> Steps()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var reaction in new[] { "drop", "stall", "garbage", "flood", "line" })
        {
            foreach (var step in new[] { "CONNECT", "EHLO", "MAIL", "RCPT", "DATA" })
                data.Add(step, reaction, "queue 4");
            data.Add(".", reaction, "message 4");
        }
        data.Add("CONTENT", "drop", "message 4");
        foreach (var (step, reply, expected) in new[]
        {
            ("CONNECT", "421 4.3.2 shutting down", "queue 4.3.2"), ("CONNECT", "450 busy", "queue 4.2.0"),
            ("CONNECT", "554 5.7.1 go away", "queue 4.7.1"), ("EHLO", "421 no", "queue 4.3.2"), ("EHLO", "554 no", "queue 4.0.0"),
            ("MAIL", "421 4.3.2 shutting down", "queue 4.3.2"), ("MAIL", "451 4.7.1 greylisted", "message 4.7.1"),
            ("MAIL", "550 5.7.1 not you", "message 5.7.1"), ("MAIL", "530 5.7.0 log in first", "queue 4.7.0"),
            ("MAIL", "354 what", "queue 4.5.0"),
            ("RCPT", "421 bye", "queue 4.3.2"), ("RCPT", "450 4.7.1 greylisted", "message 4.7.1"), ("RCPT", "550 5.1.1 who?", "message 5.1.1"),
            ("RCPT", "550 who?", "message 5.1.0"), ("RCPT", "452 4.2.2 full", "message 4.2.2"),
            ("DATA", "421 bye", "queue 4.3.2"), ("DATA", "451 4.3.0 later", "message 4.3.0"), ("DATA", "554 5.5.1 no", "message 5.5.1"),
            ("DATA", "250 what", "queue 4.5.0"), (".", "421 4.4.2 bye", "queue 4.4.2"), (".", "452 4.3.1 full", "message 4.3.1"),
            (".", "554 5.7.1 spam", "message 5.7.1"), (".", "250 2.0.0 ok", "message 2.0.0"), (".", "354 what", "message 4.5.0"),
            ("CONTENT", "552 5.3.4 too long", "message 5.3.4"),
        })
            data.Add(step, reply, expected);
        return data;
    }

    [Theory(DisplayName = "SM-3: a refusal, a farewell, a lost connection, a stall, garbage or a reply without end at any step")]
    [MemberData(nameof(Steps))]
    public async Task Any_reaction_at_any_step(string step, string reaction, string expected)
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer(line => !line.StartsWith(step, StringComparison.Ordinal) ? null : reaction switch
        {
            "drop" => Reaction.Drop,
            "stall" => Reaction.Stall,
            "garbage" => Reaction.Garbage,
            "flood" => Reaction.Flood,
            "line" => Reaction.LongLine,
            _ => reaction,
        }));
        // A message that does not fit the buffers of the sockets, so that a server can close in the middle of it.
        var request = step == "CONTENT" ? AgentBench.Request(AgentBench.Envelope("bob@example.net"), new byte[20 << 20]) : AgentBench.Request();
        if (step == "CONTENT")
            bench.Server.Extensions.Remove("8BITMIME");

        var report = await bench.DeliverAsync(request);

        Assert.StartsWith(expected, Describe(report), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "SM-3: each recipient gets its own reply; those that are taken get the message")]
    public async Task Each_recipient_has_its_own_reply()
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer(line =>
            line.Contains("gone@", StringComparison.Ordinal) ? "550 5.1.1 gone away"
            : line.Contains("later@", StringComparison.Ordinal) ? "450 4.2.1 later" : null));

        var report = await bench.DeliverAsync(AgentBench.Request("bob@example.net", "gone@example.net", "later@example.net", "eve@example.net"));

        Assert.Equal(
            ["bob@example.net Delivered 2.0.0", "eve@example.net Delivered 2.0.0", "gone@example.net Failed 5.1.1", "later@example.net Deferred 4.2.1"],
            report.Outcomes.Select(outcome => $"{outcome.Recipient.Address} {outcome.Action} {outcome.Status}").Order(StringComparer.Ordinal));
        var failed = Assert.Single(report.Outcomes, outcome => outcome.Action == RecipientAction.Failed);
        Assert.Equal(("smtp; 550 5.1.1 gone away", "127.0.0.1"), (failed.Diagnostic?.ToString(), failed.RemoteHost));
        Assert.Single(bench.Server.Messages);
    }

    [Theory(DisplayName = "SM-3: a message refused after DATA is refused for all that were taken")]
    [InlineData("554 5.7.1 spam", "Failed 5.7.1")]
    [InlineData("451 4.7.1 greylisted", "Deferred 4.7.1")]
    public async Task Refused_after_data(string reply, string expected)
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer(line => line == "." ? reply : null));

        var report = await bench.DeliverAsync(AgentBench.Request("bob@example.net", "eve@example.net"));

        Assert.Equal([expected, expected], report.Outcomes.Select(outcome => $"{outcome.Action} {outcome.Status}"));
    }

    [Theory(DisplayName = "SM-3: recipients beyond the number that a server takes at once go in another transaction")]
    [InlineData("452 4.5.3 too many recipients", true)]
    [InlineData("552 5.5.3 too many recipients", false)]
    public async Task More_recipients_than_a_server_takes(string reply, bool isPipelined)
    {
        var taken = 0;
        await using var bench = new AgentBench(new ScriptedSmtpServer(line =>
        {
            taken = line.StartsWith("MAIL", StringComparison.Ordinal) ? 0 : line.StartsWith("RCPT", StringComparison.Ordinal) ? taken + 1 : taken;
            return taken > 40 && line.StartsWith("RCPT", StringComparison.Ordinal) ? reply : null;
        }));
        if (!isPipelined)
            bench.Server.Extensions.Remove("PIPELINING");

        var report = await bench.DeliverAsync(AgentBench.Request([.. Enumerable.Range(1, 130).Select(i => $"r{i}@example.net")]));

        Assert.Equal(130, report.Outcomes.Count(outcome => outcome.Action == RecipientAction.Delivered));
        Assert.Equal(4, bench.Server.Messages.Count);
    }

    [Fact(DisplayName = "SM-3: a transaction that was refused is reset before the next; one that ended well is not")]
    public async Task Resets_what_was_refused()
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer(line => line == "RCPT TO:<gone@example.net>" ? "550 5.1.1 gone" : null));
        var connection = await bench.OpenedAsync();

        foreach (var recipient in new[] { "bob@example.net", "gone@example.net", "eve@example.net", "joe@example.net" })
            await connection.DeliverAsync(AgentBench.Request(recipient), TestContext.Current.CancellationToken);

        Assert.Equal("221 2.0.0 bye", await connection.CloseAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            ["EHLO", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA", "QUIT"],
            bench.Server.Commands.Select(line => line.Split(' ')[0]));
    }

    [Fact(DisplayName = "DA-9: a connection that waited is asked by NOOP; one that broke or was closed is not alive")]
    public async Task Tells_whether_it_is_alive()
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        var connection = await bench.OpenedAsync();
        Assert.True(await connection.IsAliveAsync(TestContext.Current.CancellationToken));
        Assert.Empty(bench.Server.Sent("NOOP"));
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await connection.IsAliveAsync(TestContext.Current.CancellationToken));
        Assert.Single(bench.Server.Sent("NOOP"));

        bench.Server.Script = line => line.StartsWith("MAIL", StringComparison.Ordinal) ? Reaction.Drop : null;
        await connection.DeliverAsync(AgentBench.Request(), TestContext.Current.CancellationToken);
        Assert.False(await connection.IsAliveAsync(TestContext.Current.CancellationToken));
        Assert.Null(await connection.CloseAsync(TestContext.Current.CancellationToken));
    }

    [Fact(DisplayName = "SM-1: a smart host that is not there, or whose name is not known, lets the queue wait with a text that says so")]
    public async Task Nobody_there()
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer(), options => options.Port = 1);
        Assert.Equal(
            "451 4.4.1 The next mail system (127.0.0.1) cannot be used now: it refuses connections",
            (await bench.OpenAsync()).Verdict?.Response.ToString());
        bench.Options.SmartHost = "no-such-host.invalid";
        await using var other = new AgentBench(new ScriptedSmtpServer(), options => options.SmartHost = "no-such-host.invalid");
        Assert.Equal("4.4.3", (await other.OpenAsync()).Verdict?.Response.EnhancedStatusCode.ToString());
    }

    private static string Describe(DeliveryReport report) => report.Queue is { } verdict
        ? $"queue {verdict.Response.EnhancedStatusCode} {verdict.Response.StatusText}"
        : $"message {Assert.Single(report.Outcomes).Status} {report.Outcomes[0].Text}";
}
