using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

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

/// <summary>Works on the parts of a stored queue one by one: a part that fails is logged once per outage, and the others are worked on all
/// the same (RY-4). Thread-safe.</summary>
internal sealed class OutagesByPart(ILogger logger)
{
    // Outages beyond that are logged each time.
    private const int Most = 1000;

    private readonly ConcurrentDictionary<string, OutageLog> _outages = new(StringComparer.Ordinal);

    /// <summary>Looks; false when that failed.</summary>
    /// <param name="part">The part.</param>
    /// <param name="look">Does it.</param>
    /// <param name="cancellationToken">Its cancellation alone is thrown.</param>
    public bool Try(string part, Action look, CancellationToken cancellationToken)
    {
        try
        {
            look();
            End(part);
            return true;
        }
        catch (Exception e) when (!IsOurs(e, cancellationToken))
        {
            Begin(part, part, e);
            return false;
        }
    }

    /// <inheritdoc cref="Try"/>
    public async ValueTask<bool> TryAsync(string part, Func<ValueTask> look, CancellationToken cancellationToken)
    {
        try
        {
            await look().ConfigureAwait(false);
            End(part);
            return true;
        }
        catch (Exception e) when (!IsOurs(e, cancellationToken))
        {
            Begin(part, part, e);
            return false;
        }
    }

    /// <summary>Something failed.</summary>
    /// <param name="part">What.</param>
    /// <param name="name">How to call it.</param>
    /// <param name="e">How.</param>
    public void Begin(string part, string name, Exception e)
    {
        var outage = _outages.Count < Most ? _outages.GetOrAdd(part, _ => new OutageLog()) : _outages.GetValueOrDefault(part);
        if (outage?.Begin() ?? true)
            logger.QueuePartFailed(e, name);
    }

    /// <summary>It works.</summary>
    public void End(string part) => _outages.TryRemove(part, out _);

    private static bool IsOurs(Exception e, CancellationToken cancellationToken) =>
        e is OperationCanceledException && cancellationToken.IsCancellationRequested;
}
