using System.IO.Abstractions;
using ForeignConnector.Lib.Intake;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// How somebody who changed an entry of the queue tells the process that delivers from it: by an empty file of the entry's name in the folder <c>%changed</c>.
/// One process takes it; it may be any of those that share the queue.
/// </summary>
internal sealed class QueueChanges(string directory, IFileSystem files)
{
    // Never the folder of a connector: FileNames.Folder writes '%' only before hexadecimal digits.
    public const string Folder = "%changed";

    private readonly string _path = files.Path.Combine(files.Path.GetFullPath(directory), Folder);

    public void Note(string name)
    {
        files.Directory.CreateDirectory(_path);
        files.File.WriteAllBytes(files.Path.Combine(_path, name), Array.Empty<byte>());
    }

    /// <summary>The names of what was changed; each is told once.</summary>
    public List<string> Take()
    {
        var names = new List<string>();
        if (!files.Directory.Exists(_path))
            return names;
        foreach (var path in files.Directory.EnumerateFiles(_path))
        {
            files.File.Delete(path);
            names.Add(files.Path.GetFileName(path));
        }
        return names;
    }

    /// <summary>Calls back when something was changed, where that is possible; otherwise the next look finds it.</summary>
    public IDisposable Watch(Action changed)
    {
        files.Directory.CreateDirectory(_path);
        var watcher = new DirectoryWatcher(files, _path, changed);
        watcher.Start();
        return watcher;
    }
}
