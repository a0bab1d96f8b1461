using ForeignConnector.Lib.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// Logs entries that somebody else has had locked for minutes (DR-10): another process that shares the queue, or a program that has no
/// business there. Once for each entry and outage. Thread-safe.
/// </summary>
internal sealed class LockedEntries(TimeProvider time, ILogger logger)
{
    /// <summary>How long is strange.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Entries beyond that are not logged; there is enough to read then.
    private const int Most = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<IndexedEntry, (long Since, bool IsTold)> _locked = [];

    /// <summary>The entry could not be had.</summary>
    public void Saw(IndexedEntry entry)
    {
        lock (_gate)
        {
            if (!_locked.TryGetValue(entry, out var seen))
            {
                if (_locked.Count < Most)
                    _locked[entry] = (time.GetTimestamp(), false);
                return;
            }
            if (seen.IsTold || time.GetElapsedTime(seen.Since) < Patience)
                return;
            _locked[entry] = seen with { IsTold = true };
        }
        logger.EntryLocked(entry.Name, Telemetry.NameOf(entry.Connector));
    }

    /// <summary>The entry could be had, or is no more.</summary>
    public void Clear(IndexedEntry entry)
    {
        lock (_gate)
            _locked.Remove(entry);
    }
}
