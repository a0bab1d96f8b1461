using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Takes what is due from the queue to the connectors, tries again what they defer, gives up what has expired, and has senders told. Attempts for one connector begin in the
/// order of acceptance among what is due; connectors do not wait for each other.
/// </summary>
/// <remarks>One round or one loop at a time.</remarks>
public sealed class QueueProcessor : IDisposable
{
    // How often to look for entries that another process which shares the queue left behind.
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(1);

    // Reports are messages themselves, and nobody reports about a report.
    private const int MaxRounds = 3;

    private readonly TransportState _state;
    private readonly IDeliveryQueue _queue;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WakeSignal _wake;
    private readonly RetrySchedule _schedule;
    private readonly DeliveryWorker _worker;
    private readonly QueueReview _review;
    private readonly SingleFlight _reviewing;
    private readonly SingleFlight _refreshing;
    private readonly Dictionary<string, ConnectorPump> _pumps = new(StringComparer.OrdinalIgnoreCase);
    private long _enqueued;
    private int _isRefreshDue;

    /// <summary>A processor for one queue.</summary>
    /// <param name="state">The configuration in force.</param>
    /// <param name="queue">Where entries come from.</param>
    /// <param name="options">Times.</param>
    /// <param name="reports">Asked when recipients have failed, are late or were relayed.</param>
    /// <param name="trail">Told of every outcome.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Spreads retries; used under a lock.</param>
    /// <param name="logger">Ids and counts.</param>
    public QueueProcessor(
        TransportState state, IDeliveryQueue queue, QueueProcessorOptions options, ISenderReports reports, IMessageTrail trail, TimeProvider time, Random random,
        ILogger<QueueProcessor> logger)
    {
        _state = state;
        _queue = queue;
        _time = time;
        _logger = logger;
        _wake = new WakeSignal(time);
        _schedule = new RetrySchedule(options, random);
        var settler = new DeliverySettler(queue, reports, trail, logger);
        _worker = new DeliveryWorker(settler, options, _schedule, time, logger);
        _review = new QueueReview(queue, settler, options, _schedule, time, logger);
        _reviewing = new SingleFlight(_wake.Set);
        _refreshing = new SingleFlight(_wake.Set);
        _queue.Enqueued += OnEnqueued;
        _queue.RetryRequested += OnRetryRequested;
        _state.Changed += _wake.Set;
    }

    /// <summary>Delivers everything that is due now, once, the reports about it included, and returns when that is done.</summary>
    public async Task<DeliverySummary> ProcessDueAsync(CancellationToken cancellationToken)
    {
        var summary = await _review.RunAsync(QueueAge.All, cancellationToken).ConfigureAwait(false);
        for (var round = 0; round < MaxRounds; round++)
        {
            var enqueued = Interlocked.Read(ref _enqueued);
            var dueBy = _time.GetUtcNow();
            var pumps = await Task.WhenAll(Configured().Select(name => Pump(name).DrainAsync(dueBy, cancellationToken))).ConfigureAwait(false);
            summary += pumps.Aggregate(default(DeliverySummary), DeliverySummary.Add);
            await _review.RunAsync(QueueAge.DelayNotReported, cancellationToken).ConfigureAwait(false);
            if (enqueued == Interlocked.Read(ref _enqueued))
                break;
        }
        cancellationToken.ThrowIfCancellationRequested();
        return summary;
    }

    /// <summary>Delivers what becomes due until <paramref name="cancellationToken"/> is cancelled; then ends the deliveries that are under way.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var refreshed = _time.GetTimestamp();
        var latest = DateTimeOffset.MinValue;
        try
        {
            while (true)
            {
                var now = _time.GetUtcNow();
                var isRefreshDue = Interlocked.Exchange(ref _isRefreshDue, 0) == 1 || _time.GetElapsedTime(refreshed) >= RefreshInterval;
                // Also of a delivery that ended after the clock was set back.
                if (now < latest || isRefreshDue)
                    _queue.PullForward(now + _schedule.Longest);
                latest = now;
                if (isRefreshDue)
                {
                    // One that is under way may have passed what was changed; it wakes the loop when it ends.
                    if (!_refreshing.TryStart(() => RefreshAsync(cancellationToken)))
                        Interlocked.Exchange(ref _isRefreshDue, 1);
                    refreshed = _time.GetTimestamp();
                }
                var next = Earlier(StartDue(now, cancellationToken), StartReview(now, cancellationToken));
                await _wake.WaitAsync(WaitFor(next, now, refreshed), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await Task.WhenAll([.. Pumps().Select(pump => pump.Completion), _reviewing.Completion, _refreshing.Completion]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Has <see cref="RunAsync"/> look at the stored queue now: something there was changed by somebody else.</summary>
    public void Refresh()
    {
        Interlocked.Exchange(ref _isRefreshDue, 1);
        _wake.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Enqueued -= OnEnqueued;
        _queue.RetryRequested -= OnRetryRequested;
        _state.Changed -= _wake.Set;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;

    private void OnEnqueued(string connector)
    {
        Interlocked.Increment(ref _enqueued);
        _wake.Set();
    }

    private void OnRetryRequested(string connector)
    {
        Pump(connector).EndPause();
        _wake.Set();
    }

    private IEnumerable<string> Configured() => _queue.Connectors.Where(name => _state.Current.Connectors.ContainsKey(name));

    // Starts what can be started; tells when there is more.
    private DateTimeOffset? StartDue(DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset? earliest = null;
        foreach (var name in Configured())
        {
            if (_queue.NextDue(name) is not { } due)
                continue;
            var pump = Pump(name);
            var start = pump.Earliest(due, now);
            if (start <= now)
                pump.Start(cancellationToken);
            else
                earliest = Earlier(earliest, start);
        }
        return earliest;
    }

    private DateTimeOffset? StartReview(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_review.NextDue() is not { } due)
            return null;
        if (due > now)
            return due;
        // It wakes the loop when it ends.
        _reviewing.TryStart(() => _review.RunAsync(cancellationToken));
        return null;
    }

    private TimeSpan WaitFor(DateTimeOffset? next, DateTimeOffset now, long refreshed)
    {
        var wait = RefreshInterval - _time.GetElapsedTime(refreshed);
        if (next is { } due && due - now < wait)
            wait = due - now;
        return TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, RefreshInterval.Ticks));
    }

    private ConnectorPump Pump(string name)
    {
        lock (_pumps)
        {
            if (!_pumps.TryGetValue(name, out var pump))
                _pumps[name] = pump = new ConnectorPump(name, _state, _queue, _worker, _schedule, _time, _logger, _wake.Set);
            return pump;
        }
    }

    private ConnectorPump[] Pumps()
    {
        lock (_pumps)
            return [.. _pumps.Values];
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
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
