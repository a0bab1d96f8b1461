using System.IO.Abstractions;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>Tells files that are still being written from files that are done, where no lock does (PU-2).</summary>
internal sealed class SettleTracker(IFileSystem files, string directory, TimeSpan settleTime, TimeProvider time)
{
    // Only files whose time lies in the future, or cannot be one, are remembered: such a time says nothing about their age. Files beyond
    // the bound wait until others have gone.
    private const int Bound = 100_000;

    private Dictionary<string, (DateTime Written, long Length, long Seen)> _ahead = new(StringComparer.Ordinal);
    private Dictionary<string, (DateTime Written, long Length, long Seen)> _aheadNow = new(StringComparer.Ordinal);

    /// <summary>Begins a pass; files that the pass before did not ask about are forgotten.</summary>
    public void BeginPass()
    {
        (_ahead, _aheadNow) = (_aheadNow, _ahead);
        _aheadNow.Clear();
    }

    /// <summary>True when the file has not changed for the settle time.</summary>
    /// <param name="file">The file as it was listed.</param>
    /// <param name="listed">How long ago that was: a listing older than the settle time says nothing any more.</param>
    /// <exception cref="IOException">The file cannot be asked.</exception>
    public bool IsQuiet(WaitingFile file, TimeSpan listed) =>
        settleTime <= TimeSpan.Zero
            || IsQuietFor(listed < settleTime ? file : file with { Written = FileTimes.LastWriteUtc(files, PathOf(file)) }, settleTime);

    /// <summary>True when the file has not changed for a time.</summary>
    public bool IsQuietFor(WaitingFile file, TimeSpan quietTime)
    {
        if (quietTime <= TimeSpan.Zero)
            return true;
        var age = time.GetUtcNow().UtcDateTime - file.Written;
        return age >= TimeSpan.Zero ? age >= quietTime : HasStoodStill(file, quietTime);
    }

    private bool HasStoodStill(WaitingFile file, TimeSpan quietTime)
    {
        var now = (file.Written, files.FileInfo.New(PathOf(file)).Length, Seen: time.GetTimestamp());
        if (_aheadNow.Count >= Bound)
            return false;
        if (_ahead.TryGetValue(file.Name, out var before) && before.Written == now.Written && before.Length == now.Length)
            now.Seen = before.Seen;
        _aheadNow[file.Name] = now;
        return time.GetElapsedTime(now.Seen) >= quietTime;
    }

    private string PathOf(WaitingFile file) => files.Path.Combine(directory, file.Name);
}
