namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>
/// Knows when what waits for configured connectors is to be routed again (RT-8): all of it when the process begins and after each change of
/// the configuration, that of one connector when it had no success for a long time, and when an attempt that began before a change has
/// ended.
/// </summary>
internal sealed class QueueRouting(TransportState state,
    QueueRerouter rerouter, Func<IEnumerable<string>> configured, Func<string, ConnectorPump> pump, QueueProcessorOptions options)
{
    private TransportSnapshot? _routed;
    private bool _hasFailed;

    /// <summary>True when there is something to do. Asks connectors that have entries alone.</summary>
    public bool IsDue =>
        Volatile.Read(ref _routed) != state.Current || configured().Any(name => pump(name).IsRoutingDue(options.MaxIdleTimeBeforeResubmit));

    /// <summary>What failed is tried again with the next run.</summary>
    public void Retry()
    {
        if (!Volatile.Read(ref _hasFailed))
            return;
        Volatile.Write(ref _hasFailed, false);
        Volatile.Write(ref _routed, null);
    }

    /// <summary>Does what there is to do. One call at a time.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var current = state.Current;
        var isNew = Interlocked.Exchange(ref _routed, current) != current;
        // All of them, so that each notes that it was looked at.
        var names = configured().Where(name => pump(name).TakeRoutingDue(options.MaxIdleTimeBeforeResubmit) | isNew).ToArray();
        try
        {
            var (_, isWell) = await rerouter.RerouteAsync(names, QueueAge.All, cancellationToken).ConfigureAwait(false);
            if (!isWell)
                Volatile.Write(ref _hasFailed, true);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
