using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// A file with a line for each entry that this process works on (ND-4): who dies leaves it behind, and its lock goes. A line is one small write, which the
/// system keeps when the process dies; nothing is flushed. Thread-safe.
/// </summary>
internal sealed class InFlightJournal(string directory, IFileSystem files, IPlatformFiles platform) : IDisposable
{
    private const string Prefix = "in-flight-";
    private const string Extension = ".txt";
    private const int LineLength = 80;
    private const int NoLine = -1;

    private readonly Lock _gate = new();
    private readonly Stack<int> _free = [];
    private readonly byte[] _line = new byte[LineLength];
    private FileSystemStream? _file;
    private string? _path;
    private int _lines;

    /// <summary>Notes an entry; returns its line. Without room on the disk work goes on without a note.</summary>
    public int Begin(string name)
    {
        lock (_gate)
        {
            var line = _free.TryPop(out var free) ? free : _lines++;
            if (TryWrite(line, name))
                return line;
            _free.Push(line);
            return NoLine;
        }
    }

    /// <summary>The work ended, well or not: the process lives.</summary>
    public void End(int line)
    {
        if (line == NoLine)
            return;
        lock (_gate)
        {
            TryWrite(line, "");
            _free.Push(line);
        }
    }

    /// <summary>The journals of processes that died, each with the entries they worked on. A journal is deleted when the next one is asked for.</summary>
    public IEnumerable<IReadOnlyList<string>> LeftBehind()
    {
        if (!files.Directory.Exists(directory))
            yield break;
        string[] journals = [.. files.Directory.EnumerateFiles(directory, Prefix + "*" + Extension)];
        foreach (var path in journals)
        {
            if (path == _path || platform.OpenExclusive(path, out var file) != OpenResult.Opened)
                continue;
            using (file)
            {
                yield return Read(file!);
                files.File.Delete(path);
            }
        }
    }

    /// <summary>Nothing is worked on any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
            if (_path is not null)
                TryDelete(_path);
        }
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

    private bool TryWrite(int line, string name)
    {
        try
        {
            _file ??= Create();
            _line.AsSpan().Fill((byte)' ');
            _line[^1] = (byte)'\n';
            Encoding.ASCII.GetBytes(name, _line);
            _file.Position = (long)line * LineLength;
            _file.Write(_line);
            _file.Flush();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Deliveries make room; the disk may well be full because they are needed.
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

    private static IReadOnlyList<string> Read(LockedFile file)
    {
        using var reader = new StreamReader(new LockedFileStream(file, 0), Encoding.ASCII);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
    }
}
