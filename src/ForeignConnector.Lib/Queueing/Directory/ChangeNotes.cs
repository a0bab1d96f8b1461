using System.IO.Abstractions;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// Tells the process that delivers from the queue that somebody changed an entry: by an empty file of the entry's name in the folder
/// <c>%changed</c>, with <c>.retry</c> after it when delivery is wanted now. One of the processes that share the queue takes the note.
/// </summary>
internal sealed class ChangeNotes(string directory, IFileSystem files, IPlatformFiles platform)
{
    // Never the folder of a connector: FileNames.Folder writes '%' only before hexadecimal digits.
    public const string Folder = "%changed";

    // In the name, which is there at once; octets would come later than the file.
    private const string Retry = ".retry";

    private readonly string _root = files.Path.GetFullPath(directory);
    private readonly string _path = files.Path.Combine(files.Path.GetFullPath(directory), Folder);

    public void Note(string name, bool isRetry = false)
    {
        CreateFolder();
        var path = files.Path.Combine(_path, isRetry ? name + Retry : name);
        try
        {
            platform.Create(path).Dispose();
        }
        catch (IOException) when (files.File.Exists(path))
        {
            // The same was told before, and nobody has taken it yet.
        }
    }

    /// <summary>The names of changed entries; each note is taken once.</summary>
    public List<(string Name, bool IsRetry)> Take()
    {
        var names = new List<(string Name, bool IsRetry)>();
        if (!files.Directory.Exists(_path))
            return names;
        foreach (var path in files.Directory.EnumerateFiles(_path))
        {
            files.File.Delete(path);
            var name = files.Path.GetFileName(path);
            names.Add(name.EndsWith(Retry, StringComparison.Ordinal) ? (name[..^Retry.Length], true) : (name, false));
        }
        return names;
    }

    /// <summary>Calls back when something was changed, where that is possible; otherwise the next look finds it.</summary>
    public IDisposable Watch(Action changed)
    {
        CreateFolder();
        var watcher = new DirectoryWatcher(files, _path, changed);
        watcher.Start();
        return watcher;
    }

    private void CreateFolder() => DurableDirectory.Create(files, platform, _path, privateRoot: _root);
}
