using System.IO.Abstractions;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>
/// Whether a Drop directory has room (DR-6): a running total of the sizes of all message files in it, and of those being written.
/// Thread-safe; the writers of one process never exceed the quota together.
/// </summary>
/// <remarks>
/// The total does not see the files that the gateway takes away and that others write, so the directory is read again when half of the room
/// that the last reading found is used up: two processes that share a directory stay within the quota together, apart from one message each
/// when it is nearly full; more processes may exceed it by the files that they wrote since each last looked.
/// </remarks>
internal sealed class DropQuota(ByteSize quota, IFileSystem files, string directory, TimeProvider time)
{
    // A directory that changed at least this long ago changes its time when it changes again (FAT counts in steps of two seconds).
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    // How long that is believed: some network file systems do not keep the time of a directory.
    private static readonly TimeSpan ReadingAge = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _pending = new(StringComparer.Ordinal);
    private bool _isKnown;
    private long _used;
    private long _reserved;
    private long _unread;
    private DateTime _changed;
    private DateTimeOffset _read;

    private long Room => quota.Octets - _used - _reserved;

    /// <summary>Room for a file; null when there is none.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public DropReservation? TryReserve(string name, long octets)
    {
        if (quota.IsUnlimited)
            return DropReservation.Nothing;
        lock (_gate)
        {
            // The same delivery twice at once ends as one file.
            if (_pending.ContainsKey(name))
                return DropReservation.Nothing;
            if (!TryTake(octets))
                return null;
            _pending.Add(name, octets);
            return new DropReservation(this, name);
        }
    }

    /// <summary>Something went wrong, or others changed the directory: the next reservation reads it.</summary>
    public void Invalidate()
    {
        lock (_gate)
            _isKnown = false;
    }

    internal bool TryResize(string name, long octets)
    {
        lock (_gate)
        {
            if (!TryTake(octets - _pending[name]))
                return false;
            _pending[name] = octets;
            return true;
        }
    }

    /// <summary>False when the same delivery at the same time has room for the new name already; the room of the old name is free
    /// then.</summary>
    internal bool TryRename(string name, string newName)
    {
        lock (_gate)
        {
            // Somebody else's file has the old name, and counts from the next reading on.
            _isKnown = false;
            _pending.Remove(name, out var octets);
            if (_pending.TryAdd(newName, octets))
                return true;
            _reserved -= octets;
            return false;
        }
    }

    internal void End(string name, bool isKept)
    {
        lock (_gate)
        {
            _pending.Remove(name, out var octets);
            _reserved -= octets;
            _used += isKept ? octets : 0;
        }
    }

    private bool TryTake(long octets)
    {
        if (!_isKnown || octets > _unread)
            Read();
        if (octets > Room)
            return false;
        _reserved += octets;
        _unread -= octets;
        return true;
    }

    private void Read()
    {
        // Asked for before the files are listed: what changes meanwhile makes it another time.
        var changed = FileTimes.DirectoryLastWriteUtc(files, directory);
        var now = time.GetUtcNow();
        if (_isKnown && changed == _changed && now - _read < ReadingAge)
            return;
        _used = 0;
        foreach (var file in files.DirectoryInfo.New(directory).EnumerateFiles())
        {
            // A file that is being written counts as reserved, whether it has its name by now or not.
            if (file.Name.EndsWith(FileNames.Message, StringComparison.OrdinalIgnoreCase) && !_pending.ContainsKey(file.Name))
                _used += SizeOf(file);
        }
        _isKnown = true;
        _unread = Room / 2;
        _read = now;
        _changed = now.UtcDateTime - changed > Settled ? changed : default;
    }

    // The gateway may take a file away between listing and looking.
    private static long SizeOf(IFileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}

/// <summary>Room in a Drop directory for one file that is being written (DR-6). Disposing gives back what was not kept.</summary>
internal sealed class DropReservation(DropQuota? quota, string name) : IDisposable
{
    private DropQuota? _quota = quota;
    private string _name = name;
    private bool _isKept;

    /// <summary>For a directory without quota, and for a file that is there already.</summary>
    public static DropReservation Nothing { get; } = new(null, "");

    /// <summary>Changes the room to the file's real size; false, and no change, when there is not enough.</summary>
    public bool TryResize(long octets) => _quota?.TryResize(_name, octets) ?? true;

    /// <summary>The file gets another name, because something else has the one it had.</summary>
    public void Rename(string newName)
    {
        if (_quota is null || newName == _name)
            return;
        if (!_quota.TryRename(_name, newName))
            _quota = null;
        _name = newName;
    }

    /// <summary>The file is there now, with this name and size.</summary>
    public void Keep() => _isKept = true;

    public void Dispose() => _quota?.End(_name, _isKept);
}
