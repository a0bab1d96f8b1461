using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Moves the entries of one connector: begins attempts in the order in which they are due, at most <see cref="IForeignConnector.MaxConcurrentDeliveries"/> at a time, and one at
/// a time while the connector fails.
/// </summary>
internal sealed class ConnectorPump(
    string name, TransportState state, IDeliveryQueue queue, DeliveryWorker worker, RetrySchedule schedule, TimeProvider time, ILogger logger, Action changed)
{
    // The queue failed: long enough not to spin, short enough for the messages that are well.
    private static readonly TimeSpan QueueRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly WakeSignal _wake = new(time);
    private readonly OutageLog _outage = new();
    private readonly SingleFlight _flight = new(changed);
    private (IForeignConnector? Connector, ConnectorHealth Health) _current = (null, new ConnectorHealth());
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private DeliverySummary _summary;
    private int _underWay;
    private int _ended;

    /// <summary>Ends when the deliveries that are under way have.</summary>
    public Task Completion => _flight.Completion;

    /// <summary>When an entry that is due at a time can be begun.</summary>
    public DateTimeOffset Earliest(DateTimeOffset due, DateTimeOffset now)
    {
        lock (_gate)
        {
            var notBefore = _notBefore > now + QueueRetry ? now : _notBefore;
            var probe = Current()?.Health.NotBefore(now + schedule.Longest) ?? DateTimeOffset.MinValue;
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
    /// <param name="dueBy">What is due by then; null is what is due whenever it looks.</param>
    /// <param name="cancellationToken">Given to the connector too.</param>
    public async Task<DeliverySummary> DrainAsync(DateTimeOffset? dueBy, CancellationToken cancellationToken)
    {
        _summary = default;
        while (true)
        {
            var ended = Volatile.Read(ref _ended);
            await PassAsync(dueBy ?? time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            if (Volatile.Read(ref _underWay) > 0)
                await _wake.WaitAsync(Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
            else if (ended == Volatile.Read(ref _ended))
                return _summary;
        }
    }

    private async ValueTask PassAsync(DateTimeOffset dueBy, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (cancellationToken.IsCancellationRequested || Earliest(now, now) > now)
            return;
        try
        {
            var leases = queue.TakeAsync(name, dueBy, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using var _ = leases.ConfigureAwait(false);
            while (await TryBeginAsync(leases, cancellationToken).ConfigureAwait(false))
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

    private async ValueTask<bool> TryBeginAsync(IAsyncEnumerator<QueueLease> leases, CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _underWay) is var underWay and > 0 && underWay >= MaxConcurrent())
            await _wake.WaitAsync(Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
        var now = time.GetUtcNow();
        if (cancellationToken.IsCancellationRequested || Current() is not var (connector, health) || !health.TryBegin(now, now + schedule.Longest))
            return false;
        var began = false;
        try
        {
            if (!await leases.MoveNextAsync().ConfigureAwait(false))
                return false;
            began = true;
        }
        finally
        {
            if (!began)
                health.Abandon();
        }
        Interlocked.Increment(ref _underWay);
        // Ends with _underWay; the next attempt begins only after this one has.
        _ = DeliverAsync(leases.Current, connector!, health, cancellationToken);
        return true;
    }

    private async Task DeliverAsync(QueueLease lease, IForeignConnector connector, ConnectorHealth health, CancellationToken cancellationToken)
    {
        var mayWait = true;
        try
        {
            var summary = await worker.DeliverAsync(lease, connector, health, cancellationToken).ConfigureAwait(false);
            mayWait = summary.Deferred > 0;
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
            health.Abandon();
            Fail(e);
        }
        finally
        {
            Interlocked.Increment(ref _ended);
            Interlocked.Decrement(ref _underWay);
            _wake.Set();
            if (mayWait)
                changed();
        }
    }

    private int MaxConcurrent() => Current() is var (connector, health) ? health.IsFailing ? 1 : Math.Max(1, connector!.MaxConcurrentDeliveries) : 1;

    // A connector that was configured anew begins with a clean record.
    private (IForeignConnector? Connector, ConnectorHealth Health)? Current()
    {
        if (!state.Current.Connectors.TryGetValue(name, out var connector))
            return null;
        lock (_gate)
        {
            if (_current.Connector != connector)
                _current = (connector, new ConnectorHealth());
            return _current;
        }
    }

    private void Fail(Exception e)
    {
        if (_outage.Begin())
            logger.QueueFailed(e, name);
        lock (_gate)
            _notBefore = time.GetUtcNow() + QueueRetry;
    }
}
