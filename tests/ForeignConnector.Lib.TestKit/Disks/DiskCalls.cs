using System.IO.Abstractions;
using System.IO.Enumeration;
using System.Text;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>The members of <see cref="IFile"/> that a <see cref="CrashingFileSystem"/> has.</summary>
internal sealed class FileCalls(Disk disk)
{
    public bool Exists(string path) => disk.Find(path) is { IsDirectory: false };

    public void Delete(string path) => disk.Delete(path);

    public void Move(string from, string to) => Move(from, to, overwrite: false);

    public void Move(string from, string to, bool overwrite)
    {
        var result = disk.Rename(from, to, overwrite);
        if (result != MoveResult.Moved)
            throw result == MoveResult.Gone ? DiskErrors.Missing(from) : DiskErrors.Exists(to);
    }

    public byte[] ReadAllBytes(string path)
    {
        using var stream = DiskStream.Open(disk, path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var octets = new byte[stream.Length];
        stream.ReadExactly(octets);
        return octets;
    }

    public void WriteAllText(string path, string contents, Encoding encoding) => WriteAllBytes(path, encoding.GetBytes(contents));

    public void WriteAllBytes(string path, byte[] octets)
    {
        using var stream = DiskStream.Open(disk, path, FileMode.Create, FileAccess.Write, FileShare.Read);
        stream.Write(octets);
    }
}

/// <summary>The members of <see cref="IDirectory"/>.</summary>
internal sealed class DirectoryCalls(Disk disk, DirectoryInfoCalls.Factory infos)
{
    public bool Exists(string path) => disk.Find(path) is { IsDirectory: true };

    public IDirectoryInfo CreateDirectory(string path)
    {
        var end = path.LastIndexOf('/');
        if (end > 0)
            CreateDirectory(path[..end]);
        if (disk.TryCreate(path, isDirectory: true) is null && disk.Find(path) is { IsDirectory: false })
            throw DiskErrors.Exists(path);
        return infos.New(path);
    }

    // There are no links on these disks.
    public IFileSystemInfo? ResolveLinkTarget(string linkPath, bool returnFinalTarget) =>
        disk.Find(linkPath) is null ? throw DiskErrors.MissingDirectory(linkPath) : null;

    public IEnumerable<string> EnumerateDirectories(string path) =>
        disk.List(path).Where(entry => entry.Node.IsDirectory).Select(entry => $"{path}/{entry.Name}");

    public IEnumerable<string> EnumerateFiles(string path) => EnumerateFiles(path, "*");

    public IEnumerable<string> EnumerateFiles(string path, string searchPattern) => disk.List(path)
        .Where(entry => !entry.Node.IsDirectory && FileSystemName.MatchesSimpleExpression(searchPattern, entry.Name, ignoreCase: false))
        .Select(entry => $"{path}/{entry.Name}");
}

/// <summary>The members of <see cref="IFileStreamFactory"/>.</summary>
internal sealed class FileStreamCalls(Disk disk)
{
    public FileSystemStream New(string path, FileMode mode, FileAccess access, FileShare share) =>
        DiskStream.Open(disk, path, mode, access, share);

    public FileSystemStream New(string path, FileMode mode, FileAccess access, FileShare share, int bufferSize) =>
        New(path, mode, access, share);

    public FileSystemStream New(string path, FileStreamOptions options) => New(path, options.Mode, options.Access, options.Share);
}

/// <summary>The members of <see cref="IFileInfo"/>; as it was when it was asked for.</summary>
internal sealed class FileInfoCalls(Disk disk, string path)
{
    private readonly DiskNode? _node = disk.Find(path);

    private readonly DiskData? _data = disk.Find(path) is { IsDirectory: false } file ? disk.Read(file) : null;

    public bool Exists => _data is not null;

    public string Name => path[(path.LastIndexOf('/') + 1)..];

    public string FullName => path;

    public long Length => _data?.Octets.Length ?? throw DiskErrors.Missing(path);

    public DateTime LastWriteTimeUtc => _data?.WrittenUtc ?? throw DiskErrors.Missing(path);

    public DateTime CreationTimeUtc => _node?.CreatedUtc ?? throw DiskErrors.Missing(path);

    // There are no links on these disks.
    public string? LinkTarget { get; }

    // -1 is what .NET says of what is not there.
    public FileAttributes Attributes =>
        _node is null ? (FileAttributes)(-1) : _node.IsDirectory ? FileAttributes.Directory : FileAttributes.Normal;

    /// <summary>The members of <see cref="IFileInfoFactory"/>.</summary>
    internal sealed class Factory(Disk disk)
    {
        public IFileInfo New(string path) => Subset.Of<IFileInfo>(new FileInfoCalls(disk, path));
    }
}

/// <summary>The members of <see cref="IDirectoryInfo"/>.</summary>
internal sealed class DirectoryInfoCalls(Disk disk, FileInfoCalls.Factory files, string path)
{
    public bool Exists => disk.Find(path) is { IsDirectory: true };

    public string FullName => path;

    public IEnumerable<IFileInfo> EnumerateFiles() =>
        disk.List(path).Where(entry => !entry.Node.IsDirectory).Select(entry => files.New($"{path}/{entry.Name}"));

    public IEnumerable<IFileInfo> EnumerateFiles(string searchPattern) =>
        EnumerateFiles().Where(file => FileSystemName.MatchesSimpleExpression(searchPattern, file.Name, ignoreCase: false));

    /// <summary>The members of <see cref="IDirectoryInfoFactory"/>.</summary>
    internal sealed class Factory(Disk disk, FileInfoCalls.Factory files)
    {
        public IDirectoryInfo New(string path) => Subset.Of<IDirectoryInfo>(new DirectoryInfoCalls(disk, files, path));
    }
}
