using System.IO.Abstractions;

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>
/// The fallback without P/Invoke: Windows, where its guarantees are the system's own, and file systems that exist in memory. On Unix
/// <see cref="Move"/> only looks before it renames (style P1), so that two movers at the same instant can both succeed.
/// </summary>
internal sealed class ManagedPlatformFiles(IFileSystem files) : IPlatformFiles
{
    // On Windows sharing of deletion lets the owner rename the file while it holds it; a second reader is refused. On Unix an open file can
    // always be renamed, and only FileShare.None takes the exclusive lock.
    private static readonly FileShare Exclusive = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION; EWOULDBLOCK of Linux and of macOS.
    private static readonly int[] LockedErrors = OperatingSystem.IsWindows() ? [32, 33] : [11, 35];

    public OpenResult OpenExclusive(string path, out LockedFile? file)
    {
        file = null;
        try
        {
            if (IsRegular(path) is var result and not OpenResult.Opened)
                return result;
            var stream = files.FileStream.New(path, FileMode.Open, FileAccess.Read, Exclusive, bufferSize: 1);
            file = new Locked(files, stream, path);
            return OpenResult.Opened;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return OpenResult.Gone;
        }
        catch (IOException e) when (LockedErrors.Contains(e.HResult & 0xFFFF))
        {
            return OpenResult.Locked;
        }
    }

    public Stream? OpenRegular(string path)
    {
        try
        {
            return IsRegular(path) == OpenResult.Opened
                ? files.FileStream.New(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1)
                : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public NewFile Create(string path, SharedAccess? access = null) => new ManagedNewFile(files, path);

    public void CreateDirectory(string path) => files.Directory.CreateDirectory(path);

    public bool MakePrivate(string directory) => false;

    // On Windows a renamed file keeps the access rules of the directory that it comes from.
    public DirectoryRules RulesOf(string directory) =>
        new() { MustBeCreated = OperatingSystem.IsWindows() };

    public MoveResult Move(string from, string to)
    {
        try
        {
            files.File.Move(from, to, overwrite: false);
            return MoveResult.Moved;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && !files.HasFile(from))
        {
            return MoveResult.Gone;
        }
        catch (IOException) when (files.File.Exists(to) && files.File.Exists(from))
        {
            return MoveResult.Exists;
        }
    }

    public MoveResult Link(string from, string to) => Move(from, to);

    public string VolumeOf(string directory) => files.Path.GetPathRoot(directory) ?? "";

    public void FlushDirectory(string directory)
    {
        // NTFS journals its directories; there is no managed call, and none is needed for the order of steps to hold.
    }

    // Names are text here.
    public IReadOnlyList<string> RepairFileNames(string directory) => [];

    public VolumeSpace? SpaceAt(string directory) => SpaceOf(files, directory, files.Path.GetPathRoot(files.Path.GetFullPath(directory)));

    /// <summary>What .NET knows of a volume.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">A directory; null is the result when it is missing.</param>
    /// <param name="drive">How the system calls its volume: on Unix any directory on it, on Windows the root.</param>
    public static VolumeSpace? SpaceOf(IFileSystem files, string directory, string? drive)
    {
        try
        {
            if (string.IsNullOrEmpty(drive) || !files.Directory.Exists(directory))
                return null;
            var volume = files.DriveInfo.New(drive);
            return volume.TotalSize > 0 ? new VolumeSpace(volume.AvailableFreeSpace, volume.TotalSize, null, null) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A share without a drive letter.
            return null;
        }
    }

    private OpenResult IsRegular(string path)
    {
        if (files.AttributesOf(path) is not { } attributes)
            return OpenResult.Gone;
        return (attributes & (FileAttributes.ReparsePoint | FileAttributes.Directory | FileAttributes.Device)) != 0
            ? OpenResult.NotRegular
            : OpenResult.Opened;
    }

    private sealed class Locked(IFileSystem files, FileSystemStream stream, string path) : LockedFile
    {
        private readonly Lock _gate = new();
        public override FileFacts Facts { get; } = Ask(files, path, stream);

        public override FileFacts AskFacts() => Facts with { Length = stream.Length };

        public override int Read(long offset, Span<byte> buffer)
        {
            lock (_gate)
            {
                stream.Position = offset;
                return stream.Read(buffer);
            }
        }

        public override bool IsAt(string path) => files.HasFile(path);

        public override void Dispose() => stream.Dispose();

        private static FileFacts Ask(IFileSystem files, string path, FileSystemStream stream)
        {
            var info = files.FileInfo.New(path);
            return new FileFacts(0, FileTimes.CreationUtc(info).Ticks, FileTimes.LastWriteUtc(info).Ticks, 0, stream.Length);
        }
    }
}
