using System.IO.Abstractions;
using System.IO.Enumeration;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

/// <summary>Times that only a memory disk keeps. Where the machine has none the tests say so and return.</summary>
public sealed class FileTimesTests : IDisposable
{
    private const string MemoryDisk = "/dev/shm";

    private static readonly FileSystem Files = new();

    private readonly ITestOutputHelper _output;
    private readonly string? _directory;

    public FileTimesTests(ITestOutputHelper output)
    {
        _output = output;
        if (Directory.Exists(MemoryDisk))
            _directory = Directory.CreateDirectory(Path.Combine(MemoryDisk, $"foreign-connector-{Guid.NewGuid():N}")).FullName;
    }

    public void Dispose()
    {
        if (_directory is not null)
            Directory.Delete(_directory, recursive: true);
    }

    [Theory(DisplayName = "SE-4: a time that cannot be one is unknown, and later than every other")]
    [InlineData("@300000000000")]
    [InlineData("@-99999999999")]
    [InlineData("@9223372036854775807")]
    public void Impossible_times_are_unknown(string time)
    {
        if (Make(time) is not { } path)
            return;

        Assert.Equal(FileTimes.Unknown, FileTimes.LastWriteUtc(Files, path));
        Assert.Equal(FileTimes.Unknown, FileTimes.LastWriteUtc(Files.FileInfo.New(path)));
        Assert.Equal([FileTimes.Unknown], Listed());
        using var handle = File.OpenHandle(path);
        Assert.Equal(FileTimes.Unknown, FileTimes.LastWriteUtc(Files, handle));
    }

    [Theory(DisplayName = "SE-4: a time that can be one is taken as it is, however odd")]
    [InlineData("@0", "1970-01-01")]
    [InlineData("@-11644473600", "1601-01-01")]
    [InlineData("@-62135596800", "0001-01-01")]
    [InlineData("@253402214400", "9999-12-31")]
    public void Odd_times_are_times(string time, string expected)
    {
        if (Make(time) is not { } path)
            return;

        Assert.Equal(expected, $"{FileTimes.LastWriteUtc(Files, path):yyyy-MM-dd}");
        Assert.Equal(expected, $"{Assert.Single(Listed()):yyyy-MM-dd}");
    }

    [Fact(DisplayName = "SE-4: a directory with an impossible time has an unknown one")]
    public void A_directory_too()
    {
        if (Make("@0") is null || !Hosts.Unix.TryRun("touch", "-d", "@300000000000", _directory!))
            return;

        Assert.Equal(FileTimes.Unknown, FileTimes.DirectoryLastWriteUtc(Files, _directory!));
    }

    private string? Make(string time)
    {
        var path = _directory is null ? null : Path.Combine(_directory, "x.eml");
        if (path is not null)
            File.WriteAllText(path, "x");
        if (path is not null && Hosts.Unix.TryRun("touch", "-d", time, path))
            return path;
        _output.WriteLine("not run: needs a memory disk that keeps such a time");
        return null;
    }

    private DateTime[] Listed() => [.. new FileSystemEnumerable<DateTime>(_directory!, static (ref FileSystemEntry entry) => FileTimes.LastWriteUtc(ref entry))];
}
