using System.IO.Abstractions;

namespace ForeignConnector.Lib.Storage;

/// <summary>Directories that survive a power cut together with what is written into them.</summary>
internal static class DurableDirectory
{
    /// <summary>Creates what is missing of a path, and flushes each new entry. Does nothing when the directory is there.</summary>
    public static void Create(IFileSystem files, IPlatformFiles platform, string path)
    {
        if (files.Directory.Exists(path))
            return;
        var parent = files.Path.GetDirectoryName(path);
        if (string.IsNullOrEmpty(parent))
        {
            files.Directory.CreateDirectory(path);
            return;
        }
        Create(files, platform, parent);
        files.Directory.CreateDirectory(path);
        platform.FlushDirectory(parent);
    }
}
