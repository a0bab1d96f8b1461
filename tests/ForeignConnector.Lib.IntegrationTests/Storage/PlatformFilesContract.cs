using System.Text;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

/// <summary>What every implementation of <see cref="IPlatformFiles"/> must do on a real disk.</summary>
public abstract class PlatformFilesContract : IDisposable
{
    private protected TempDirectory Temp { get; } = new();

    private protected abstract IPlatformFiles Platform { get; }

    public void Dispose()
    {
        Temp.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact(DisplayName = "PU-13: a file that is held open excludes a second opener, until it is closed")]
    public void Excludes_a_second_opener()
    {
        var path = Temp.Write("a.eml", "abc");
        Assert.Equal(OpenResult.Opened, Platform.OpenExclusive(path, out var first));
        using (first)
        {
            Assert.Equal(OpenResult.Locked, Platform.OpenExclusive(path, out var second));
            Assert.Null(second);
        }

        Assert.Equal(OpenResult.Opened, Platform.OpenExclusive(path, out var third));
        third!.Dispose();
    }

    [Fact(DisplayName = "PU-13: the lock stays on the file when its owner renames it")]
    public void Lock_survives_a_rename()
    {
        var path = Temp.Write("a.eml", "abc");
        Platform.OpenExclusive(path, out var file);
        using (file)
        {
            Assert.Equal(MoveResult.Moved, Platform.Move(path, Temp["a.tmp"]));
            Assert.True(file!.IsAt(Temp["a.tmp"]));
            Assert.False(file.IsAt(path));
            Assert.Equal(OpenResult.Locked, Platform.OpenExclusive(Temp["a.tmp"], out _));
        }
    }

    [Fact(DisplayName = "PU-2: a file that its writer keeps to itself is locked")]
    public void Respects_the_lock_of_a_writer()
    {
        var path = Temp.Write("a.eml", "abc");
        using var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None);

        Assert.Equal(OpenResult.Locked, Platform.OpenExclusive(path, out _));
    }

    [Fact]
    public void Reads_at_any_offset()
    {
        var path = Temp.Write("a.eml", "0123456789");
        Platform.OpenExclusive(path, out var file);
        using (file)
        {
            var buffer = new byte[4];

            Assert.Equal(10, file!.Length);
            Assert.Equal(4, file.Read(3, buffer));
            Assert.Equal("3456", Encoding.ASCII.GetString(buffer));
            Assert.Equal(2, file.Read(8, buffer));
            Assert.Equal(0, file.Read(10, buffer));
        }
    }

    [Fact(DisplayName = "What is left on a volume is never more than there is; a missing directory has no volume")]
    public void Tells_what_is_left_on_a_volume()
    {
        var space = Platform.SpaceAt(Temp.Path);

        Assert.NotNull(space);
        Assert.InRange(space.Value.FreeOctets, 0, space.Value.TotalOctets);
        Assert.True(space.Value.FreeFiles is null || space.Value.FreeFiles <= space.Value.TotalFiles);
        Assert.Null(Platform.SpaceAt(Temp["none"]));
    }

    [Fact]
    public void Missing_files_and_directories_are_gone()
    {
        Assert.Equal(OpenResult.Gone, Platform.OpenExclusive(Temp["none.eml"], out _));
        Assert.Equal(OpenResult.Gone, Platform.OpenExclusive(Temp["none/a.eml"], out _));
        Assert.Equal(MoveResult.Gone, Platform.Move(Temp["none.eml"], Temp["b.eml"]));
    }

    [Fact(DisplayName = "PU-1: directories and links, also to nowhere, are not regular files")]
    public void Opens_regular_files_only()
    {
        Temp.Write("target", "abc");
        Directory.CreateDirectory(Temp["directory.eml"]);
        File.CreateSymbolicLink(Temp["link.eml"], Temp["target"]);
        File.CreateSymbolicLink(Temp["dangling.eml"], Temp["nowhere"]);

        Assert.Equal(OpenResult.NotRegular, Platform.OpenExclusive(Temp["directory.eml"], out _));
        Assert.Equal(OpenResult.NotRegular, Platform.OpenExclusive(Temp["link.eml"], out _));
        Assert.Equal(OpenResult.NotRegular, Platform.OpenExclusive(Temp["dangling.eml"], out _));
    }

    [Fact(DisplayName = "PU-4: a rename never replaces what is there")]
    public void Moves_without_replacing()
    {
        var from = Temp.Write("from", "new");
        Temp.Write("to", "old");

        Assert.Equal(MoveResult.Exists, Platform.Move(from, Temp["to"]));
        Assert.Equal("old", Temp.Read("to"));
        Assert.Equal(MoveResult.Moved, Platform.Move(from, Temp["free"]));
        Assert.Equal("new", Temp.Read("free"));
        Assert.Equal(["free", "to"], Temp.Names);
    }

    [Fact]
    public void A_missing_target_directory_is_an_outage_and_not_a_lost_race()
    {
        var from = Temp.Write("from", "abc");

        Assert.ThrowsAny<IOException>(() => Platform.Move(from, Temp["none/to"]));
        Assert.Equal(["from"], Temp.Names);
    }

    [Fact(DisplayName = "PU-14: the facts that confirm a claim stay the same when the file is renamed, and differ for one that is written at another time or is longer")]
    public void Facts_follow_the_file()
    {
        var path = Temp.Write("a.eml", "abc");
        var first = FactsOf(path);
        File.Move(path, Temp["a.tmp"]);
        var renamed = FactsOf(Temp["a.tmp"]);
        Temp.Write("a.eml", "abc", writtenUtc: new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.True(first.Confirms(renamed));
        Assert.False(first.Confirms(FactsOf(path)));
        File.AppendAllText(Temp["a.tmp"], "d");
        Assert.False(first.Confirms(FactsOf(Temp["a.tmp"])));
    }

    [Fact]
    public void Flushes_a_directory()
    {
        Temp.Write("a", "abc");

        Platform.FlushDirectory(Temp.Path);

        Assert.Equal(["a"], Temp.Names);
    }

    [Theory(DisplayName = "SE-1: a small file is read whole, up to its limit and not beyond")]
    [InlineData("", 0, true)]
    [InlineData("abc", 3, true)]
    [InlineData("abc", 2, false)]
    [InlineData("abcd", 1 << 20, true)]
    public void Reads_small_files(string text, int limit, bool isRead)
    {
        var path = Temp.Write("a", text);

        Assert.Equal(isRead ? text : null, Platform.ReadSmall(path, limit) is { } octets ? Encoding.ASCII.GetString(octets) : null);
    }

    [Fact(DisplayName = "SE-1: what is no regular file is not read: directories, links, nothing")]
    public void Reads_regular_files_only()
    {
        Temp.Write("target", "abc");
        Directory.CreateDirectory(Temp["directory"]);
        File.CreateSymbolicLink(Temp["link"], Temp["target"]);
        File.CreateSymbolicLink(Temp["dangling"], Temp["nowhere"]);

        Assert.All((string[])["directory", "link", "dangling", "none", "none/a", "target/a"], name => Assert.Null(Platform.ReadSmall(Temp[name], 100)));
    }

    private FileFacts FactsOf(string path)
    {
        Assert.Equal(OpenResult.Opened, Platform.OpenExclusive(path, out var file));
        using (file)
            return file!.Facts;
    }
}
