using System.IO.Abstractions;

namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>Calls back when something appears in a directory. Events only save time: polling finds everything without them
/// (PU-1).</summary>
internal sealed class DirectoryWatcher(IFileSystem files, string directory, Action changed) : IDisposable
{
    private IDisposable? _watcher;

    /// <summary>Watches from now on, if it does not yet; false where that is not possible now.</summary>
    public bool Start() => (_watcher ??= TryStart()) is not null;

    /// <summary>Watches the directory that has the name now: a watch stays with a directory that was renamed or deleted. Calls back once,
    /// for files that appeared meanwhile.</summary>
    public void Renew()
    {
        Dispose();
        Start();
        changed();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watcher?.Dispose();
        _watcher = null;
    }

    // Null where it is not possible: missing directory, network mounts, no more watches, file systems in memory.
    private IFileSystemWatcher? TryStart()
    {
        IFileSystemWatcher? watcher = null;
        try
        {
            watcher = files.FileSystemWatcher.New(directory);
            // Names alone: a program that writes for long would have the directory listed at every write. A file that is not quiet yet is
            // looked at again after the settle time.
            watcher.NotifyFilter = NotifyFilters.FileName;
            watcher.Created += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException
            or UnauthorizedAccessException
            or ArgumentException
            or NotImplementedException
            or PlatformNotSupportedException)
        {
            watcher?.Dispose();
            return null;
        }
    }
}
