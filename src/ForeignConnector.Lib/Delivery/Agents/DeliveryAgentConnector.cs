using System.Globalization;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Delivery.Agents;

/// <summary>
/// Delivers over the connections of an <see cref="IDeliveryAgent"/>: opens one when a message is due and none waits, gives it one message
/// at a time, and closes it when it was idle for too long, has carried its messages, failed, or belongs to a queue that waits (DA-5 to
/// DA-9). Thread-safe. Disposing it closes every connection, then disposes the agent.
/// </summary>
public sealed class DeliveryAgentConnector : IForeignConnector, IAsyncDisposable
{
    /// <summary>How long closing a connection may take; then it is left to itself.</summary>
    public static TimeSpan CloseTimeout { get; } = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<AgentConnection> _idle = [];
    private readonly SemaphoreSlim _places;
    private readonly IDeliveryAgent _agent;
    private readonly DeliveryAgentOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IConnectionTrail? _trail;
    private readonly OutageLog _outage = new();
    private long _sessions;
    private bool _isDisposed;

    /// <summary>A connector for one agent.</summary>
    /// <param name="agent">Opens connections. It belongs to the connector from now on.</param>
    /// <param name="options">How many connections, for how long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Ids and counts.</param>
    /// <param name="trail">Told of each connection; null is nobody.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number of the options is less than 1.</exception>
    public DeliveryAgentConnector(
        IDeliveryAgent agent, DeliveryAgentOptions options, TimeProvider time, ILogger<DeliveryAgentConnector> logger,
        IConnectionTrail? trail = null)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxMessagesPerConnection, 1);
        (_agent, _options, _time, _logger, _trail) = (agent, options, time, logger, trail);
        _places = new SemaphoreSlim(options.MaxConcurrentConnections);
    }

    /// <inheritdoc/>
    public int MaxConcurrentDeliveries => _options.MaxConcurrentConnections;

    /// <inheritdoc/>
    public int MaxRecipientsPerDelivery => _agent.MaxRecipientsPerDelivery;

    /// <summary>Connections that are open, those that wait for a message included.</summary>
    public int OpenConnections => _options.MaxConcurrentConnections - _places.CurrentCount;

    /// <inheritdoc/>
    public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var connection = await TakeIdleAsync(cancellationToken).ConfigureAwait(false);
        if (connection is null)
        {
            // Waits for connections that close at this moment, if at all: deliveries are no more than places.
            await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
            var (opened, verdict) = await OpenAsync(request, cancellationToken).ConfigureAwait(false);
            if (opened is null)
                return new([.. request.Envelope.Recipients.Select(verdict!.Checked().OutcomeFor)]) { Queue = verdict };
            connection = opened;
        }
        var isReusable = false;
        try
        {
            var report = await connection.DeliverAsync(request, cancellationToken).ConfigureAwait(false);
            isReusable = report.Queue is null && _options.ConnectionIdleTimeout > TimeSpan.Zero
                && connection.Messages < _options.MaxMessagesPerConnection;
            if (report.Queue is not null)
                CloseIdle();
            return connection.Named(report);
        }
        finally
        {
            // Nobody waits for the end of a connection: its outcome would be lost should the process end meanwhile.
            if (!isReusable || cancellationToken.IsCancellationRequested || !TryKeep(connection))
                _ = CloseAsync(connection);
        }
    }

    /// <summary>Closes the connections that wait for a message (DA-9).</summary>
    public void CloseIdle()
    {
        AgentConnection[] idle;
        lock (_gate)
        {
            idle = [.. _idle];
            _idle.Clear();
        }
        foreach (var connection in idle)
            _ = CloseAsync(connection);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        CloseIdle();
        for (var place = 0; place < _options.MaxConcurrentConnections; place++)
            await _places.WaitAsync().ConfigureAwait(false);
        if (_agent is IAsyncDisposable later)
            await later.DisposeAsync().ConfigureAwait(false);
        else
            (_agent as IDisposable)?.Dispose();
        _places.Dispose();
    }

    // The one that was used last: the others grow old and close.
    private async ValueTask<AgentConnection?> TakeIdleAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            AgentConnection connection;
            lock (_gate)
            {
                if (_idle.Count == 0)
                    return null;
                connection = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }
            connection.StopTimer();
            if (await IsAliveAsync(connection, cancellationToken).ConfigureAwait(false))
                return connection;
            _ = CloseAsync(connection);
        }
    }

    private static async ValueTask<bool> IsAliveAsync(AgentConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.IsAliveAsync(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a dead connection throws, another one is opened.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private async ValueTask<(AgentConnection? Connection, QueueVerdict? Verdict)> OpenAsync(
        DeliveryRequest request, CancellationToken cancellationToken)
    {
        AgentConnection? connection = null;
        var session = NextSession();
        try
        {
            var result = await _agent.OpenConnectionAsync(
                new() { ConnectorName = _options.Name, NextHopDomain = _options.NextHopDomain, Message = request }, cancellationToken)
                .ConfigureAwait(false);
            _outage.End();
            connection = result.Connection is { } opened ? new AgentConnection(opened, session, _time.GetTimestamp()) : null;
            var kind = connection is null ? ConnectionEventKind.Refused : ConnectionEventKind.Opened;
            Record(kind, session, connection, result.Verdict?.Response);
            return (connection, result.Verdict);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever an agent throws defers the queue (DA-8).
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_outage.Begin())
                _logger.ConnectionNotOpened(e, _options.Name);
            var response = SmtpResponse.Of(DeliveryStatus.ConnectorProblem);
            Record(ConnectionEventKind.Refused, session, null, response);
            return (null, QueueVerdict.Defer(response));
        }
        finally
        {
            if (connection is null)
                _places.Release();
        }
    }

    private bool TryKeep(AgentConnection connection)
    {
        lock (_gate)
        {
            if (_isDisposed)
                return false;
            _idle.Add(connection);
            connection.StartTimer(_time, _options.ConnectionIdleTimeout, Expire);
            return true;
        }
    }

    // Who takes it from the list has it.
    private void Expire(AgentConnection connection)
    {
        lock (_gate)
        {
            if (!_idle.Remove(connection))
                return;
        }
        _ = CloseAsync(connection);
    }

    private async Task CloseAsync(AgentConnection connection)
    {
        string? response = null;
        try
        {
            response = await connection.CloseAsync(CloseTimeout, _time).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A connection that cannot be closed is given up (DA-8).
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.ConnectionNotClosed(e, _options.Name);
        }
        finally
        {
            _places.Release();
            Record(ConnectionEventKind.Closed, connection.Session, connection, response);
        }
    }

    // Unique among the connections of all hosts that were started at different moments.
    private string NextSession() => (_time.GetUtcNow().UtcTicks + Interlocked.Increment(ref _sessions)).ToString(
        "X16", CultureInfo.InvariantCulture);

    private void Record(ConnectionEventKind kind, string session, AgentConnection? connection, object? response) => _trail?.Record(new()
    {
        Kind = kind,
        Connector = _options.Name,
        DeliveryProtocol = _options.DeliveryProtocol,
        NextHopDomain = _options.NextHopDomain,
        Session = session,
        RemoteHost = connection?.RemoteHost,
        Messages = connection?.Messages ?? 0,
        Octets = connection?.Octets ?? 0,
        Response = response is null ? null : DiagnosticCode.OneLine(response.ToString()!, 900),
        Duration = kind == ConnectionEventKind.Closed ? _time.GetElapsedTime(connection!.OpenedAt) : TimeSpan.Zero,
    });

    // A connection, with what has gone over it.
    private sealed class AgentConnection(IDeliveryConnection connection, string session, long openedAt)
    {
        private ITimer? _timer;

        public string Session => session;

        public long OpenedAt => openedAt;

        public string? RemoteHost => connection.RemoteHost;

        public int Messages { get; private set; }

        public long Octets { get; private set; }

        public ValueTask<bool> IsAliveAsync(CancellationToken cancellationToken) => connection.IsAliveAsync(cancellationToken);

        public ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
        {
            Messages++;
            Octets += request.Content.Length;
            return connection.DeliverAsync(request, cancellationToken);
        }

        /// <summary>The report, with the name of the host where the agent left it out (DA-13).</summary>
        public DeliveryReport Named(DeliveryReport report) => connection.RemoteHost is not { } host ? report : new(
            [.. report.Outcomes.Select(outcome => outcome.RemoteHost is null ? outcome with { RemoteHost = host } : outcome)])
        {
            Queue = report.Queue is null or { RemoteHost: not null } ? report.Queue : report.Queue.From(host),
        };

        public void StartTimer(TimeProvider time, TimeSpan timeout, Action<AgentConnection> expired) =>
            _timer = time.CreateTimer(_ => expired(this), null, timeout, Timeout.InfiniteTimeSpan);

        public void StopTimer()
        {
            _timer?.Dispose();
            _timer = null;
        }

        public async Task<string?> CloseAsync(TimeSpan timeout, TimeProvider time)
        {
            StopTimer();
            using var patience = new CancellationTokenSource(timeout, time);
            // What holds its thread would hold that of the caller, who may be a timer.
            return await Task.Run(() => connection.CloseAsync(patience.Token).AsTask(), CancellationToken.None)
                .WaitAsync(timeout + TimeSpan.FromSeconds(1), time, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
