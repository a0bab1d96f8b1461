using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;

namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>A connector as one configuration has it: its health, and its places. Thread-safe.</summary>
internal sealed class ConnectorInUse(IForeignConnector connector, ConnectorUses uses, string? protocol)
{
    private int _taken;
    private int _overdue;
    private int _places = 1;

    public IForeignConnector Connector { get; } = connector;

    /// <summary>The protocol of a delivery agent; null for a Drop directory.</summary>
    public string? Protocol => protocol;

    /// <summary>Who decides when it answers (DA-13).</summary>
    public TrackingSource Source => protocol switch
    {
        null => TrackingSource.Gateway,
        "SMTP" => TrackingSource.Smtp,
        _ => TrackingSource.Agent,
    };

    public ConnectorHealth Health { get; } = new();

    /// <summary>True while a place is free.</summary>
    /// <remarks>What the connector says may change, and it may throw.</remarks>
    public bool HasPlace => Volatile.Read(ref _taken) < (_places = Math.Max(1, Connector.MaxConcurrentDeliveries));

    /// <summary>How many recipients the connector takes at a time.</summary>
    public int MaxRecipients => Math.Max(1, Connector.MaxRecipientsPerDelivery);

    /// <summary>How many attempts may be under way.</summary>
    public int Places => Health.IsFailing ? 1 : _places;

    /// <summary>Attempts that were given up and did not end.</summary>
    public int Overdue => Volatile.Read(ref _overdue);

    /// <summary>True while attempts that do not end have all the places.</summary>
    public bool IsStuck => Overdue >= _places;

    /// <summary>Takes a place.</summary>
    /// <param name="freed">Called when it is free again after an attempt that was late.</param>
    /// <returns>Null when the connector has left the configuration, and may be disposed.</returns>
    public ConnectorPlace? Take(Action freed)
    {
        if (!uses.TryBegin(Connector))
            return null;
        Interlocked.Increment(ref _taken);
        return new ConnectorPlace(this, freed);
    }

    private void End() => uses.End(Connector);

    /// <summary>A place of an attempt. Disposing gives it back, at once or when the attempt ends that it is kept for.</summary>
    internal sealed class ConnectorPlace(ConnectorInUse owner, Action freed) : IDisposable
    {
        private Task? _attempt;

        /// <summary>The attempt was given up, and keeps the place until it ends.</summary>
        public void KeepFor(Task attempt)
        {
            _attempt = attempt;
            Interlocked.Increment(ref owner._overdue);
        }

        public void Dispose()
        {
            if (_attempt is null)
                Free();
            else
                _ = FreeAsync(_attempt);
        }

        private async Task FreeAsync(Task attempt)
        {
            await attempt.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref owner._overdue);
            Free();
            freed();
        }

        private void Free()
        {
            Interlocked.Decrement(ref owner._taken);
            owner.End();
        }
    }
}
