using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Claims;

/// <summary>
/// A file that this process alone works on: open and locked, then renamed so that nobody lists it (PU-4, PU-13). The claim is written down
/// between the two (PU-14). Ends in one of <see cref="Complete"/>, <see cref="Release"/> and <see cref="SetAside"/>; if the process dies,
/// the lock goes.
/// </summary>
internal sealed class FileClaim : IDisposable
{
    private readonly IFileSystem _files;
    private readonly IPlatformFiles _platform;
    private readonly TimeProvider _time;
    private readonly string _directory;
    private bool _isDetached;

    private FileClaim(IFileSystem files, IPlatformFiles platform, TimeProvider time, string path, string originalName, LockedFile file)
    {
        _files = files;
        _platform = platform;
        _time = time;
        _directory = files.Path.GetDirectoryName(path)!;
        OriginalName = originalName;
        Path = path;
        File = file;
    }

    /// <summary>The name the file was found under, without directory.</summary>
    public string OriginalName { get; }

    /// <summary>Where the file is now.</summary>
    public string Path { get; private set; }

    /// <summary>What the file is called now, without directory.</summary>
    public string CurrentName => _files.Path.GetFileName(Path);

    /// <summary>The octets.</summary>
    public LockedFile File { get; }

    /// <summary>The names a claim may have, in order: <c>name.tmp</c>, then <c>name&lt;datetime&gt;.tmp</c> (PU-4).</summary>
    public IEnumerable<string> ClaimNames => FileNames.Candidates(Stem, FileNames.Temporary, _time.GetUtcNow());

    private string Stem => _files.Path.GetFileNameWithoutExtension(OriginalName);

    /// <summary>Opens and locks a file under its own name.</summary>
    /// <returns>Null when it is gone, somebody else holds it, or it is not a regular file; see <paramref name="result"/>.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static FileClaim? TryOpen(IFileSystem files, IPlatformFiles platform, TimeProvider time, string path, out OpenResult result)
    {
        result = platform.OpenExclusive(path, out var file);
        return result == OpenResult.Opened ? new FileClaim(files, platform, time, path, files.Path.GetFileName(path), file!) : null;
    }

    /// <summary>Opens and locks a claim whose owner does not work on it any more. The file keeps its <c>.tmp</c> name.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="platform">Locks and renames.</param>
    /// <param name="time">For names with a time, when no other is free.</param>
    /// <param name="path">The claim.</param>
    /// <param name="originalName">The name of the file before it was claimed.</param>
    /// <param name="result">Why not.</param>
    /// <returns>Null when the owner lives, the file is gone, or it is not a regular file.</returns>
    public static FileClaim? TryTakeOver(
        IFileSystem files, IPlatformFiles platform, TimeProvider time, string path, string originalName, out OpenResult result)
    {
        result = platform.OpenExclusive(path, out var file);
        if (result != OpenResult.Opened)
            return null;
        if (file!.IsAt(path))
            return new FileClaim(files, platform, time, path, originalName, file);
        result = OpenResult.Gone;
        file.Dispose();
        return null;
    }

    /// <summary>Renames the opened file to one of its <see cref="ClaimNames"/>.</summary>
    /// <returns>
    /// <see cref="MoveResult.Exists"/> when that name is taken; <see cref="MoveResult.Gone"/> when another host was faster or another file
    /// has taken the name since.
    /// </returns>
    /// <exception cref="IOException">The system refuses the rename; nothing has changed.</exception>
    public MoveResult Take(string claimName)
    {
        var target = _files.Path.Combine(_directory, claimName);
        var result = _platform.Move(Path, target);
        if (result != MoveResult.Moved)
            return result;
        // The lock is on the file, not on its name: another file may have taken the name since. It gets its name back.
        if (!File.IsSurelyAt(target))
        {
            _platform.Move(target, Path);
            return MoveResult.Gone;
        }
        Path = target;
        return MoveResult.Moved;
    }

    /// <summary>The message has another owner now: deletes the file.</summary>
    /// <returns>False when another file has taken its name, which stays (SE-1).</returns>
    /// <exception cref="IOException">It cannot be deleted, or which file has its name cannot be known.</exception>
    public bool Complete()
    {
        if (!File.IsAt(Path))
            return !_files.HasFile(Path);
        _files.File.Delete(Path);
        return true;
    }

    /// <summary>Not now: the file gets its name back, or <c>name&lt;datetime&gt;.eml</c> when that is taken.</summary>
    /// <returns>False when the file is gone, or another one has taken its name.</returns>
    public bool Release()
    {
        if (!File.IsAt(Path))
            return false;
        foreach (var name in FileNames.Candidates(Stem, FileNames.Message, _time.GetUtcNow()))
        {
            var target = _files.Path.Combine(_directory, name);
            switch (_platform.Move(Path, target))
            {
                case MoveResult.Moved:
                    Path = target;
                    return true;
                case MoveResult.Exists:
                    continue;
                default:
                    return false;
            }
        }
        throw NoFreeName();
    }

    /// <summary>Renames the file to <c>name.bad</c>, or <c>name&lt;datetime&gt;.bad</c> when that or the name of its companion is taken
    /// (BM-1).</summary>
    /// <param name="extension">The new extension, for example <c>.bad</c>.</param>
    /// <param name="companion">Extension that the file with the reason adds, for example <c>.txt</c>.</param>
    /// <param name="tryWriteCompanion">
    /// Called with the companion's path before the file gets its new name, so that the reason is never missing; false when something of
    /// that name is there. It is somebody else's and stays (SE-1).
    /// </param>
    /// <exception cref="IOException">The companion cannot be written, or the file cannot be renamed; it has its old name.</exception>
    public void SetAside(string extension, string companion, Func<string, bool> tryWriteCompanion)
    {
        if (!File.IsAt(Path))
            throw new IOException($"'{Path}' could not be set aside: {MoveResult.Gone}");
        foreach (var name in FileNames.Candidates(Stem, extension, _time.GetUtcNow(), companion))
        {
            var target = _files.Path.Combine(_directory, name);
            if (_files.File.Exists(target) || !tryWriteCompanion(target + companion))
                continue;
            if (TryMoveAside(target, companion))
                return;
        }
        throw NoFreeName();
    }

    /// <summary>Leaves the open file to the caller.</summary>
    public void Detach() => _isDetached = true;

    /// <summary>Closes the file and gives its lock back.</summary>
    public void Dispose()
    {
        if (!_isDetached)
            File.Dispose();
    }

    private bool TryMoveAside(string target, string companion)
    {
        var result = MoveResult.Gone;
        try
        {
            result = _platform.Move(Path, target);
        }
        finally
        {
            // The reason was written for this name just now: it is ours.
            if (result != MoveResult.Moved)
                _files.File.Delete(target + companion);
        }
        if (result == MoveResult.Moved)
            Path = target;
        return result switch
        {
            MoveResult.Moved => true,
            MoveResult.Exists => false,
            _ => throw new IOException($"'{Path}' could not be set aside: {result}"),
        };
    }

    private IOException NoFreeName() => new($"no free name beside '{Path}'");
}
