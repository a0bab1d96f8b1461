using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>
/// Files that were claimed and have their names again: they could not be handed over, or a power cut took the claim back. They rest for a
/// while, so that their renames, which the file system reports, do not bring them back at once; and a file that is provably the same keeps
/// its record, and with it its key (PU-4). Bounded: a file that finds no room here counts as new when it is claimed again, and all files
/// rest until the next poll. Thread-safe.
/// </summary>
/// <remarks>The proof is the open file: while it is open here, no other file can be it (SE-2). Where a file cannot be open without a lock,
/// its facts must do.</remarks>
/// <param name="pause">How long they rest.</param>
/// <param name="time">The clock.</param>
/// <param name="forget">Called with the record of a file that is gone, or was changed.</param>
internal sealed class ReleasedFiles(TimeSpan pause, TimeProvider time, Action<ClaimRecord> forget) : IDisposable
{
    // Each is an open file.
    private const int Bound = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private bool _isOverflowing;

    /// <summary>True when the file of that name was given back just now.</summary>
    public bool IsResting(string name)
    {
        lock (_gate)
            return _entries.TryGetValue(name, out var entry) && entry.Since is { } since && time.GetElapsedTime(since) < pause;
    }

    /// <summary>The record of an opened file; null for another file, and for one that was changed since.</summary>
    public ClaimRecord? Recognize(FileClaim opened)
    {
        lock (_gate)
        {
            if (!_entries.Remove(opened.OriginalName, out var entry))
                return null;
            using (entry.File)
            {
                if (entry.Facts.Confirms(opened.File.Facts) && entry.Facts.Changed == opened.File.Facts.Changed
                    && entry.File?.IsSurelyAt(opened.Path) != false)
                    return entry.Record;
            }
            forget(entry.Record);
            return null;
        }
    }

    /// <summary>Remembers a file that has its name again.</summary>
    /// <param name="claim">The file; it is closed by the caller, or kept open here without its lock.</param>
    /// <param name="record">What is written down about it.</param>
    /// <param name="mustRest">False for a file that nobody has tried in this process.</param>
    public void Add(FileClaim claim, ClaimRecord record, bool mustRest)
    {
        var (facts, canStayOpen) = (claim.File.AskFacts(), claim.File.Unlock());
        lock (_gate)
        {
            if (_entries.Remove(claim.CurrentName, out var old))
                Forget(old);
            if (_entries.Count >= Bound)
            {
                _isOverflowing = true;
                forget(record);
                return;
            }
            _entries.Add(claim.CurrentName, new Entry(
                record, facts, canStayOpen ? claim.File : null, mustRest ? time.GetTimestamp() : null));
        }
        if (canStayOpen)
            claim.Detach();
    }

    /// <summary>True, once, when a file found no room.</summary>
    public bool TakeOverflow()
    {
        lock (_gate)
        {
            var was = _isOverflowing;
            _isOverflowing = false;
            return was;
        }
    }

    /// <summary>Forgets the files that are gone: their space is free only then.</summary>
    public void Sweep(Func<string, string> pathOf)
    {
        lock (_gate)
        {
            foreach (var (name, entry) in _entries.ToArray())
            {
                if (MayBeAt(entry.File, pathOf(name)))
                    continue;
                _entries.Remove(name);
                Forget(entry);
            }
        }
    }

    /// <summary>Closes the files; what is written down about them stays for the next process.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var entry in _entries.Values)
                entry.File?.Dispose();
            _entries.Clear();
        }
    }

    // A file that cannot be asked about counts as there; the next poll tells.
    private static bool MayBeAt(LockedFile? file, string path)
    {
        try
        {
            return file?.IsAt(path) != false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private void Forget(Entry entry)
    {
        entry.File?.Dispose();
        forget(entry.Record);
    }

    private sealed record Entry(ClaimRecord Record, FileFacts Facts, LockedFile? File, long? Since);
}
