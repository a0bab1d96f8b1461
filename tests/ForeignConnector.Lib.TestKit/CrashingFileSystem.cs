using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.TestKit;

/// <summary>
/// A file system in memory that records every step, so that <see cref="DiskStates"/> can tell what a disk may show after a power cut
/// anywhere in between.
/// Behaves as Linux does: inodes, flock, exclusive renames, directories listed in no useful order, <c>fsync</c> of a file without its name.
/// Has the members the library uses; the others throw <see cref="NotSupportedException"/>.
/// </summary>
public sealed class CrashingFileSystem : FileSystemBase, IPlatformFiles
{
    private readonly Disk _disk;

    /// <summary>A disk that was just switched on.</summary>
    /// <param name="start">What is on it; nothing of it is locked, all of it is durable.</param>
    /// <param name="time">For the times of files.</param>
    /// <param name="mounts">Directories that are volumes of their own.</param>
    public CrashingFileSystem(DiskImage start, TimeProvider time, params string[] mounts)
        : this(start, [], time, mounts)
    {
    }

    /// <summary>A disk after the death of every process and without a power cut: what they did is there, flushed or not, and their locks
    /// are gone.</summary>
    /// <param name="start">What was on it at first.</param>
    /// <param name="done">What was done since.</param>
    /// <param name="time">For the times of files.</param>
    /// <param name="mounts">Directories that are volumes of their own.</param>
    public CrashingFileSystem(DiskImage start, IEnumerable<DiskOperation> done, TimeProvider time, params string[] mounts)
    {
        _disk = new Disk(start, done, mounts, time);
        var infos = new FileInfoCalls.Factory(_disk);
        var directories = new DirectoryInfoCalls.Factory(_disk, infos);
        File = Subset.Of<IFile>(new FileCalls(_disk));
        Directory = Subset.Of<IDirectory>(new DirectoryCalls(_disk, directories));
        FileInfo = Subset.Of<IFileInfoFactory>(infos);
        DirectoryInfo = Subset.Of<IDirectoryInfoFactory>(directories);
        FileStream = Subset.Of<IFileStreamFactory>(new FileStreamCalls(_disk));
    }

    /// <summary>What was on the disk at first.</summary>
    public DiskImage Start => _disk.Start;

    /// <summary>What was done since.</summary>
    public IReadOnlyList<DiskOperation> Operations => _disk.Operations;

    /// <summary>What programs see now.</summary>
    public DiskImage Now => _disk.Now;

    /// <summary>Called before each operation takes effect. May wait for other programs when the operation is a flush.</summary>
    public Action<DiskOperation> Before
    {
        get => _disk.Before;
        set => _disk.Before = value;
    }

    /// <summary>The most octets all files may have together; what is more fails with ENOSPC.</summary>
    /// <value>Default unlimited.</value>
    public long Capacity
    {
        get => _disk.Capacity;
        set => _disk.Capacity = value;
    }

    /// <inheritdoc/>
    public override IFile File { get; }

    /// <inheritdoc/>
    public override IDirectory Directory { get; }

    /// <inheritdoc/>
    public override IFileInfoFactory FileInfo { get; }

    /// <inheritdoc/>
    public override IDirectoryInfoFactory DirectoryInfo { get; }

    /// <inheritdoc/>
    public override IFileStreamFactory FileStream { get; }

    /// <inheritdoc/>
    public override IPath Path { get; } = new FileSystem().Path;

    /// <inheritdoc/>
    public override IRandomAccess RandomAccess => throw new NotSupportedException(nameof(RandomAccess));

    /// <inheritdoc/>
    public override IDriveInfoFactory DriveInfo => throw new NotSupportedException(nameof(DriveInfo));

    /// <inheritdoc/>
    public override IFileSystemWatcherFactory FileSystemWatcher => throw new NotSupportedException(nameof(FileSystemWatcher));

    /// <inheritdoc/>
    public override IFileVersionInfoFactory FileVersionInfo => throw new NotSupportedException(nameof(FileVersionInfo));

    /// <summary>Notes that the program promised something to the world at this point.</summary>
    public void Promise(string text) => _disk.Do(new Promised(text));

    OpenResult IPlatformFiles.OpenExclusive(string path, out LockedFile? file)
    {
        file = null;
        if (_disk.Find(path) is not { } node)
            return OpenResult.Gone;
        if (node.IsDirectory)
            return OpenResult.NotRegular;
        if (!_disk.TryLock(node, exclusive: true))
            return OpenResult.Locked;
        file = new DiskLock(_disk, node);
        return OpenResult.Opened;
    }

    Stream? IPlatformFiles.OpenRegular(string path) =>
        _disk.Find(path) is { IsDirectory: false } file ? new MemoryStream(_disk.Read(file).Octets.ToArray(), writable: false) : null;

    NewFile IPlatformFiles.Create(string path, SharedAccess? access) => new DiskNewFile(_disk, path);

    void IPlatformFiles.CreateDirectory(string path) => Directory.CreateDirectory(path);

    MoveResult IPlatformFiles.Link(string from, string to) => _disk.Link(from, to);

    string IPlatformFiles.VolumeOf(string directory) => _disk.VolumeOf(directory);

    MoveResult IPlatformFiles.Move(string from, string to) => _disk.Rename(from, to, replace: false);

    void IPlatformFiles.FlushDirectory(string directory) => _disk.Do(new DirectoryFlushed(_disk.FindDirectory(directory)));
}
