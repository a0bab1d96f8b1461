using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// Notes on the disk that recipients are about to move from one entry of a submission to others (RT-8): <c>&lt;key of the
/// submission&gt;.moving</c> in the directory of the queue, which is listed before anything is found at all. It names the entry that they
/// come from. One move of a submission at a time, whoever shares the queue.
/// </summary>
internal sealed class MoveMarkers(string directory, IFileSystem files, IPlatformFiles platform)
{
    private const string Extension = ".moving";
    private const int MaxOctets = 4096;

    private readonly string _root = files.Path.GetFullPath(directory);
    private readonly AtomicFile _atomic = new(files, platform);

    /// <summary>Notes a move; durable when it returns.</summary>
    /// <exception cref="IOException">It could not be noted, or the submission has a move that has not ended.</exception>
    public async ValueTask WriteAsync(UInt128 key, string folder, string name)
    {
        var octets = Encoding.UTF8.GetBytes($"{folder}/{name}");
        var isNew = await _atomic.PublishAsync(
            PathOf(key), (stream, token) => stream.WriteAsync(octets, token), FlushMode.Grouped, CancellationToken.None, isAtHand: true)
                .ConfigureAwait(false);
        if (!isNew)
            throw new IOException($"'{PathOf(key)}' is there: recipients of this message are being moved, or that broke off");
    }

    /// <summary>The submissions of which recipients are being moved, or were when a process died.</summary>
    public List<UInt128> List()
    {
        var keys = new List<UInt128>();
        foreach (var path in files.Directory.EnumerateFiles(_root, "*" + Extension))
        {
            if (UInt128.TryParse(
                files.Path.GetFileNameWithoutExtension(path), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
                    && path == PathOf(key))
                keys.Add(key);
        }
        return keys;
    }

    /// <summary>The entry that recipients come from; null when the move has ended.</summary>
    /// <exception cref="IOException">It cannot be read, or is no such file.</exception>
    public (string Folder, string Name)? Read(UInt128 key)
    {
        var path = PathOf(key);
        // Not File.Exists, which says no when it cannot tell.
        if (platform.ReadSmall(path, MaxOctets) is not { } octets)
            return null;
        return Encoding.UTF8.GetString(octets).Split('/') is [{ Length: > 0 } folder, var name] && QueueFileName.TryParse(
            name, out var id, out _) && id.Key == key
            ? (folder, name)
            : throw new IOException($"'{path}' does not tell which entry of the queue is being moved");
    }

    /// <summary>The move has ended.</summary>
    public void Delete(UInt128 key) => files.File.Delete(PathOf(key));

    /// <summary>Deletes what dead writers left.</summary>
    public void Sweep() => _atomic.SweepTemporaries(_root);

    private string PathOf(UInt128 key) => files.Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"{key:x32}{Extension}"));
}
