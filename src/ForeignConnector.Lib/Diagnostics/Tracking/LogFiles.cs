using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Diagnostics.Tracking;

/// <summary>What a log is like that is kept in files of days.</summary>
internal sealed record LogFileOptions
{
    /// <summary>What the host's log calls it.</summary>
    public required string Name { get; init; }

    /// <summary>What the names of its files begin with.</summary>
    public required string Prefix { get; init; }

    /// <summary>The directory, as a full path. Created when it is missing.</summary>
    public required string Path { get; init; }

    /// <summary>The largest file; a line that is larger has a file of its own.</summary>
    public required ByteSize MaxFileSize { get; init; }

    /// <summary>The most that all files may have together; the oldest go first.</summary>
    public required ByteSize MaxDirectorySize { get; init; }

    /// <summary>Files that were last written to longer ago are deleted; zero keeps them.</summary>
    public required TimeSpan MaxAge { get; init; }

    /// <summary>What begins every file.</summary>
    public required Func<DateTimeOffset, string> Header { get; init; }
}

/// <summary>The files of a log: which one is written to, and which ones are too old or too many. One thread at a time.</summary>
internal sealed class LogFiles(
    LogFileOptions options, IFileSystem files, IPlatformFiles platform, TimeProvider time) : IDisposable
{
    // Hosts that share the directory have a file each; so many numbers that are taken mean that something else is wrong.
    private const int MaxAttempts = 1000;

    private FileSystemStream? _stream;
    private LogFileName _name;

    /// <summary>Writes whole lines, as many as the file has room for.</summary>
    /// <returns>How many octets were written; the rest belongs into the next file.</returns>
    public int Append(ReadOnlySpan<byte> lines)
    {
        // A deleted file could be written to for ever.
        if (_stream is not null && (_name.Day != Today || !files.File.Exists(PathOf(_name))))
            Close();
        _stream ??= Open(LatestOfToday());
        var fitting = Fit(lines, options.MaxFileSize.Octets - _stream.Length);
        if (fitting == 0)
        {
            Close();
            _stream = Open(_name.Next());
            // Every file takes at least one line.
            fitting = Math.Max(Fit(lines, options.MaxFileSize.Octets - _stream.Length), lines.IndexOf((byte)'\n') + 1);
        }
        Write(_stream, lines[..fitting]);
        return fitting;
    }

    /// <summary>Deletes what is too old or too much. Files that a host still writes to stay, and what cannot be deleted has its turn next
    /// time.</summary>
    public void Prune()
    {
        try
        {
            PruneNow();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another host deletes at the same time, or the directory is gone: no reason not to write.
        }
    }

    private void PruneNow()
    {
        var now = time.GetUtcNow().UtcDateTime;
        var logs = List().OrderBy(log => log.Name).ToList();
        // Room for what the current file may still grow by.
        var size = logs.Where(log => _stream is null || log.Name != _name).Sum(log => log.File.Length) + options.MaxFileSize.Octets;
        foreach (var (name, file) in logs)
        {
            var isOld = options.MaxAge > TimeSpan.Zero && now - FileTimes.LastWriteUtc(file) > options.MaxAge;
            if ((!isOld && size <= options.MaxDirectorySize.Octets) || (_stream is not null && name == _name))
                continue;
            var length = file.Length;
            if (TryDelete(file.FullName))
                size -= length;
        }
    }

    /// <summary>Closes the current file; the next line opens it again, or its successor.</summary>
    public void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }

    public void Dispose() => Close();

    private string PathOf(LogFileName name) => files.Path.Combine(options.Path, name.ToString());

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private LogFileName LatestOfToday()
    {
        platform.CreateDirectory(options.Path);
        return List().Select(log => log.Name).Where(name => name.Day == Today)
            .DefaultIfEmpty(new LogFileName(options.Prefix, Today, 1)).Max();
    }

    private FileSystemStream Open(LogFileName first)
    {
        _name = first;
        for (var attempt = 0; attempt < MaxAttempts; attempt++, _name = _name.Next())
        {
            var stream = AppendFile.TryOpen(files, platform, PathOf(_name));
            if (stream is null)
                continue;
            if (stream.Length < options.MaxFileSize.Octets)
            {
                Begin(stream);
                _stream = stream;
                Prune();
                return stream;
            }
            stream.Dispose();
        }
        throw new IOException($"'{options.Path}' has no free name for a file of the log");
    }

    // A file whose last line was cut off goes on with a line of its own, and says once more what the fields are.
    private void Begin(FileSystemStream stream)
    {
        var torn = stream.Length > 0 && LastOctet(stream) != '\n';
        if (stream.Length == 0 || torn)
            Write(stream, Encoding.UTF8.GetBytes((torn ? "\r\n" : "") + options.Header(time.GetUtcNow())));
    }

    private static int LastOctet(FileSystemStream stream)
    {
        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte();
    }

    // All of it or nothing, as far as the disk allows.
    private static void Write(FileSystemStream stream, ReadOnlySpan<byte> octets)
    {
        var before = stream.Length;
        try
        {
            stream.Write(octets);
            stream.Flush();
        }
        catch (IOException)
        {
            stream.SetLength(before);
            throw;
        }
    }

    private static int Fit(ReadOnlySpan<byte> lines, long room) =>
        lines.Length <= room ? lines.Length : room <= 0 ? 0 : lines[..(int)room].LastIndexOf((byte)'\n') + 1;

    private IEnumerable<(LogFileName Name, IFileInfo File)> List()
    {
        foreach (var file in files.DirectoryInfo.New(options.Path).EnumerateFiles(LogFileName.Pattern(options.Prefix)))
        {
            if (LogFileName.TryParse(file.Name, options.Prefix, out var name))
                yield return (name, file);
        }
    }

    private bool TryDelete(string path)
    {
        try
        {
            if (platform.OpenExclusive(path, out var owner) != OpenResult.Opened)
                return false;
            using (owner)
            {
                files.File.Delete(path);
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

/// <summary>The name of a log file, as Exchange gives them: a prefix, the UTC day and a number from 1 that starts again every day, such as
/// <c>MSGTRKyyyyMMdd-n.LOG</c>.</summary>
internal readonly record struct LogFileName(string Prefix, DateOnly Day, int Number) : IComparable<LogFileName>
{
    private const string Extension = ".LOG";
    private const string DayFormat = "yyyyMMdd";

    /// <summary>What to list.</summary>
    public static string Pattern(string prefix) => prefix + "*" + Extension;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Day.ToString(DayFormat, CultureInfo.InvariantCulture)}-{Number}{Extension}");

    public LogFileName Next() => this with { Number = Number + 1 };

    public int CompareTo(LogFileName other) => (Day, Number).CompareTo((other.Day, other.Number));

    /// <summary>Reads a name, without case; other files in the directory are none of ours.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, string prefix, out LogFileName name)
    {
        name = default;
        if (text is null || !text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            || !text.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
            return false;
        var middle = text.AsSpan(prefix.Length, Math.Max(0, text.Length - prefix.Length - Extension.Length));
        if (middle.IndexOf('-') != DayFormat.Length
            || !DateOnly.TryParseExact(
                middle[..DayFormat.Length], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || !int.TryParse(middle[(DayFormat.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        name = new LogFileName(prefix, day, number);
        return true;
    }
}
