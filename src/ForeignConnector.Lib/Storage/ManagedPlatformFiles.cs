using System.Globalization;
using System.IO.Abstractions;

namespace ForeignConnector.Lib.Storage;

/// <summary>The fallback without P/Invoke: Windows, where its guarantees are the system's own, and file systems that exist in memory.</summary>
internal sealed class ManagedPlatformFiles(IFileSystem files) : IPlatformFiles
{
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
            // Delete sharing lets the owner rename the file while it holds it.
            var stream = files.FileStream.New(path, FileMode.Open, FileAccess.Read, FileShare.Delete, bufferSize: 1);
            file = new Locked(files, stream, path);
            return OpenResult.Opened;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return OpenResult.Gone;
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            return OpenResult.Locked;
        }
    }

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

    public void FlushDirectory(string directory)
    {
        // NTFS journals its directories; there is no managed call, and none is needed for the order of steps to hold.
    }

    public void RepairFileNames(string directory)
    {
        // Names are text here.
    }

    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
    private static bool IsSharingViolation(IOException e) => (e.HResult & 0xFFFF) is 32 or 33;

    private sealed class Locked(IFileSystem files, FileSystemStream stream, string path) : LockedFile
    {
        private readonly Lock _gate = new();
        private readonly string _identity = Describe(files, path);

        public override long Length => stream.Length;

        public override string Identity => _identity;

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

        private static string Describe(IFileSystem files, string path)
        {
            var info = files.FileInfo.New(path);
            return string.Create(CultureInfo.InvariantCulture,
                $"{files.Path.GetFileNameWithoutExtension(path)}|{info.CreationTimeUtc.Ticks}|{info.LastWriteTimeUtc.Ticks}|{info.Length}");
        }
    }
}
