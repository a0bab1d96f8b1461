using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>Directories that survive a power cut together with what is written into them.</summary>
internal static class DurableDirectory
{
    /// <summary>Creates what is missing of a path, each entry flushed before the next. Does nothing when the directory is there.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="platform">Creates and flushes.</param>
    /// <param name="path">The directory.</param>
    /// <param name="privateRoot">What is created at or below this path is private (DR-10); null when nothing is.</param>
    public static void Create(IFileSystem files, IPlatformFiles platform, string path, string? privateRoot = null)
    {
        if (files.Directory.Exists(path))
            return;
        var parent = files.Path.GetDirectoryName(path);
        if (parent is { Length: > 0 })
            Settle(files, platform, parent, privateRoot);
        if (privateRoot is not null && IsWithin(files, path, privateRoot))
            platform.CreateDirectory(path);
        else
            files.Directory.CreateDirectory(path);
        if (parent is { Length: > 0 })
            platform.FlushDirectory(parent);
    }

    /// <summary>The same for the first use by a process: a directory that is there may come from one that was killed before it flushed the
    /// entry.</summary>
    public static void Settle(IFileSystem files, IPlatformFiles platform, string path, string? privateRoot = null)
    {
        if (!files.Directory.Exists(path))
        {
            Create(files, platform, path, privateRoot);
            return;
        }
        try
        {
            if (files.Path.GetDirectoryName(path) is { Length: > 0 } parent)
                platform.FlushDirectory(parent);
        }
        catch (UnauthorizedAccessException)
        {
            // Where we may not even read we have not created anything.
        }
    }

    private static bool IsWithin(IFileSystem files, string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal)
            && (path.Length == root.Length || path[root.Length] == files.Path.DirectorySeparatorChar);
}
