using System.IO.Abstractions;

namespace ForeignConnector.Lib.Storage;

/// <summary>
/// A file that this process alone works on: open, locked, and renamed so that nobody lists it (PU-4, PU-13). Ends in exactly one of
/// <see cref="Complete"/>, <see cref="Release"/> and <see cref="SetAside"/>; if the process dies, the lock goes and recovery takes the file back.
/// </summary>
internal sealed class FileClaim : IDisposable
{
    private readonly IFileSystem _files;
    private readonly IPlatformFiles _platform;
    private readonly TimeProvider _time;
    private readonly string _directory;

    private FileClaim(IFileSystem files, IPlatformFiles platform, TimeProvider time, string original, string path, LockedFile file)
    {
        _files = files;
        _platform = platform;
        _time = time;
        _directory = files.Path.GetDirectoryName(original)!;
        OriginalName = files.Path.GetFileName(original);
        Path = path;
        File = file;
    }

    /// <summary>The name the file was found under, without directory.</summary>
    public string OriginalName { get; }

    /// <summary>Where the file is now.</summary>
    public string Path { get; private set; }

    /// <summary>The octets.</summary>
    public LockedFile File { get; }

    private string Stem => _files.Path.GetFileNameWithoutExtension(OriginalName);

    /// <summary>Claims a file: opens and locks it, then renames it to <c>name.tmp</c>.</summary>
    /// <returns>Null when somebody else was faster, holds it, or it is not a regular file; see <paramref name="result"/>.</returns>
    /// <exception cref="IOException">It cannot be opened or renamed; nothing has changed.</exception>
    public static FileClaim? TryClaim(IFileSystem files, IPlatformFiles platform, TimeProvider time, string path, out OpenResult result)
    {
        result = platform.OpenExclusive(path, out var file);
        if (result != OpenResult.Opened)
            return null;
        try
        {
            if (Rename(files, platform, time, path, files.Path.GetFileNameWithoutExtension(path), FileNames.Temporary) is { } claimed)
            {
                // The lock is on the file, not on its name: another file may have taken the name since. It gets its name back.
                if (file!.IsAt(claimed))
                {
                    var claim = new FileClaim(files, platform, time, path, claimed, file);
                    file = null;
                    return claim;
                }
                platform.Move(claimed, path);
            }
            result = OpenResult.Gone;
            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Takes over a claim whose owner died. The file keeps its <c>.tmp</c> name until the new owner ends the claim.</summary>
    /// <returns>Null when the owner lives, the file is gone, or it is not a regular file.</returns>
    public static FileClaim? TryTakeOver(IFileSystem files, IPlatformFiles platform, TimeProvider time, string path)
    {
        if (platform.OpenExclusive(path, out var file) != OpenResult.Opened)
            return null;
        if (file!.IsAt(path))
            return new FileClaim(files, platform, time, files.Path.ChangeExtension(path, FileNames.Message), path, file);
        file.Dispose();
        return null;
    }

    /// <summary>The message has another owner now: deletes the file.</summary>
    public void Complete() => _files.File.Delete(Path);

    /// <summary>Not now: the file gets its name back, or <c>name&lt;datetime&gt;.eml</c> when that is taken.</summary>
    /// <returns>False when the file is gone.</returns>
    public bool Release()
    {
        if (Rename(_files, _platform, _time, Path, Stem, FileNames.Message) is not { } released)
            return false;
        Path = released;
        return true;
    }

    /// <summary>Renames the file to <c>name.bad</c>, or <c>name&lt;datetime&gt;.bad</c> when that is taken (BM-1).</summary>
    /// <param name="extension">The new extension, for example <c>.bad</c>.</param>
    /// <param name="companion">Extension that the file with the reason adds, for example <c>.txt</c>.</param>
    /// <param name="writeCompanion">Called with the companion's path before the file gets its new name, so that the reason is never missing.</param>
    public void SetAside(string extension, string companion, Action<string> writeCompanion)
    {
        foreach (var name in FileNames.Candidates(Stem, extension, _time.GetUtcNow(), companion))
        {
            var target = _files.Path.Combine(_directory, name);
            if (_files.File.Exists(target) || _files.Directory.Exists(target + companion))
                continue;
            // An old reason goes, and so does a link or a FIFO that somebody put there: neither is written through.
            _files.File.Delete(target + companion);
            writeCompanion(target + companion);
            switch (_platform.Move(Path, target))
            {
                case MoveResult.Moved:
                    Path = target;
                    return;
                case MoveResult.Exists:
                    continue;
                case var other:
                    throw new IOException($"'{Path}' could not be set aside: {other}");
            }
        }
        throw new IOException($"no free name beside '{Path}'");
    }

    public void Dispose() => File.Dispose();

    private static string? Rename(IFileSystem files, IPlatformFiles platform, TimeProvider time, string path, string stem, string extension)
    {
        var directory = files.Path.GetDirectoryName(path)!;
        foreach (var name in FileNames.Candidates(stem, extension, time.GetUtcNow()))
        {
            var target = files.Path.Combine(directory, name);
            switch (platform.Move(path, target))
            {
                case MoveResult.Moved:
                    return target;
                case MoveResult.Exists:
                    continue;
                default:
                    return null;
            }
        }
        throw new IOException($"no free name beside '{path}'");
    }
}
