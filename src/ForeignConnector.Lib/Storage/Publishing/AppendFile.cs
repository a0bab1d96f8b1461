using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>A private file that one process appends to while others may have it open to read.</summary>
internal static class AppendFile
{
    /// <summary>Opens a file at its end, and creates it if need be.</summary>
    /// <returns>Null when somebody else has the file, or there is something else of that name.</returns>
    /// <exception cref="IOException">The directory is missing or cannot be written to.</exception>
    public static FileSystemStream? TryOpen(IFileSystem files, IPlatformFiles platform, string path)
    {
        var opened = platform.OpenExclusive(path, out var owner);
        if (opened == OpenResult.Gone && TryCreate(files, platform, path))
            opened = platform.OpenExclusive(path, out owner);
        if (opened != OpenResult.Opened)
            return null;
        using (owner!)
        {
            if (!owner!.TryAllowReaders())
                return null;
            // Without locks that can change it is the system that lets in one writer only.
            if (platform is ManagedPlatformFiles)
                owner.Dispose();
            return Open(files, path);
        }
    }

    private static bool TryCreate(IFileSystem files, IPlatformFiles platform, string path)
    {
        try
        {
            platform.Create(path).Dispose();
            return true;
        }
        catch (IOException) when (files.File.Exists(path))
        {
            return false;
        }
    }

    // Its own lock is a shared one: readers may come, and whoever wants the file exclusively is refused.
    private static FileSystemStream? Open(IFileSystem files, string path)
    {
        try
        {
            var stream = files.FileStream.New(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
            stream.Seek(0, SeekOrigin.End);
            return stream;
        }
        catch (IOException e) when (e is not DirectoryNotFoundException && files.File.Exists(path) && IsTaken(e))
        {
            return null;
        }
    }

    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION; EWOULDBLOCK of Linux and of macOS.
    private static bool IsTaken(IOException e) => (e.HResult & 0xFFFF) is 32 or 33 or 11 or 35;
}
