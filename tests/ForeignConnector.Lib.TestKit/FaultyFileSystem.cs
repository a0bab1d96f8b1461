using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.TestKit;

/// <summary>
/// Another file system, of which one operation fails: the n-th, counted over everything that asks the system for something, reads and looks
/// included. The error arrives as .NET reports it on Linux, with its number in <see cref="Exception.HResult"/>.
/// </summary>
public sealed class FaultyFileSystem : FileSystemBase, IPlatformFiles
{
    private readonly IFileSystem _files;
    private readonly IPlatformFiles _platform;
    private readonly Faults _faults = new();

    /// <summary>Nothing fails yet.</summary>
    /// <param name="files">The file system that answers.</param>
    public FaultyFileSystem(IFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = files;
        _platform = PlatformFiles.For(files);
        File = Guarded.Of(files.File, _faults);
        Directory = Guarded.Of(files.Directory, _faults);
        FileInfo = Guarded.Of(files.FileInfo, _faults);
        DirectoryInfo = Guarded.Of(files.DirectoryInfo, _faults);
        FileStream = Guarded.Of(files.FileStream, _faults);
    }

    /// <summary>What was asked for so far, in order: name and path.</summary>
    public IReadOnlyList<string> Operations => _faults.Done;

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
    public override IPath Path => _files.Path;

    /// <inheritdoc/>
    public override IRandomAccess RandomAccess => throw new NotSupportedException(nameof(RandomAccess));

    /// <inheritdoc/>
    public override IDriveInfoFactory DriveInfo => throw new NotSupportedException(nameof(DriveInfo));

    /// <inheritdoc/>
    public override IFileSystemWatcherFactory FileSystemWatcher => throw new NotSupportedException(nameof(FileSystemWatcher));

    /// <inheritdoc/>
    public override IFileVersionInfoFactory FileVersionInfo => throw new NotSupportedException(nameof(FileVersionInfo));

    /// <summary>Lets one operation fail.</summary>
    /// <param name="operation">Its place in <see cref="Operations"/>.</param>
    /// <param name="error">One of <see cref="DiskErrors.Names"/>.</param>
    public void FailAt(int operation, string error) => _faults.FailAt(operation, error);

    /// <summary>Lets operations fail from now on: the function gets name and path of each, and says what it fails with; null is
    /// nothing.</summary>
    public void FailWhile(Func<string, Exception?> fault) => _faults.Always = fault;

    OpenResult IPlatformFiles.OpenExclusive(string path, out LockedFile? file)
    {
        file = null;
        if (_faults.Next("open", path) is { } fault)
            return fault is FileNotFoundException ? OpenResult.Gone : throw fault;
        var result = _platform.OpenExclusive(path, out var opened);
        file = opened is null ? null : new GuardedLock(opened, path, _faults);
        return result;
    }

    Stream? IPlatformFiles.OpenRegular(string path)
    {
        if (_faults.Next("open", path) is { } fault)
            return fault is FileNotFoundException ? null : throw fault;
        return _platform.OpenRegular(path) is { } stream ? new GuardedStream(stream, path, _faults) : null;
    }

    NewFile IPlatformFiles.Create(string path, SharedAccess? access) =>
        _faults.Next("create", path) is { } fault ? throw fault : new GuardedNewFile(_platform.Create(path, access), path, _faults);

    void IPlatformFiles.CreateDirectory(string path)
    {
        if (_faults.Next("mkdir", path) is { } fault)
            throw fault;
        _platform.CreateDirectory(path);
    }

    bool IPlatformFiles.MakePrivate(string directory) =>
        _faults.Next("chmod", directory) is { } fault ? throw fault : _platform.MakePrivate(directory);

    DirectoryRules IPlatformFiles.RulesOf(string directory) => _platform.RulesOf(directory);

    MoveResult IPlatformFiles.Link(string from, string to) =>
        _faults.Next("link", from) is { } fault ? throw fault : _platform.Link(from, to);

    string IPlatformFiles.VolumeOf(string directory) => _platform.VolumeOf(directory);

    MoveResult IPlatformFiles.Move(string from, string to) =>
        _faults.Next("rename", from) is { } fault ? throw fault : _platform.Move(from, to);

    void IPlatformFiles.FlushDirectory(string directory)
    {
        if (_faults.Next("fsync", directory) is { } fault)
            throw fault;
        _platform.FlushDirectory(directory);
    }

    IReadOnlyList<string> IPlatformFiles.RepairFileNames(string directory) => _platform.RepairFileNames(directory);

    VolumeSpace? IPlatformFiles.SpaceAt(string directory) => _platform.SpaceAt(directory);
}
