using System.Collections.Immutable;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Delivery;

/// <summary>How connections of a delivery agent are opened, used and closed.</summary>
public sealed class DeliveryAgentConnectorTests : IAsyncDisposable
{
    private static readonly SmtpResponse Busy = new(421, new(4, 4, 5), "Busy.");

    private readonly ScriptedAgent _agent = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogCollector _logs = new();
    private readonly Connections _trail = new();
    private DeliveryAgentConnector? _connector;
    private int _messages;

    public async ValueTask DisposeAsync()
    {
        if (_connector is null)
            return;
        var disposal = _connector.DisposeAsync().AsTask();
        await Wait.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return disposal.IsCompleted;
        });
    }

    private DeliveryAgentConnector Connector(int connections = 5, int messages = 20, double idleSeconds = 2) => _connector ??= new(
        _agent, new()
        {
            Name = "fax",
            DeliveryProtocol = "TEST",
            NextHopDomain = "FAX:*",
            MaxConcurrentConnections = connections,
            MaxMessagesPerConnection = messages,
            ConnectionIdleTimeout = TimeSpan.FromSeconds(idleSeconds),
        }, _time, new FakeLogger<DeliveryAgentConnector>(_logs), _trail);

    private DeliveryRequest Request(params string[] recipients) => new(
        $"m{Interlocked.Increment(ref _messages)}",
        new MailEnvelope("a@contoso.com", [.. (recipients is [] ? ["b@fax.test"] : recipients).Select(address => new EnvelopeRecipient(address))]),
        MessageContent.FromOctets("Subject: x\r\n\r\n"u8.ToArray()));

    private async Task<DeliveryReport> DeliverAsync(CancellationToken cancellationToken = default) =>
        await Connector().DeliverAsync(Request(), cancellationToken);

    private Task ClosedAsync(int open = 0) => Wait.UntilAsync(() => _agent.Open == open && Connector().OpenConnections == open);

    [Theory(DisplayName = "DA-7: a connection carries MaxMessagesPerConnection messages, one at a time and in their order; then another one is opened")]
    [InlineData(1, "open 1|deliver 1 m1|close 1|open 2|deliver 2 m2|close 2|open 3|deliver 3 m3|close 3")]
    [InlineData(2, "open 1|deliver 1 m1|deliver 1 m2|close 1|open 2|deliver 2 m3")]
    [InlineData(20, "open 1|deliver 1 m1|deliver 1 m2|deliver 1 m3")]
    public async Task Uses_a_connection_for_several_messages(int messages, string steps)
    {
        Connector(connections: 1, messages);
        for (var i = 0; i < 3; i++)
            await DeliverAsync();

        await Wait.UntilAsync(() => string.Join('|', _agent.Steps) == steps);
        Assert.Equal(1, _agent.MostOpen);
    }

    [Theory(DisplayName = "DA-5: at most MaxConcurrentConnections are open, those included that close")]
    [InlineData(1, 4, 1)]
    [InlineData(3, 20, 1)]
    [InlineData(3, 20, 20)]
    [InlineData(5, 50, 2)]
    public async Task Opens_no_more_than_allowed(int connections, int messages, int perConnection)
    {
        var connector = Connector(connections, perConnection);
        _agent.DeliverScript = async (request, token) =>
        {
            await Task.Yield();
            return DeliveryReport.ForAll(request, RecipientOutcome.Delivered);
        };
        using var places = new SemaphoreSlim(connector.MaxConcurrentDeliveries);

        await Task.WhenAll(Enumerable.Range(0, messages).Select(async _ =>
        {
            await places.WaitAsync(TestContext.Current.CancellationToken);
            await Task.Run(() => DeliverAsync());
            places.Release();
        }));

        Assert.InRange(_agent.MostOpen, 1, connections);
        Assert.Equal(messages, _agent.Steps.Count(step => step.StartsWith("deliver", StringComparison.Ordinal)));
    }

    [Theory(DisplayName = "DA-9: a connection that has waited for ConnectionIdleTimeout is closed; one that is used again is not")]
    [InlineData(2)]
    [InlineData(60)]
    public async Task Closes_idle_connections(double seconds)
    {
        Connector(idleSeconds: seconds);
        await DeliverAsync();
        _time.Advance(TimeSpan.FromSeconds(seconds * 0.9));
        await DeliverAsync();
        _time.Advance(TimeSpan.FromSeconds(seconds * 0.9));
        Assert.Equal(1, _agent.Open);

        _time.Advance(TimeSpan.FromSeconds(seconds * 0.2));

        await ClosedAsync();
        Assert.Equal(["open 1", "deliver 1 m1", "deliver 1 m2", "close 1"], _agent.Steps);
    }

    [Fact(DisplayName = "DA-9: with an idle time of zero each connection is closed after its message")]
    public async Task Keeps_no_idle_connection()
    {
        Connector(idleSeconds: 0);
        await DeliverAsync();

        await ClosedAsync();
    }

    [Fact(DisplayName = "A connection that died while it waited is closed and another one opened; the message does not notice")]
    public async Task Replaces_dead_connections()
    {
        await DeliverAsync();
        _agent.IsAlive = false;

        var report = await DeliverAsync();

        Assert.Equal(RecipientAction.Delivered, Assert.Single(report.Outcomes).Action);
        await Wait.UntilAsync(() => _agent.Steps.Contains("close 1"));
        Assert.Contains("deliver 2 m2", _agent.Steps);
    }

    [Fact(DisplayName = "DA-6: a verdict of opening is the report's, and nothing is open")]
    public async Task Reports_a_verdict_of_opening()
    {
        _agent.OpenScript = (_, _) => new(OpenConnectionResult.DeferQueue(Busy, TimeSpan.FromMinutes(3)));

        var report = await DeliverAsync();

        Assert.Equal((false, Busy, TimeSpan.FromMinutes(3)), (report.Queue!.IsFailure, report.Queue.Response, report.Queue.RetryInterval));
        Assert.Equal((RecipientAction.Deferred, Busy.EnhancedStatusCode), (report.Outcomes.Single().Action, report.Outcomes.Single().Status));
        Assert.Equal(0, Connector().OpenConnections);
    }

    [Fact(DisplayName = "DA-5: opening sees the connector, the next hop and the message")]
    public async Task Shows_what_waits()
    {
        OpenConnectionContext? seen = null;
        _agent.OpenScript = (context, _) =>
        {
            seen = context;
            return new((OpenConnectionResult?)null);
        };
        await DeliverAsync();

        Assert.Equal(("fax", "FAX:*", "m1"), (seen!.ConnectorName, seen.NextHopDomain, seen.Message.Id));
    }

    [Fact(DisplayName = "DA-9: a verdict closes the connection that gave it and those that wait")]
    public async Task Closes_all_after_a_verdict()
    {
        var gate = new TaskCompletionSource();
        _agent.DeliverScript = async (request, _) =>
        {
            await gate.Task;
            return DeliveryReport.ForAll(request, RecipientOutcome.Delivered);
        };
        var both = Task.WhenAll(DeliverAsync(), DeliverAsync());
        gate.SetResult();
        await both;
        Assert.Equal(2, _agent.Open);
        _agent.DeliverScript = (_, _) => new(DeliveryReport.Of(QueueVerdict.Defer(Busy)));

        await DeliverAsync();

        await ClosedAsync();
    }

    [Theory(DisplayName = "DA-8: an exception on opening defers the queue with 4.3.0, logged once per outage")]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task Defers_the_queue_when_opening_throws(Type exception)
    {
        _agent.OpenScript = (_, _) => throw (Exception)Activator.CreateInstance(exception)!;
        await DeliverAsync();
        var report = await DeliverAsync();

        Assert.Equal((false, EnhancedStatusCode.SystemProblem), (report.Queue!.IsFailure, report.Queue.Response.EnhancedStatusCode));
        Assert.Equal(EventIds.ConnectionNotOpened, Assert.Single(_logs.GetSnapshot()).Id.Id);
        Assert.Equal(0, Connector().OpenConnections);
    }

    [Fact(DisplayName = "DA-8: an exception on delivering is the connector's, and the connection is closed")]
    public async Task Closes_after_an_exception()
    {
        _agent.DeliverScript = (_, _) => throw new IOException("gone");

        await Assert.ThrowsAsync<IOException>(() => DeliverAsync());

        await ClosedAsync();
    }

    [Fact(DisplayName = "DA-8: an exception on closing is logged; the place is free again")]
    public async Task Logs_what_closing_throws()
    {
        Connector(connections: 1, messages: 1);
        _agent.CloseScript = _ => throw new IOException("gone");

        await DeliverAsync();
        await DeliverAsync();

        await Wait.UntilAsync(() => _logs.GetSnapshot().Count(record => record.Id.Id == EventIds.ConnectionNotClosed) == 2);
        await ClosedAsync();
    }

    [Fact(DisplayName = "DA-9: a connection whose closing hangs is given up after 10 seconds, and its place is free again")]
    public async Task Gives_up_hanging_ends()
    {
        Connector(connections: 1, messages: 1);
        _agent.CloseScript = async _ =>
        {
            await new TaskCompletionSource().Task;
            return null;
        };
        await DeliverAsync();
        var second = DeliverAsync();

        await Wait.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return second.IsCompleted;
        });

        Assert.Equal(RecipientAction.Delivered, Assert.Single((await second).Outcomes).Action);
        Assert.Contains(_logs.GetSnapshot(), record => record.Id.Id == EventIds.ConnectionNotClosed);
    }

    [Fact(DisplayName = "DA-8: cancellation while opening or delivering ends the call and leaves nothing open")]
    public async Task Ends_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        _agent.DeliverScript = async (_, token) =>
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
            return null!;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DeliverAsync(stop.Token));
        await ClosedAsync();

        using var stopToo = new CancellationTokenSource();
        _agent.OpenScript = async (_, token) =>
        {
            await stopToo.CancelAsync();
            token.ThrowIfCancellationRequested();
            return null;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DeliverAsync(stopToo.Token));
        Assert.Equal(0, Connector().OpenConnections);
    }

    [Fact(DisplayName = "CN-4: disposing closes every connection once, then disposes the agent")]
    public async Task Closes_everything_at_the_end()
    {
        await DeliverAsync();

        await Connector().DisposeAsync();
        await Connector().DisposeAsync();

        Assert.Equal(["open 1", "deliver 1 m1", "close 1", "dispose"], _agent.Steps);
    }

    [Fact(DisplayName = "DA-13: each connection is told of when it opens and when it closes, with messages, octets, duration and response; one that was refused once")]
    public async Task Tells_of_connections()
    {
        _agent.CloseScript = _ => new("221 2.0.0 bye\r\n");
        await DeliverAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await DeliverAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        await Wait.UntilAsync(() => _trail.Events.Count == 2);
        _agent.OpenScript = (_, _) => new(OpenConnectionResult.DeferQueue(Busy));
        await DeliverAsync();

        var (opened, closed, refused) = (_trail.Events[0], _trail.Events[1], _trail.Events[2]);
        Assert.Equal((ConnectionEventKind.Opened, "fax", "TEST", "FAX:*", "agent.test"), (opened.Kind, opened.Connector, opened.DeliveryProtocol, opened.NextHopDomain, opened.RemoteHost));
        Assert.Equal((ConnectionEventKind.Closed, opened.Session, 2, 28L, TimeSpan.FromSeconds(3), "221 2.0.0 bye"), (closed.Kind, closed.Session, closed.Messages, closed.Octets, closed.Duration, closed.Response));
        Assert.Equal((ConnectionEventKind.Refused, Busy.ToString()), (refused.Kind, refused.Response));
        Assert.Equal(16, refused.Session.Length);
        Assert.NotEqual(opened.Session, refused.Session);
    }

    private sealed class Connections : IConnectionTrail
    {
        private ImmutableList<ConnectionEvent> _events = [];

        public ImmutableList<ConnectionEvent> Events => Volatile.Read(ref _events);

        public void Record(ConnectionEvent happened) => ImmutableInterlocked.Update(ref _events, (events, added) => events.Add(added), happened);
    }
}
