using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>
/// Moves the entries of one connector: begins attempts in the order in which they are due, at most
/// <see cref="IForeignConnector.MaxConcurrentDeliveries"/> at a time, and one at a time while the connector fails. Suspects come when
/// nothing else is due and no attempt is under way (ND-4).
/// </summary>
internal sealed class ConnectorPump(
    string name, TransportState state, DeliveryQueue queue, DeliveryWorker worker, RetrySchedule schedule, TimeProvider time,
    ILogger logger, Action changed)
{
    // The queue failed: long enough not to spin, short enough for the messages that are well.
    private static readonly TimeSpan QueueRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly WakeSignal _wake = new(time);
    private readonly OutageLog _outage = new();
    private readonly SingleFlight _flight = new(changed);
    private ConnectorInUse? _current;
    private QueueVerdict? _failure;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private DeliverySummary _summary;
    private long _contact = time.GetTimestamp();
    private int _isPassedOver;
    private int _underWay;
    private int _ended;

    /// <summary>Ends when the deliveries that are under way have.</summary>
    public Task Completion => _flight.Completion;

    /// <summary>Attempts that were given up and did not end (RY-2).</summary>
    public int Overdue
    {
        get
        {
            lock (_gate)
                return _current?.Overdue ?? 0;
        }
    }

    /// <summary>Why the connector fails; null while it does not.</summary>
    public string? LastError => Current()?.Health.LastError;

    /// <summary>True while the connector takes nothing, so that what waits for it waits in vain.</summary>
    public bool IsAway => Current() is { } current && (current.Health.IsFailing || current.IsStuck);

    /// <summary>
    /// True when what waits is to be routed again (RT-8): the connector had no success for a time, since it was last so, or an attempt that
    /// began under another configuration has ended.
    /// </summary>
    public bool IsRoutingDue(TimeSpan maxIdle) =>
        Volatile.Read(ref _isPassedOver) == 1 || time.GetElapsedTime(Volatile.Read(ref _contact)) >= maxIdle;

    /// <summary>The same, once.</summary>
    public bool TakeRoutingDue(TimeSpan maxIdle)
    {
        if (!IsRoutingDue(maxIdle))
            return false;
        Volatile.Write(ref _isPassedOver, 0);
        if (time.GetElapsedTime(Volatile.Read(ref _contact)) >= maxIdle)
            Volatile.Write(ref _contact, time.GetTimestamp());
        return true;
    }

    /// <summary>When an entry that is due at a time can be begun.</summary>
    public DateTimeOffset Earliest(DateTimeOffset due, DateTimeOffset now)
    {
        lock (_gate)
        {
            var notBefore = _notBefore > now + QueueRetry ? now : _notBefore;
            var current = Current();
            if (current is { IsStuck: true })
                return DateTimeOffset.MaxValue;
            var probe = current?.Health.NotBefore(now + schedule.Longest) ?? DateTimeOffset.MinValue;
            return new[] { due, notBefore, probe }.Max();
        }
    }

    /// <summary>A connector that fails gets its next attempt now; when that succeeds the others follow.</summary>
    public void EndPause() => Current()?.Health.ProbeNow();

    /// <summary>Moves what is due in the background, or goes on with it.</summary>
    public void Start(CancellationToken cancellationToken)
    {
        if (!_flight.TryStart(() => DrainAsync(dueBy: null, cancellationToken)))
            _wake.Set();
    }

    /// <summary>Moves what is due until nothing is, and ends with the last attempt. Cancelled, it begins no more attempts.</summary>
    /// <param name="dueBy">
    /// What is due by then, suspects at the end included whatever the time; null is what is due whenever it looks.
    /// </param>
    /// <param name="cancellationToken">Given to the connector too.</param>
    public async Task<DeliverySummary> DrainAsync(DateTimeOffset? dueBy, CancellationToken cancellationToken)
    {
        _summary = default;
        while (true)
        {
            var ended = Volatile.Read(ref _ended);
            if (Interlocked.Exchange(ref _failure, null) is { } failure)
                await FailDueAsync(failure, dueBy, cancellationToken).ConfigureAwait(false);
            await PassAsync(suspects: false, dueBy, cancellationToken).ConfigureAwait(false);
            if (Volatile.Read(ref _underWay) == 0 && ended == Volatile.Read(ref _ended))
                await PassAsync(suspects: true, dueBy, cancellationToken).ConfigureAwait(false);
            if (Volatile.Read(ref _underWay) > 0)
                await _wake.WaitAsync(Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
            else if (ended == Volatile.Read(ref _ended))
                return _summary;
        }
    }

    // Begins all that can be begun; of suspects one.
    private async ValueTask PassAsync(bool suspects, DateTimeOffset? dueBy, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (cancellationToken.IsCancellationRequested || Earliest(now, now) > now)
            return;
        try
        {
            // No other round may follow one that has an end.
            var by = suspects && dueBy is not null ? DateTimeOffset.MaxValue : dueBy ?? now;
            var leases = queue.LeaseAsync(suspects ? LeaseQuery.Suspects(name, by) : LeaseQuery.Due(name, by), cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            await using var _ = leases.ConfigureAwait(false);
            while (await TryBeginAsync(leases, cancellationToken).ConfigureAwait(false) && !suspects)
            {
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
#pragma warning disable CA1031 // A queue that fails now is tried again; the other connectors go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    // Everything that is due fails with the verdict of one attempt (DA-6).
    private async ValueTask FailDueAsync(QueueVerdict verdict, DateTimeOffset? dueBy, CancellationToken cancellationToken)
    {
        if (Current() is not { } current)
            return;
        var count = 1;
        try
        {
            await foreach (var lease in queue.LeaseAsync(LeaseQuery.Due(name, dueBy ?? time.GetUtcNow()), cancellationToken)
                .ConfigureAwait(false))
            {
                var summary = await worker.FailAsync(lease, verdict, current).ConfigureAwait(false);
                lock (_gate)
                    _summary += summary;
                count++;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping: the others are tried at the next start.
        }
#pragma warning disable CA1031 // A queue that fails now: the others are tried, and get the same answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
        logger.QueueVerdictFailed(name, Redaction.Text(verdict.Response.ToString()), count);
    }

    private async ValueTask<bool> TryBeginAsync(IAsyncEnumerator<LeasedEntry> leases, CancellationToken cancellationToken)
    {
        if (await FindPlaceAsync(cancellationToken).ConfigureAwait(false) is not { } current)
            return false;
        var now = time.GetUtcNow();
        if (!current.Health.TryBegin(now, now + schedule.Longest))
            return false;
        LeasedEntry? lease = null;
        try
        {
            if (await leases.MoveNextAsync().ConfigureAwait(false))
                lease = leases.Current;
        }
        finally
        {
            if (lease is null)
                current.Health.Abandon();
        }
        if (lease is null)
            return false;
        Interlocked.Increment(ref _underWay);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Ends with _underWay; the next attempt begins only after this one has.
        var attempt = DeliverAsync(lease, current, () => begun.TrySetResult(), cancellationToken);
        await Task.WhenAny(begun.Task, attempt).ConfigureAwait(false);
        return true;
    }

    // Null when there is none, and none will be: attempts that do not end have them all.
    private async ValueTask<ConnectorInUse?> FindPlaceAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && Current() is { } current)
        {
            var underWay = Volatile.Read(ref _underWay);
            if (current.HasPlace && underWay < current.Places)
                return current;
            if (underWay == 0)
                return null;
            await _wake.WaitAsync(Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
        }
        return null;
    }

    private async Task DeliverAsync(LeasedEntry lease, ConnectorInUse current, Action begun, CancellationToken cancellationToken)
    {
        var mayWait = true;
        var snapshot = state.Current;
        try
        {
            using var place = current.Take(OnFreed);
            if (place is null)
            {
                // It left the configuration at this moment.
                await lease.DisposeAsync().ConfigureAwait(false);
                current.Health.Abandon();
                return;
            }
            var (summary, verdict) = await worker.DeliverAsync(
                lease, current, place, state.Current, begun, cancellationToken).ConfigureAwait(false);
            if (verdict is { IsFailure: true })
                Volatile.Write(ref _failure, verdict);
            mayWait = summary.Deferred > 0 || summary == default;
            if (summary.Delivered + summary.Failed > 0)
                Volatile.Write(ref _contact, time.GetTimestamp());
            lock (_gate)
                _summary += summary;
            _outage.End();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
#pragma warning disable CA1031 // What was delivered could not be written down: the queue remembers it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            current.Health.Abandon();
            Fail(e);
        }
        finally
        {
            if (mayWait && snapshot != state.Current)
                Volatile.Write(ref _isPassedOver, 1);
            Interlocked.Increment(ref _ended);
            Interlocked.Decrement(ref _underWay);
            _wake.Set();
            if (mayWait)
                changed();
        }
    }

    private void OnFreed()
    {
        _wake.Set();
        changed();
    }

    // A connector that was configured anew begins with a clean record.
    private ConnectorInUse? Current()
    {
        if (!state.Current.Connectors.TryGetValue(name, out var connector))
            return null;
        lock (_gate)
        {
            if (_current?.Connector != connector)
                _current = new ConnectorInUse(connector, state.Uses, state.Current.DeliveryProtocols.GetValueOrDefault(name));
            return _current;
        }
    }

    private void Fail(Exception e)
    {
        lock (_gate)
            _notBefore = time.GetUtcNow() + QueueRetry;
        if (_outage.Begin())
            logger.QueueFailed(e, name);
    }
}
