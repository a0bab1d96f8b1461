using System.Runtime.CompilerServices;

namespace ForeignConnector.Lib.Delivery;

/// <summary>
/// Counts the attempts of connectors that belong to the transport, and disposes a connector that was retired when its last attempt has
/// ended (CN-4). A connector that was never added belongs to somebody else: it is not counted. Thread-safe.
/// </summary>
/// <param name="failed">Told of a disposal that failed.</param>
internal sealed class ConnectorUses(Action<Exception, IForeignConnector>? failed = null)
{
    private readonly Lock _gate = new();
    // By identity, and no longer than the connector is known elsewhere.
    private readonly ConditionalWeakTable<IForeignConnector, Use> _uses = [];

    /// <summary>The connector belongs to the transport from now on, if it does not yet.</summary>
    public void AddIfNew(IForeignConnector connector)
    {
        lock (_gate)
            _uses.GetOrCreateValue(connector);
    }

    /// <summary>The connector belongs to the transport and is in use.</summary>
    public void Add(IForeignConnector connector)
    {
        lock (_gate)
        {
            _uses.GetOrCreateValue(connector).IsRetired = false;
        }
    }

    /// <summary>An attempt begins. False when the connector was retired: it may be disposed already.</summary>
    public bool TryBegin(IForeignConnector connector)
    {
        lock (_gate)
        {
            if (!_uses.TryGetValue(connector, out var use))
                return true;
            if (use.IsRetired)
                return false;
            use.Attempts++;
            return true;
        }
    }

    /// <summary>An attempt that began has ended.</summary>
    public void End(IForeignConnector connector)
    {
        lock (_gate)
        {
            if (!_uses.TryGetValue(connector, out var use) || --use.Attempts > 0 || !use.IsRetired)
                return;
        }
        _ = DisposeAsync(connector);
    }

    /// <summary>No attempt may begin any more.</summary>
    /// <returns>Ends with the disposal; at once when attempts are under way, the last of which disposes the connector.</returns>
    public Task RetireAsync(IForeignConnector connector)
    {
        lock (_gate)
        {
            if (!_uses.TryGetValue(connector, out var use) || use.IsRetired)
                return Task.CompletedTask;
            use.IsRetired = true;
            if (use.Attempts > 0)
                return Task.CompletedTask;
        }
        return DisposeAsync(connector);
    }

    // Elsewhere: what a connector does when it is disposed may take its time, and nobody may wait for it under a lock.
    private Task DisposeAsync(IForeignConnector connector) => Task.Run(async () =>
    {
        try
        {
            if (connector is IAsyncDisposable later)
                await later.DisposeAsync().ConfigureAwait(false);
            else
                (connector as IDisposable)?.Dispose();
        }
#pragma warning disable CA1031 // Whatever a connector throws, the transport goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed?.Invoke(e, connector);
        }
    });

    private sealed class Use
    {
        public int Attempts { get; set; }

        public bool IsRetired { get; set; }
    }
}
