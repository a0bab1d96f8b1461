using System.Globalization;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging.Abstractions;

#pragma warning disable CS1591 // Each test says in its DisplayName what it asks.

namespace ForeignConnector.Lib.TestKit;

/// <summary>
/// What every <see cref="IDeliveryAgent"/> owes the transport: all that a connector owes, over connections that are used again. Derive a
/// test class from it for an agent of your own.
/// </summary>
public abstract class DeliveryAgentContract : ForeignConnectorContract, IAsyncDisposable
{
    private readonly Lazy<DeliveryAgentConnector> _connector;

    /// <summary>Makes the connector when it is first asked for.</summary>
    protected DeliveryAgentContract() => _connector = new(() => new DeliveryAgentConnector(
        Agent, new() { Name = "contract", DeliveryProtocol = "TEST", NextHopDomain = "x.test" }, TimeProvider.System,
        NullLogger<DeliveryAgentConnector>.Instance));

    /// <summary>An agent whose system is well. It belongs to the test, which disposes it.</summary>
    protected abstract IDeliveryAgent Agent { get; }

    /// <inheritdoc/>
    protected sealed override IForeignConnector Connector => _connector.Value;

    [Fact(DisplayName = "DA-7: a connection takes several messages one after the other, and each arrives whole")]
    public async Task Takes_several_messages()
    {
        var connection = await OpenAsync(1);
        for (var i = 1; i <= 5; i++)
        {
            Assert.True(await connection.IsAliveAsync(CancellationToken.None));
            var report = await connection.DeliverAsync(Message(i), CancellationToken.None);
            Assert.Null(report.Queue);
            Assert.All(report.Outcomes, outcome => Assert.Equal(2, outcome.Status.Class));
        }
        await connection.CloseAsync(CancellationToken.None);

        Assert.Equal(5, Arrived.Count);
    }

    [Fact(DisplayName = "DA-5: opening takes nothing over, and a connection without a message closes")]
    public async Task Takes_nothing_over_when_it_opens()
    {
        var connection = await OpenAsync(1);
        await connection.CloseAsync(CancellationToken.None);

        Assert.Empty(Arrived);
    }

    [Fact(DisplayName = "DA-3: connections side by side do not disturb each other")]
    public async Task Opens_several_connections()
    {
        var connections = await Task.WhenAll(Enumerable.Range(1, 3).Select(i => OpenAsync(i).AsTask()));
        await Task.WhenAll(connections.Select((connection, i) =>
            Task.Run(async () => await connection.DeliverAsync(Message(i + 1), CancellationToken.None))));
        foreach (var connection in connections)
            await connection.CloseAsync(CancellationToken.None);

        Assert.Equal(3, Arrived.Count);
    }

    [Fact(DisplayName =
        "DA-6: an agent whose system is down answers with a deferral of the queue, or defers every recipient; it throws nothing")]
    public async Task Defers_the_queue()
    {
        Break();
        var result = await Agent.OpenConnectionAsync(Context(1), CancellationToken.None);
        if (result.Connection is { } connection)
        {
            var report = await connection.DeliverAsync(Message(1), CancellationToken.None);
            await connection.CloseAsync(CancellationToken.None);
            Assert.True(report.Queue is { IsFailure: false } || report.Outcomes.All(outcome => outcome.Status.Class == 4));
        }
        else
        {
            Assert.Equal((false, 4), (result.Verdict!.IsFailure, result.Verdict.Response.EnhancedStatusCode.Class));
        }
        Assert.Empty(Arrived);
    }

    [Fact(DisplayName = "DA-9: a connection whose system went away closes all the same")]
    public async Task Closes_when_the_system_is_gone()
    {
        var connection = await OpenAsync(1);
        Break();
        await connection.CloseAsync(CancellationToken.None);
        Mend();

        await (await OpenAsync(2)).CloseAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DisposeAsyncCore().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what is open. Override it to end the system too.</summary>
    protected virtual ValueTask DisposeAsyncCore() => _connector.IsValueCreated ? _connector.Value.DisposeAsync() : ValueTask.CompletedTask;

    private async ValueTask<IDeliveryConnection> OpenAsync(int number)
    {
        var result = await Agent.OpenConnectionAsync(Context(number), CancellationToken.None);
        Assert.Null(result.Verdict);
        return result.Connection!;
    }

    private static OpenConnectionContext Context(int number) =>
        new() { ConnectorName = "contract", NextHopDomain = "x.test", Message = Message(number) };

    private static DeliveryRequest Message(int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"20260131T235959.{number:d7}Z-agent"),
        new MailEnvelope("s@x.test", [new EnvelopeRecipient("a@x.test")]),
        MessageContent.FromOctets(Encoding.ASCII.GetBytes($"From: s@x.test\r\nMessage-ID: <{number}@x.test>\r\n\r\nagent {number}\r\n")));
}
