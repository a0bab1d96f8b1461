using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Smtp.Tests.Agent;

/// <summary>DA-5, DA-7, SM-2: connections are reused, within their limits, as the server sees it.</summary>
public sealed class ConnectionTests
{
    [Theory(DisplayName = "SM-2: 200 messages go over at most 200/M + N connections, at most N of them at a time")]
    [InlineData(1, 20)]
    [InlineData(4, 25)]
    public async Task Reuses_connections(int connections, int messages)
    {
        const int Total = 200;
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        await using var connector = new DeliveryAgentConnector(
            bench.Agent,
            new DeliveryAgentOptions
            {
                Name = "Internet",
                DeliveryProtocol = "SMTP",
                NextHopDomain = "*",
                MaxConcurrentConnections = connections,
                MaxMessagesPerConnection = messages,
                ConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            },
            TimeProvider.System, NullLogger<DeliveryAgentConnector>.Instance);

        var left = Total;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var report = await connector.DeliverAsync(AgentBench.Request(), TestContext.Current.CancellationToken);
                Assert.Equal(RecipientAction.Delivered, Assert.Single(report.Outcomes).Action);
            }
        })));

        Assert.Equal(Total, bench.Server.Messages.Count);
        Assert.InRange(bench.Server.Connections, Total / messages, (Total / messages) + connections);
        Assert.InRange(bench.Server.MostOpen, 1, connections + 1);
    }

    [Fact(DisplayName = "SM-2: a server that closes after each message costs a connection, not a deferral")]
    public async Task Server_that_closes()
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        bench.Server.Script = line => line == "MAIL FROM:<anna@contoso.com> SIZE=" + AgentBench.Message.Length && bench.Server.Messages.Count > 5
            ? "421 4.7.0 enough" : null;
        var connection = await bench.OpenedAsync();

        var verdict = default(QueueVerdict);
        for (var i = 0; i < 7 && verdict is null; i++)
            verdict = (await connection.DeliverAsync(AgentBench.Request(), TestContext.Current.CancellationToken)).Queue;

        Assert.Equal("421 4.7.0", verdict?.Response.ToString()[..9]);
        Assert.Equal(6, bench.Server.Messages.Count);
    }

    [Fact(DisplayName = "DA-8: a stop in the middle keeps the outcomes that are known, and says nothing about the others")]
    public async Task A_stop_keeps_what_is_known()
    {
        using var stop = new CancellationTokenSource();
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        // The second transaction, for the recipients that were too many, stalls.
        bench.Server.Script = line => line.StartsWith("RCPT TO:<eve", StringComparison.Ordinal) && bench.Server.Messages.IsEmpty
            ? "452 4.5.3 too many" : line.StartsWith("MAIL", StringComparison.Ordinal) && !bench.Server.Messages.IsEmpty ? Reaction.Stall : null;
        var connection = await bench.OpenedAsync();
        var delivering = connection.DeliverAsync(AgentBench.Request("bob@example.net", "eve@example.net"), stop.Token).AsTask();
        await Wait.UntilAsync(() => bench.Server.Stalled > 0);

        await stop.CancelAsync();

        var outcome = Assert.Single((await delivering).Outcomes);
        Assert.Equal(("bob@example.net", RecipientAction.Delivered), (outcome.Recipient.Address, outcome.Action));
        Assert.False(await connection.IsAliveAsync(TestContext.Current.CancellationToken));
    }

    [Fact(DisplayName = "DA-8: a stop before anything is known is a stop")]
    public async Task A_stop_is_a_stop()
    {
        using var stop = new CancellationTokenSource();
        await using var bench = new AgentBench(new ScriptedSmtpServer(line => line == "." ? Reaction.Stall : null));
        var connection = await bench.OpenedAsync();
        var delivering = connection.DeliverAsync(AgentBench.Request(), stop.Token).AsTask();
        await Wait.UntilAsync(() => bench.Server.Stalled > 0);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivering);
    }

    [Fact(DisplayName = "SM-2: a message of 30 MB goes over without being held in memory")]
    public async Task Large_messages_stream()
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        var path = bench.Directory["large.eml"];
        await using (var file = File.Create(path))
        {
            await file.WriteAsync(Encoding.ASCII.GetBytes("Subject: large\r\n\r\n"), TestContext.Current.CancellationToken);
            var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 76) + "\r\n", 1000)));
            for (var i = 0; i < 400; i++)
                await file.WriteAsync(lines, TestContext.Current.CancellationToken);
        }
        using var content = MessageContent.FromFile(path);

        var outcome = await bench.DeliverOneAsync(new DeliveryRequest("m-1", AgentBench.Envelope("bob@example.net"), content));

        Assert.Equal(RecipientAction.Delivered, outcome.Action);
        Assert.Equal(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), Assert.Single(bench.Server.Messages));
    }
}
