using System.IO.Abstractions;

namespace ForeignConnector.Lib.Storage;

/// <summary>Directories that survive a power cut together with what is written into them.</summary>
internal static class DurableDirectory
{
    /// <summary>Creates what is missing of a path, each entry flushed before the next. Does nothing when the directory is there.</summary>
    public static void Create(IFileSystem files, IPlatformFiles platform, string path)
    {
        if (files.Directory.Exists(path))
            return;
        if (files.Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            Settle(files, platform, parent);
            files.Directory.CreateDirectory(path);
            platform.FlushDirectory(parent);
        }
        else
        {
            files.Directory.CreateDirectory(path);
        }
    }

    /// <summary>The same for the first use by a process: a directory that is there may come from one that was killed before it flushed the entry.</summary>
    public static void Settle(IFileSystem files, IPlatformFiles platform, string path)
    {
        if (!files.Directory.Exists(path))
        {
            Create(files, platform, path);
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
}
