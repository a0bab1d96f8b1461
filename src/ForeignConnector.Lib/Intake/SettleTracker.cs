using System.IO.Abstractions;

namespace ForeignConnector.Lib.Intake;

/// <summary>Tells files that are still being written from files that are done, where no lock does (PU-2).</summary>
internal sealed class SettleTracker(TimeSpan settleTime, TimeProvider time)
{
    // Only files with a time in the future are remembered: a clock that is ahead (network mounts) says nothing about their age.
    private Dictionary<string, (DateTime Written, long Length, long Seen)> _ahead = new(StringComparer.Ordinal);
    private Dictionary<string, (DateTime Written, long Length, long Seen)> _aheadNow = new(StringComparer.Ordinal);

    /// <summary>Begins a look at the directory; what was not asked about since the one before is forgotten.</summary>
    public void BeginPass()
    {
        (_ahead, _aheadNow) = (_aheadNow, _ahead);
        _aheadNow.Clear();
    }

    /// <summary>True when the file has not changed for the settle time.</summary>
    public bool IsQuiet(IFileInfo file) => IsQuiet(file, settleTime);

    /// <summary>True when the file has not changed for a time.</summary>
    public bool IsQuiet(IFileInfo file, TimeSpan quietTime)
    {
        if (quietTime <= TimeSpan.Zero)
            return true;
        var age = time.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc;
        return age >= TimeSpan.Zero ? age >= quietTime : HasStoodStill(file, quietTime);
    }

    private bool HasStoodStill(IFileInfo file, TimeSpan quietTime)
    {
        var now = (file.LastWriteTimeUtc, file.Length, Seen: time.GetTimestamp());
        if (_ahead.TryGetValue(file.Name, out var before) && before.Written == now.LastWriteTimeUtc && before.Length == now.Length)
            now.Seen = before.Seen;
        _aheadNow[file.Name] = now;
        return time.GetElapsedTime(now.Seen) >= quietTime;
    }
}
