using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>A disk as the running programs see it, and the record of what they did. Thread-safe. Paths are absolute.</summary>
internal sealed class Disk
{
    private readonly Lock _gate = new();
    private readonly List<DiskOperation> _operations;
    private readonly Dictionary<int, FileLocks> _locks = [];
    private readonly string[] _mounts;
    private readonly TimeProvider _time;

    public Disk(DiskImage start, IEnumerable<DiskOperation> done, string[] mounts, TimeProvider time)
    {
        Start = start;
        _operations = [.. done];
        _mounts = mounts;
        _time = time;
        Now = DiskStates.Latest(start, _operations);
    }

    public DiskImage Start { get; }

    public DiskImage Now { get; private set; }

    public DiskOperation[] Operations
    {
        get
        {
            lock (_gate)
                return [.. _operations];
        }
    }

    /// <summary>The most octets all files may have together.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    public DateTime NowUtc => _time.GetUtcNow().UtcDateTime;

    /// <summary>Called before an operation takes effect. May block, on a flush: then others go on meanwhile.</summary>
    public Action<DiskOperation> Before { get; set; } = _ => { };

    public void Do(DiskOperation operation)
    {
        Before(operation);
        lock (_gate)
        {
            Now = Now.After(operation);
            _operations.Add(operation);
        }
    }

    public DiskNode? Find(string path)
    {
        var node = DiskImage.Root;
        foreach (var name in Split(path))
        {
            if (!node.IsDirectory || !Now.Entries[node.Id].TryGetValue(name, out var next))
                return null;
            node = next;
        }
        return node;
    }

    public DiskNode FindDirectory(string path) =>
        Find(path) is { IsDirectory: true } directory ? directory : throw DiskErrors.MissingDirectory(path);

    /// <summary>Names and nodes in a directory, in an order that nobody may rely on: the newest first.</summary>
    public (string Name, DiskNode Node)[] List(string path) =>
        [.. Now.Entries[FindDirectory(path).Id].OrderByDescending(entry => entry.Value.Id).Select(entry => (entry.Key, entry.Value))];

    /// <summary>Null when the name is taken.</summary>
    public DiskNode? TryCreate(string path, bool isDirectory)
    {
        lock (_gate)
        {
            var (parent, name) = Parent(path);
            if (Now.Entries[parent.Id].ContainsKey(name))
                return null;
            var node = new DiskNode(Now.NextId, isDirectory, NowUtc, VolumeOf(path));
            Do(new EntriesChanged(parent, [new EntryChange(name, node, node)]));
            return node;
        }
    }

    public bool Delete(string path)
    {
        lock (_gate)
        {
            var (parent, name) = Parent(path);
            if (!Now.Entries[parent.Id].TryGetValue(name, out var node))
                return false;
            Do(new EntriesChanged(parent, [new EntryChange(name, null, node)]));
            return true;
        }
    }

    public MoveResult Rename(string from, string to, bool replace)
    {
        lock (_gate)
        {
            if (Find(from) is not { } node)
                return MoveResult.Gone;
            var ((source, oldName), (target, newName)) = (Parent(from), Parent(to));
            if (!replace && Now.Entries[target.Id].ContainsKey(newName))
                return MoveResult.Exists;
            if (source.Volume != target.Volume)
                return MoveResult.OtherVolume;
            var (gone, there) = (new EntryChange(oldName, null, node), new EntryChange(newName, node, node));
            if (source == target)
            {
                Do(new EntriesChanged(source, [gone, there]));
                return MoveResult.Moved;
            }
            Do(new EntriesChanged(target, [there]));
            Do(new EntriesChanged(source, [gone]));
            return MoveResult.Moved;
        }
    }

    /// <summary>A second name.</summary>
    public MoveResult Link(string from, string to)
    {
        lock (_gate)
        {
            if (Find(from) is not { } node)
                return MoveResult.Gone;
            var (target, name) = Parent(to);
            if (Now.Entries[target.Id].ContainsKey(name))
                return MoveResult.Exists;
            if (node.Volume != target.Volume)
                return MoveResult.OtherVolume;
            Do(new EntriesChanged(target, [new EntryChange(name, node, node)]));
            return MoveResult.Moved;
        }
    }

    public DiskData Read(DiskNode file) => Now.Data[file.Id];

    /// <summary>A number that changes with the names of a file, as its time of change does; a power cut that takes a name back takes the
    /// change back.</summary>
    public long NamesOf(DiskNode file) =>
        Now.Files.Where(found => found.Node == file).SelectMany(found => found.Path + "\n")
            .Aggregate(17L, (hash, letter) => unchecked((hash * 31) + letter));

    public void Write(DiskNode file, long offset, ReadOnlySpan<byte> piece)
    {
        lock (_gate)
        {
            var before = Now.Data[file.Id].Octets;
            // A full disk takes what there is room for.
            var fits = (int)Math.Clamp(Room() + before.Length - offset, 0, piece.Length);
            var octets = new byte[Math.Max(before.Length, offset + fits)];
            before.CopyTo(octets);
            piece[..fits].CopyTo(octets.AsSpan((int)offset));
            Do(new FileWritten(file, new DiskData(octets, NowUtc)));
            if (fits < piece.Length)
                throw DiskErrors.Full();
        }
    }

    public void Truncate(DiskNode file, long length)
    {
        var octets = new byte[length];
        var before = Now.Data[file.Id].Octets.Span;
        before[..(int)Math.Min(length, before.Length)].CopyTo(octets);
        Do(new FileWritten(file, new DiskData(octets, NowUtc)));
    }

    public bool TryLock(DiskNode file, bool exclusive)
    {
        lock (_gate)
            return LocksOf(file).TryTake(exclusive);
    }

    public void Unlock(DiskNode file, bool exclusive)
    {
        lock (_gate)
            LocksOf(file).Release(exclusive);
    }

    /// <summary>An exclusive lock becomes a shared one.</summary>
    public void Share(DiskNode file)
    {
        lock (_gate)
        {
            LocksOf(file).Release(exclusive: true);
            LocksOf(file).TryTake(exclusive: false);
        }
    }

    public string VolumeOf(string path) =>
        Array.Find(_mounts, mount => path == mount || path.StartsWith(mount + "/", StringComparison.Ordinal)) ?? "/";

    private long Room() =>
        Capacity == long.MaxValue
            ? int.MaxValue
            : Capacity - Now.Files.DistinctBy(file => file.Node.Id).Sum(file => (long)file.Data.Octets.Length);

    private FileLocks LocksOf(DiskNode file) => _locks.TryGetValue(file.Id, out var locks) ? locks : _locks[file.Id] = new FileLocks();

    private (DiskNode Directory, string Name) Parent(string path)
    {
        var end = path.LastIndexOf('/');
        return (FindDirectory(path[..end]), path[(end + 1)..]);
    }

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
