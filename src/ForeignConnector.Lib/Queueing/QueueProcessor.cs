using System.Collections.Concurrent;
using System.Collections.Immutable;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Takes what is due from the queue to the connectors. Each connector has its messages one at a time, in the order of acceptance; connectors do not wait for each other.
/// </summary>
/// <remarks>One round or one loop at a time.</remarks>
public sealed class QueueProcessor : IDisposable
{
    // How often to look for entries that another process which shares the queue left behind.
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(1);

    private readonly TransportState _state;
    private readonly IDeliveryQueue _queue;
    private readonly QueueProcessorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WakeSignal _wake;
    private readonly Dictionary<string, Task> _running = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _notBefore = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A processor for one queue.</summary>
    public QueueProcessor(TransportState state, IDeliveryQueue queue, QueueProcessorOptions options, TimeProvider time, ILogger<QueueProcessor> logger)
    {
        _state = state;
        _queue = queue;
        _options = options;
        _time = time;
        _logger = logger;
        _wake = new WakeSignal(time);
        _queue.Enqueued += OnEnqueued;
        _state.Changed += _wake.Set;
    }

    /// <summary>Delivers everything that is due now, once, and returns when that is done.</summary>
    public async Task<DeliverySummary> ProcessDueAsync(CancellationToken cancellationToken)
    {
        var configured = _queue.Connectors.Where(name => _state.Current.Connectors.ContainsKey(name));
        var rounds = await Task.WhenAll(configured.Select(name => ProcessConnectorAsync(name, cancellationToken))).ConfigureAwait(false);
        return rounds.Aggregate(default(DeliverySummary), DeliverySummary.Add);
    }

    /// <summary>Delivers what becomes due until <paramref name="cancellationToken"/> is cancelled; then ends the deliveries that are under way.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var nextRefresh = _time.GetUtcNow() + RefreshInterval;
        try
        {
            while (true)
            {
                var now = _time.GetUtcNow();
                if (now >= nextRefresh)
                {
                    await RefreshAsync(cancellationToken).ConfigureAwait(false);
                    nextRefresh = now + RefreshInterval;
                }
                var next = StartDue(now, cancellationToken) ?? nextRefresh;
                var wait = (next < nextRefresh ? next : nextRefresh) - now;
                await _wake.WaitAsync(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await Task.WhenAll(_running.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Enqueued -= OnEnqueued;
        _state.Changed -= _wake.Set;
    }

    private void OnEnqueued(string connector) => _wake.Set();

    // Starts a task for every idle connector with something due; tells when the next one will be.
    private DateTimeOffset? StartDue(DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset? earliest = null;
        foreach (var name in _queue.Connectors.Where(name => _state.Current.Connectors.ContainsKey(name)))
        {
            if (_running.TryGetValue(name, out var running) && !running.IsCompleted)
                continue;
            if (_queue.NextDue(name) is not { } due)
                continue;
            due = _notBefore.TryGetValue(name, out var notBefore) && notBefore > due ? notBefore : due;
            if (due <= now)
                _running[name] = RunConnectorAsync(name, cancellationToken);
            else if (earliest is null || due < earliest)
                earliest = due;
        }
        return earliest;
    }

    private async Task RunConnectorAsync(string name, CancellationToken cancellationToken)
    {
        // The dispatcher must not wait for the first synchronous part of a delivery.
        await Task.Yield();
        try
        {
            await ProcessConnectorAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
        finally
        {
            _wake.Set();
        }
    }

    private async Task<DeliverySummary> ProcessConnectorAsync(string name, CancellationToken cancellationToken)
    {
        var summary = default(DeliverySummary);
        try
        {
            await foreach (var lease in _queue.TakeAsync(name, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false))
            {
                using (lease)
                    summary += await DeliverAsync(lease, cancellationToken).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // A queue that fails now is tried again; the other connectors go on.
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
#pragma warning restore CA1031
        {
            _logger.QueueFailed(e, name);
            _notBefore[name] = _time.GetUtcNow() + _options.TransientFailureRetryInterval;
        }
        return summary;
    }

    private async ValueTask<DeliverySummary> DeliverAsync(QueueLease lease, CancellationToken cancellationToken)
    {
        var outcomes = await AskConnectorAsync(lease, cancellationToken).ConfigureAwait(false);
        var nextAttempt = _time.GetUtcNow() + _options.TransientFailureRetryInterval;
        // What was delivered must be recorded even when we are stopping.
        await _queue.SettleAsync(lease, outcomes, nextAttempt, CancellationToken.None).ConfigureAwait(false);
        return Summarize(lease, outcomes);
    }

    private async ValueTask<ImmutableArray<RecipientOutcome>> AskConnectorAsync(QueueLease lease, CancellationToken cancellationToken)
    {
        var request = new DeliveryRequest(lease.DeliveryId, lease.Item.Envelope, lease.Item.Content) { PreparedFile = lease.PreparedFile };
        try
        {
            if (!_state.Current.Connectors.TryGetValue(lease.Connector, out var connector))
                return DeliveryReport.Deferred(request, DeliveryStatus.ConnectorGone).Outcomes;
            var report = await connector.DeliverAsync(request, cancellationToken).ConfigureAwait(false);
            return report.Outcomes;
        }
#pragma warning disable CA1031 // Whatever a connector throws means deferred.
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
#pragma warning restore CA1031
        {
            _logger.ConnectorThrew(e, lease.Connector, lease.DeliveryId);
            return DeliveryReport.Deferred(request, DeliveryStatus.ConnectorProblem).Outcomes;
        }
    }

    private DeliverySummary Summarize(QueueLease lease, ImmutableArray<RecipientOutcome> outcomes)
    {
        var delivered = outcomes.Count(outcome => outcome.Action is RecipientAction.Delivered or RecipientAction.Relayed);
        var failed = outcomes.Where(outcome => outcome.Action == RecipientAction.Failed).ToArray();
        var deferred = lease.Item.Envelope.Recipients.Length - delivered - failed.Length;
        if (delivered > 0)
            _logger.Delivered(lease.DeliveryId, lease.Connector, delivered);
        if (failed.Length > 0)
            _logger.Failed(lease.DeliveryId, lease.Connector, failed.Length, failed[0].Status.ToString(), failed[0].Text);
        if (deferred > 0)
        {
            var first = outcomes.FirstOrDefault(outcome => outcome.Action == RecipientAction.Deferred);
            _logger.Deferred(lease.DeliveryId, lease.Connector, deferred, first?.Status.ToString() ?? "", first?.Text ?? "no outcome");
        }
        return new DeliverySummary(delivered, deferred, failed.Length);
    }

    private async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _queue.LoadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.QueueFailed(e, "(all)");
        }
    }
}
