namespace ForeignConnector.Lib.Diagnostics;

/// <summary>Remembers whether something is out of order, so that an outage is logged once and not once per message (DR-2).
/// Thread-safe.</summary>
internal sealed class OutageLog
{
    private int _out;

    /// <summary>True during an outage.</summary>
    public bool IsOut => Volatile.Read(ref _out) == 1;

    /// <summary>True when this is the beginning of an outage.</summary>
    public bool Begin() => Interlocked.Exchange(ref _out, 1) == 0;

    /// <summary>True when this is the end of one.</summary>
    public bool End() => Interlocked.Exchange(ref _out, 0) == 1;
}
