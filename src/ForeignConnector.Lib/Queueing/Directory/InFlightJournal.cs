using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// A file with a line for each entry that this process works on (ND-4). A process that dies leaves the file behind, without its lock. A
/// line is one small write, which the system keeps when the process dies; nothing is flushed. The line of an entry that is worked on while
/// nothing else is says so. Thread-safe.
/// </summary>
internal sealed class InFlightJournal(
    string directory, IFileSystem files, IPlatformFiles platform, TimeProvider time, TimeSpan suspectDelay) : IDisposable
{
    private const string Prefix = "in-flight-";
    private const string Extension = ".txt";
    private const string Alone = " alone";
    private const string Counted = "-counted" + Extension;
    private const int LineLength = 88;
    private const int NoLine = -1;
    private const int MaxLength = 1 << 20;

    private readonly Lock _gate = new();
    private readonly Stack<int> _free = [];
    private readonly byte[] _line = new byte[LineLength];
    private readonly long _started = time.GetTimestamp();
    private FileSystemStream? _file;
    private string? _path;
    private int _lines;
    private int _inHand;
    private (int Line, string Name, ITimer Timer)? _alone;

    /// <summary>Notes an entry; returns its line. Without room on the disk work goes on without a note.</summary>
    /// <param name="name">The entry.</param>
    /// <param name="isSuspect">A process may have died of the entry: the next one that dies with it alone did.</param>
    public int Begin(string name, bool isSuspect)
    {
        lock (_gate)
        {
            // Before another entry is worked on beside the one that was alone.
            EndAlone();
            var isAlone = isSuspect && _inHand == 0 && time.GetElapsedTime(_started) >= suspectDelay;
            _inHand++;
            var line = _free.TryPop(out var free) ? free : _lines++;
            if (!TryWrite(line, isAlone ? name + Alone : name))
            {
                _free.Push(line);
                return NoLine;
            }
            // A process that ends later was stopped: somebody lost patience with a system that hangs.
            if (isAlone)
                _alone = (line, name, time.CreateTimer(_ => EndAlone(line), null, suspectDelay, Timeout.InfiniteTimeSpan));
            return line;
        }
    }

    /// <summary>When the process will have run for so long that its death counts against the entry it works on alone; now, if it
    /// has.</summary>
    public DateTimeOffset QuietFrom()
    {
        var missing = suspectDelay - time.GetElapsedTime(_started);
        return time.GetUtcNow() + (missing > TimeSpan.Zero ? missing : TimeSpan.Zero);
    }

    /// <summary>The work ended, well or not: the process lives.</summary>
    public void End(int line)
    {
        lock (_gate)
        {
            _inHand--;
            if (line == NoLine)
                return;
            if (_alone?.Line == line)
                ForgetAlone();
            TryWrite(line, "");
            _free.Push(line);
        }
    }

    /// <summary>The journals of processes that died, each with the entries they worked on and whether that was one alone.</summary>
    /// <exception cref="IOException">One cannot be read.</exception>
    public IEnumerable<(string Path, IReadOnlyList<string> Names, bool IsAlone)> LeftBehind(Func<string, bool> isKnown)
    {
        if (!files.HasDirectory(directory))
            yield break;
        string[] journals = [.. files.Directory.EnumerateFiles(directory, Prefix + "*" + Extension)];
        foreach (var path in journals)
        {
            if (path == _path || isKnown(path) || platform.OpenExclusive(path, out var file) != OpenResult.Opened)
                continue;
            using (file)
            {
                var lines = Read(file!);
                yield return (path, [.. lines.Select(NameOf)], lines is [var only] && only.EndsWith(Alone, StringComparison.Ordinal)
                    && !path.EndsWith(Counted, StringComparison.Ordinal));
            }
        }
    }

    /// <summary>Notes that the crash of a dead process was counted: by the name of its journal, which takes no room.</summary>
    /// <returns>The journal's name from now on; null when somebody else has counted it.</returns>
    /// <exception cref="IOException">It could not be noted.</exception>
    public string? NoteCounted(string path)
    {
        var counted = path[..^Extension.Length] + Counted;
        return platform.Move(path, counted) switch
        {
            MoveResult.Moved => counted,
            MoveResult.Gone => null,
            var other => throw new IOException($"'{path}' could not be renamed: {other}"),
        };
    }

    /// <summary>Deletes the journal of a dead process.</summary>
    public void Delete(string path) => files.File.Delete(path);

    /// <summary>Nothing is worked on any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            ForgetAlone();
            _file?.Dispose();
            _file = null;
            if (_path is not null)
                TryDelete(_path);
        }
    }

    private void EndAlone(int line)
    {
        lock (_gate)
        {
            if (_alone?.Line == line)
                EndAlone();
        }
    }

    private void EndAlone()
    {
        if (_alone is not var (line, name, _))
            return;
        TryWrite(line, name);
        ForgetAlone();
    }

    private void ForgetAlone()
    {
        _alone?.Timer.Dispose();
        _alone = null;
    }

    private void TryDelete(string path)
    {
        try
        {
            files.File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start finds it, with nothing in it.
        }
    }

    private bool TryWrite(int line, string text)
    {
        try
        {
            _file ??= Create();
            _line.AsSpan().Fill((byte)' ');
            _line[^1] = (byte)'\n';
            Encoding.ASCII.GetBytes(text, _line);
            _file.Position = (long)line * LineLength;
            _file.Write(_line);
            _file.Flush();
            return true;
        }
#pragma warning disable CA1031 // Deliveries make room; the disk may well be full because they are needed.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    // Not an id that anybody relies on, so it need not be reproducible.
    private FileSystemStream Create()
    {
        _path = files.Path.Combine(directory, Prefix + RandomNumberGenerator.GetHexString(16, lowercase: true) + Extension);
        platform.Create(_path).Dispose();
        return files.FileStream.New(_path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    private static string NameOf(string line) => line.EndsWith(Alone, StringComparison.Ordinal) ? line[..^Alone.Length] : line;

    private static string[] Read(LockedFile file)
    {
        // Longer than any of ours: somebody else's.
        if (file.Length > MaxLength)
            return [];
        using var reader = new StreamReader(new LockedFileStream(file, 0), Encoding.ASCII);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
