using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>
/// Takes what is due from the queue to the connectors, tries again what they defer, gives up what has expired, and has senders told.
/// Attempts for one connector begin in the order of acceptance among what is due; connectors do not wait for each other.
/// </summary>
/// <remarks>One round or one loop at a time.</remarks>
public sealed class QueueProcessor : IDisposable
{
    // How often to look for entries that another process which shares the queue left behind.
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(1);

    // After a refresh that failed, and after a look that did.
    private static readonly TimeSpan RefreshRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LoopRetry = TimeSpan.FromSeconds(1);

    // Attempts end in less; what the queue itself hangs in does not.
    private static readonly TimeSpan StopTimeout = DeliveryAttempt.StopGrace + TimeSpan.FromSeconds(5);

    // Reports are messages themselves, and nobody reports about a report.
    private const int MaxRounds = 3;

    private readonly TransportState _state;
    private readonly DeliveryQueue _queue;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WakeSignal _wake;
    private readonly RetrySchedule _schedule;
    private readonly QueueProcessorOptions _options;
    private readonly DeliveryWorker _worker;
    private readonly QueueReview _review;
    private readonly SingleFlight _reviewing;
    private readonly QueueRouting _routing;
    private readonly SingleFlight _rerouting;
    private readonly SingleFlight _refreshing;
    private readonly SingleFlight _limiting;
    private readonly Dictionary<string, ConnectorPump> _pumps = new(StringComparer.OrdinalIgnoreCase);
    private readonly OutageLog _outage = new();
    private readonly OutageLog _refreshOutage = new();
    private long _added;
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
        TransportState state, DeliveryQueue queue,
            QueueProcessorOptions options, ISenderReports reports, IMessageTrail trail, TimeProvider time, Random random,
        ILogger<QueueProcessor> logger)
        : this(state, queue, options, reports, trail, time, random, TaskScheduler.Default, logger)
    {
    }

    internal QueueProcessor(
        TransportState state, DeliveryQueue queue, QueueProcessorOptions options,
            ISenderReports reports, IMessageTrail trail, TimeProvider time, Random random, TaskScheduler scheduler,
        ILogger logger)
    {
        _state = state;
        _options = options;
        _queue = queue;
        _time = time;
        _logger = logger;
        _wake = new WakeSignal(time);
        _schedule = new RetrySchedule(options, random, time);
        var settler = new DeliverySettler(queue, reports, trail, logger);
        _worker = new DeliveryWorker(settler, options, _schedule, scheduler, time, logger);
        _review = new QueueReview(queue, settler, options, _schedule, IsAway, time, logger);
        _reviewing = new SingleFlight(_wake.Set);
        _routing = new QueueRouting(state, new QueueRerouter(state, queue, reports, trail, logger), Configured, Pump, options);
        _rerouting = new SingleFlight(_wake.Set);
        _refreshing = new SingleFlight(_wake.Set);
        _limiting = new SingleFlight(_wake.Set);
        _queue.Changed += OnQueueChanged;
        _state.Changed += _wake.Set;
    }

    /// <summary>
    /// Delivers everything that is due now, once, the reports about it included, and returns when that is done. What an earlier process
    /// died with comes last, one message at a time for each connector and without waiting for
    /// <see cref="Directory.DirectoryQueueOptions.SuspectDelay"/>; before that time a death is no fault of the message's (ND-4).
    /// </summary>
    public async Task<DeliverySummary> ProcessDueAsync(CancellationToken cancellationToken)
    {
        var summary = await _review.RunAsync(QueueAge.All, cancellationToken).ConfigureAwait(false);
        _routing.Retry();
        for (var round = 0; round < MaxRounds; round++)
        {
            if (_routing.IsDue)
                await _routing.RunAsync(cancellationToken).ConfigureAwait(false);
            var added = Interlocked.Read(ref _added);
            var dueBy = _time.GetUtcNow();
            var pumps = await Task.WhenAll(Configured().Select(name => Pump(name).DrainAsync(dueBy, cancellationToken)))
                .ConfigureAwait(false);
            summary += pumps.Aggregate(default(DeliverySummary), DeliverySummary.Add);
            // Also what was too old already, and had to be tried once (ND-8).
            summary += await _review.RunAsync(QueueAge.All, cancellationToken).ConfigureAwait(false);
            await _review.RunAsync(QueueAge.DelayNotReported, cancellationToken).ConfigureAwait(false);
            if (added == Interlocked.Read(ref _added))
                break;
        }
        cancellationToken.ThrowIfCancellationRequested();
        return summary;
    }

    /// <summary>
    /// Delivers what becomes due until <paramref name="cancellationToken"/> is cancelled; then ends the deliveries that are under way, and
    /// leaves those that do not end after 20 seconds. Nothing else ends it: what fails is logged once per outage and tried again (RY-4).
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (refreshed, latest) = (_time.GetTimestamp(), DateTimeOffset.MinValue);
        try
        {
            while (true)
            {
                var wait = LoopRetry;
                try
                {
                    wait = Look(ref refreshed, ref latest, cancellationToken);
                    _outage.End();
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    if (_outage.Begin())
                        _logger.LoopFailed(e, "The delivery from the queue");
                }
                await _wake.WaitAsync(wait, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await Task.WhenAll([.. Pumps().Select(pump => pump.Completion),
                _reviewing.Completion, _rerouting.Completion, _refreshing.Completion, _limiting.Completion])
                .WaitAsync(StopTimeout, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// The connectors that did not end attempts in their DeliveryTimeout and ignore the cancellation, each with their number (RY-2).
    /// </summary>
    public IReadOnlyDictionary<string, int> OverdueAttempts
    {
        get
        {
            lock (_pumps)
                return _pumps.Where(pair => pair.Value.Overdue > 0).ToDictionary(
                    pair => pair.Key, pair => pair.Value.Overdue, StringComparer.OrdinalIgnoreCase);
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
        _queue.Changed -= OnQueueChanged;
        _state.Changed -= _wake.Set;
    }

    // Starts what can be started; returns how long nothing else is to do.
    private TimeSpan Look(ref long refreshed, ref DateTimeOffset latest, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var isRefreshDue = Interlocked.Exchange(ref _isRefreshDue, 0) == 1 || _time.GetElapsedTime(refreshed) >= RefreshWait;
        // Also of a delivery that ended after the clock was set back.
        if (now < latest || isRefreshDue)
            LimitDue(now + _schedule.Longest, cancellationToken);
        latest = now;
        if (isRefreshDue)
        {
            // One that is under way may have passed what was changed; it wakes the loop when it ends.
            if (!_refreshing.TryStart(() => RefreshAsync(cancellationToken)))
                Interlocked.Exchange(ref _isRefreshDue, 1);
            // Also when nothing seems old enough: after the clock was set back, what is may stand behind what is not (SE-4).
            _reviewing.TryStart(() => _review.RunAsync(cancellationToken));
            _routing.Retry();
            refreshed = _time.GetTimestamp();
        }
        // Each end wakes the loop.
        if (_routing.IsDue)
            _rerouting.TryStart(() => _routing.RunAsync(cancellationToken));
        var next = Earlier(StartDue(now, cancellationToken), StartReview(now, cancellationToken));
        return WaitFor(next, now, refreshed);
    }

    // Over files this has ended when it returns; over other stores the loop goes on meanwhile, and looks again when it has.
    private void LimitDue(DateTimeOffset latest, CancellationToken cancellationToken)
    {
        var limiting = _queue.LimitDueAsync(latest, cancellationToken);
        if (!limiting.IsCompletedSuccessfully)
            _limiting.TryStart(() => TellAsync(limiting.AsTask(), cancellationToken));
    }

    private TimeSpan RefreshWait => _refreshOutage.IsOut ? RefreshRetry : RefreshInterval;

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;

    private void OnQueueChanged(QueueChange change)
    {
        if (change.IsRetryWanted)
            Pump(change.Connector).EndPause();
        else
            Interlocked.Increment(ref _added);
        _wake.Set();
    }

    private IEnumerable<ConnectorBacklog> ConfiguredBacklogs() =>
        _queue.Overview.Connectors.Where(backlog => _state.Current.Connectors.ContainsKey(backlog.Connector));

    private IEnumerable<string> Configured() => ConfiguredBacklogs().Select(backlog => backlog.Connector);

    // Starts what can be started; tells when there is more.
    private DateTimeOffset? StartDue(DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset? earliest = null;
        foreach (var backlog in ConfiguredBacklogs())
        {
            if (Earlier(backlog.NextDue, backlog.NextSuspect) is not { } due)
                continue;
            var pump = Pump(backlog.Connector);
            var start = pump.Earliest(due, now);
            if (start <= now)
                pump.Start(cancellationToken);
            else
                earliest = Earlier(earliest, start);
        }
        return earliest;
    }

    // What waits for no connector was routed in vain, or will be routed.
    private bool IsAway(string connector) => _state.Current.Connectors.ContainsKey(connector) && Pump(connector).IsAway;

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
        var wait = RefreshWait - _time.GetElapsedTime(refreshed);
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
        if (await TellAsync(_queue.LoadAsync(cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false))
            _refreshOutage.End();
    }

    // What the store fails of is logged once per outage. True when it did not fail.
    private async Task<bool> TellAsync(Task work, CancellationToken cancellationToken)
    {
        try
        {
            await work.ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (_refreshOutage.Begin())
                _logger.QueueFailed(e, "(all)");
            return false;
        }
    }
}
