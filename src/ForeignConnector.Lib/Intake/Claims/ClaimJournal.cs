using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>
/// A private file in which a process writes down its claims in one watched directory, each before the file is renamed. After the death of
/// the process it proves that a <c>.tmp</c> is ours (PU-14), and tells under which key the message was handed over (SE-2) and whether the
/// process may have died of it (ND-4). Locked while the process lives. Thread-safe.
/// </summary>
/// <param name="directory">Where journals are: a directory of this host alone, on a local volume.</param>
/// <param name="source">Pickup or Replay.</param>
/// <param name="watched">The watched directory, as a full path.</param>
/// <param name="files">The file system.</param>
/// <param name="platform">Locks and flushes.</param>
internal sealed class ClaimJournal(
    string directory, string source, string watched, IFileSystem files, IPlatformFiles platform) : IDisposable
{
    private const string Extension = ".txt";

    // So many files are done before the directory is flushed for their lines to be used again.
    private const int LinesPerFlush = 512;

    // Room is made in advance, so that a flush does not have to write down a new size.
    private const int LinesAtOnce = 64;

    // A journal has as many lines as files are worked on or wait; more are not ours.
    private const int MaxLines = 1 << 16;

    private readonly Lock _gate = new();
    // A path may be longer than a line.
    private readonly string _place = ClaimLine.FitsHeader(watched) ? watched : Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(watched)));
    private readonly string _prefix = $"claims-{source.ToLowerInvariant()}-";
    private readonly Stack<int> _free = [];
    private readonly List<int> _ended = [];
    private FileSystemStream? _file;
    private string? _path;
    private int _lines;

    /// <summary>Writes records down. When it returns they survive a power cut, and the files may be renamed.</summary>
    /// <exception cref="IOException">The journal cannot be written; no file may be claimed.</exception>
    public void Write(IReadOnlyCollection<ClaimRecord> records)
    {
        if (records.Count == 0)
            return;
        lock (_gate)
        {
            try
            {
                var file = _file ?? Open();
                foreach (var record in records)
                    Put(file, record);
                file.Flush(flushToDisk: true);
            }
            catch
            {
                foreach (var record in records)
                    Free(record);
                throw;
            }
        }
    }

    /// <summary>Changes the state of a record that is written down. The process may die after this; a power cut may take it back.</summary>
    public void Mark(ClaimRecord record, ClaimState state)
    {
        lock (_gate)
        {
            record.State = state;
            if (record.Line >= 0)
                TryPut(record.Line, Encoding.ASCII.GetBytes(ClaimLine.State(state)));
        }
    }

    /// <summary>The file is called as it was before, or otherwise, and waits. The process may die after this; a power cut may take it
    /// back.</summary>
    public void Rename(ClaimRecord record, string fileName, FileFacts facts)
    {
        lock (_gate)
        {
            (record.State, record.FileName, record.Facts) = (ClaimState.Waiting, fileName, facts);
            if (record.Line >= 0)
                TryPut(record.Line, ClaimLine.Write(record));
        }
    }

    /// <summary>
    /// The claim has ended. Of an accepted one the line stays until the directory has been flushed: a power cut may bring the file back,
    /// under either name, and it must not be a new message.
    /// </summary>
    public void Remove(ClaimRecord record)
    {
        lock (_gate)
        {
            if (record.State != ClaimState.Accepted)
            {
                if (record.Line >= 0)
                    TryPut(record.Line, Encoding.ASCII.GetBytes(new string(' ', ClaimLine.StateLength)));
                Free(record);
                return;
            }
            if (record.Line >= 0)
                _ended.Add(record.Line);
            record.Line = -1;
        }
    }

    /// <summary>
    /// Takes over what processes that died, or ended with claims left, wrote down about this directory. The records are in this journal
    /// before theirs is deleted.
    /// </summary>
    /// <exception cref="IOException">A journal cannot be read, or this one not be written; to be called again.</exception>
    public IReadOnlyList<ClaimRecord> TakeOver()
    {
        if (!files.HasDirectory(directory))
            return [];
        var taken = new List<ClaimRecord>();
        foreach (var path in files.Directory.EnumerateFiles(directory, _prefix + "*" + Extension).ToArray())
        {
            if (path == _path || platform.OpenExclusive(path, out var file) != OpenResult.Opened)
                continue;
            using (file)
            {
                if (Read(file!) is not { } records)
                    continue;
                records.ForEach(record => record.OwnerDied());
                Write(records);
                files.File.Delete(path);
                taken.AddRange(records);
            }
        }
        return taken;
    }

    /// <summary>Nothing is worked on any more. With claims left, the journal stays for the next process.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_file is null)
                return;
            TryReuseEnded();
            var isEmpty = _free.Count == _lines;
            _file.Dispose();
            _file = null;
            if (isEmpty)
                TryDelete(_path!);
        }
    }

    // Null when it is about another directory. Without a whole header it is of a writer that died before its first claim, or was damaged:
    // the records that are whole count, and are compared with the files as all are.
    private List<ClaimRecord>? Read(LockedFile file)
    {
        var records = new List<ClaimRecord>();
        var line = new byte[ClaimLine.Length];
        if (!TryReadLine(file, 0, line))
            return records;
        if (ClaimLine.ReadHeader(line) is { } header && header != _place)
            return null;
        for (var i = 1; i <= MaxLines && TryReadLine(file, i, line); i++)
        {
            if (ClaimLine.Read(line) is { } record)
                records.Add(record);
        }
        return records;
    }

    private static bool TryReadLine(LockedFile file, int line, Span<byte> buffer)
    {
        var start = (long)line * ClaimLine.Length;
        while (!buffer.IsEmpty)
        {
            var read = file.Read(start, buffer);
            if (read == 0)
                return false;
            start += read;
            buffer = buffer[read..];
        }
        return true;
    }

    private FileSystemStream Open()
    {
        DurableDirectory.Create(files, platform, directory);
        // Not an id that anybody relies on, so it need not be reproducible.
        var path = files.Path.Combine(directory, _prefix + RandomNumberGenerator.GetHexString(16, lowercase: true) + Extension);
        using (var created = platform.Create(path))
        {
            created.Stream.Write(ClaimLine.Header(_place));
            created.Flush();
        }
        var file = files.FileStream.New(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        // Between the two it was not locked, and another process may have taken it for one without an owner.
        if (!files.File.Exists(path))
        {
            file.Dispose();
            throw new IOException($"'{path}' was deleted while it was opened");
        }
        platform.FlushDirectory(directory);
        (_path, _lines) = (path, 0);
        _free.Clear();
        _ended.Clear();
        return _file = file;
    }

    private void Put(FileSystemStream file, ClaimRecord record)
    {
        if (record.Line < 0)
        {
            if (_free.Count == 0 && (_ended.Count < LinesPerFlush || !TryReuseEnded()))
                Grow(file);
            record.Line = _free.Pop();
        }
        Put(file, record.Line, ClaimLine.Write(record));
    }

    private void Grow(FileSystemStream file)
    {
        if (_lines >= MaxLines)
            throw new IOException("the claim journal is full");
        var blank = new byte[LinesAtOnce * ClaimLine.Length];
        blank.AsSpan().Fill((byte)' ');
        for (var end = ClaimLine.Length; end <= blank.Length; end += ClaimLine.Length)
            blank[end - 1] = (byte)'\n';
        Put(file, _lines + 1, blank);
        for (var i = LinesAtOnce; i > 0; i--)
            _free.Push(_lines + i);
        _lines += LinesAtOnce;
    }

    // Once the deletions last, nothing comes back.
    private bool TryReuseEnded()
    {
        try
        {
            if (_ended.Count > 0)
                platform.FlushDirectory(watched);
            _ended.ForEach(_free.Push);
            _ended.Clear();
            return _free.Count > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Free(ClaimRecord record)
    {
        if (record.Line >= 0)
            _free.Push(record.Line);
        record.Line = -1;
    }

    private static void Put(FileSystemStream file, int line, byte[] octets)
    {
        file.Position = (long)line * ClaimLine.Length;
        file.Write(octets);
    }

    private void TryPut(int line, byte[] octets)
    {
        try
        {
            if (_file is not { } file)
                return;
            Put(file, line, octets);
            file.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The line says less than is known: a message may come twice, and none is lost.
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
}
