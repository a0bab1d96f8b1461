using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>
/// Files that could not be handed over and have their names again. They rest for a while, so that their renames, which the file system reports, do not bring them back at once; and
/// a file that is provably the same gets the same key again (PU-4). Bounded: what finds no room rests until the next poll with everything else. Thread-safe.
/// </summary>
/// <remarks>The proof is the open file: while it is open here, no other file can be it (SE-2). Where a file cannot be open without a lock, its facts must do.</remarks>
/// <param name="pause">How long they rest.</param>
/// <param name="time">The clock.</param>
internal sealed class GivenBackFiles(TimeSpan pause, TimeProvider time) : IDisposable
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
            return _entries.TryGetValue(name, out var entry) && time.GetElapsedTime(entry.Since) < pause;
    }

    /// <summary>The key that an opened file had before; null for another file, and for one that was changed since.</summary>
    public UInt128? Recognize(FileClaim opened)
    {
        lock (_gate)
        {
            if (!_entries.Remove(opened.OriginalName, out var entry))
                return null;
            using (entry.File)
            {
                var isSame = entry.Facts.Confirms(opened.File.Facts) && entry.Facts.Changed == opened.File.Facts.Changed && entry.File?.IsAt(opened.Path) != false;
                return isSame ? entry.Key : null;
            }
        }
    }

    /// <summary>Remembers a file that has just been given its name back.</summary>
    /// <param name="claim">The claim; it is disposed, or kept open here without its lock.</param>
    /// <param name="key">The key it had.</param>
    public void Add(FileClaim claim, UInt128 key)
    {
        var (facts, canStayOpen) = (claim.File.AskFacts(), claim.File.Unlock());
        var entry = new Entry(key, facts, canStayOpen ? claim.File : null, time.GetTimestamp());
        lock (_gate)
        {
            _isOverflowing |= _entries.Count >= Bound;
            if (_entries.Count >= Bound)
                return;
            if (_entries.Remove(claim.CurrentName, out var old))
                old.File?.Dispose();
            _entries.Add(claim.CurrentName, entry);
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

    /// <summary>Forgets all of them.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var entry in _entries.Values)
                entry.File?.Dispose();
            _entries.Clear();
        }
    }

    /// <summary>Forgets the files that are gone: their space is free only then.</summary>
    public void Sweep(Func<string, string> pathOf)
    {
        lock (_gate)
        {
            foreach (var (name, entry) in _entries.ToArray())
            {
                if (entry.File?.IsAt(pathOf(name)) != false)
                    continue;
                entry.File.Dispose();
                _entries.Remove(name);
            }
        }
    }

    private sealed record Entry(UInt128 Key, FileFacts Facts, LockedFile? File, long Since);
}
