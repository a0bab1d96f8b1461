using System.IO.Abstractions;

namespace ForeignConnector.Lib.Intake;

/// <summary>Calls back when something appears in a directory. Events only save time: polling finds everything without them (PU-1).</summary>
internal static class DirectoryWatcher
{
    /// <summary>Starts to watch; null where that is not possible (missing directory, network mounts, no more watches, file systems in memory).</summary>
    public static IDisposable? TryStart(IFileSystem files, string directory, Action changed)
    {
        IFileSystemWatcher? watcher = null;
        try
        {
            watcher = files.FileSystemWatcher.New(directory);
            watcher.NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite;
            watcher.Created += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.Changed += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotImplementedException or PlatformNotSupportedException)
        {
            watcher?.Dispose();
            return null;
        }
    }
}
