using System.IO.Abstractions;

namespace ForeignConnector.Lib.Storage;

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
            var info = files.FileInfo.New(path);
            if (!info.Exists)
                return files.Directory.Exists(path) ? OpenResult.NotRegular : OpenResult.Gone;
            if ((info.Attributes & (FileAttributes.ReparsePoint | FileAttributes.Directory | FileAttributes.Device)) != 0)
                return OpenResult.NotRegular;
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

    public NewFile Create(string path) => new ManagedNewFile(files, path);

    public MoveResult Move(string from, string to)
    {
        try
        {
            files.File.Move(from, to, overwrite: false);
            return MoveResult.Moved;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && !files.File.Exists(from))
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

    public void RepairFileNames(string directory)
    {
        // Names are text here.
    }

    public VolumeSpace? SpaceAt(string directory)
    {
        try
        {
            var root = files.Path.GetPathRoot(files.Path.GetFullPath(directory));
            if (string.IsNullOrEmpty(root) || !files.Directory.Exists(directory))
                return null;
            var drive = files.DriveInfo.New(root);
            return drive.TotalSize > 0 ? new VolumeSpace(drive.AvailableFreeSpace, drive.TotalSize, null, null) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A share without a drive letter.
            return null;
        }
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

        public override bool IsAt(string path) => files.File.Exists(path);

        public override void Dispose() => stream.Dispose();

        private static FileFacts Ask(IFileSystem files, string path, FileSystemStream stream)
        {
            var info = files.FileInfo.New(path);
            return new FileFacts(0, info.CreationTimeUtc.Ticks, info.LastWriteTimeUtc.Ticks, 0, stream.Length);
        }
    }
}
