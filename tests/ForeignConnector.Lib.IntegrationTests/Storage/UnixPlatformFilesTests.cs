using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

public sealed class UnixPlatformFilesTests : PlatformFilesContract
{
    private protected override IPlatformFiles Platform { get; } = new UnixPlatformFiles(new FileSystem());

    [Fact(DisplayName = "PU-1: a FIFO is not a regular file, and opening it does not wait for a writer")]
    public async Task Does_not_block_on_a_fifo()
    {
        Unix.MakeFifo(Temp["pipe.eml"]);

        var opened = Task.Run(() => Platform.OpenExclusive(Temp["pipe.eml"], out _));

        Assert.Equal(OpenResult.NotRegular, await opened.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact(DisplayName = "SE-1: a FIFO and an endless device are not read, and reading does not wait")]
    public async Task Does_not_read_what_has_no_end()
    {
        Unix.MakeFifo(Temp["pipe"]);

        var read = Task.Run(() => (Platform.ReadSmall(Temp["pipe"], 100), Platform.ReadSmall("/dev/zero", 100)));

        Assert.Equal((null, null), await read.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact(DisplayName = "SE-1: a small file is read although somebody holds it open and locked")]
    public void Reads_a_locked_file()
    {
        var path = Temp.Write("a", "abc");
        Platform.OpenExclusive(path, out var file);
        using (file)
            Assert.Equal("abc"u8.ToArray(), Platform.ReadSmall(path, 3));
    }

    [Theory(DisplayName = "BP-1: where struct statvfs is not known (32-bit Linux, macOS) the volume is measured by .NET, with the same total")]
    [InlineData("/")]
    [InlineData("/dev/shm")]
    [InlineData("below")]
    [InlineData("missing")]
    public void Measures_a_volume_without_statvfs(string directory)
    {
        if (directory == "below")
            directory = Directory.CreateDirectory(Temp["below"]).FullName;
        else if (directory == "missing")
            directory = Temp["missing"];

        var space = ManagedPlatformFiles.SpaceOf(new FileSystem(), directory, drive: directory);

        Assert.Equal(Platform.SpaceAt(directory)?.TotalOctets, space?.TotalOctets);
        Assert.Equal(Directory.Exists(directory), space is { FreeFiles: null, TotalFiles: null });
        Assert.InRange(space?.FreeOctets ?? 0, 0, space?.TotalOctets ?? 0);
    }

    [Fact(DisplayName = "DR-5: of four that rename to one name, one wins, and nobody's octets are lost")]
    public async Task Exclusive_rename_has_one_winner()
    {
        const int rounds = 200, movers = 4;
        using var barrier = new Barrier(movers);
        for (var mover = 0; mover < movers; mover++)
            for (var round = 0; round < rounds; round++)
                Temp.Write($"{mover}-{round}", "");

        var results = await Task.WhenAll(Enumerable.Range(0, movers).Select(mover => Task.Factory.StartNew(
            () => Enumerable.Range(0, rounds).Select(round =>
            {
                barrier.SignalAndWait();
                return Platform.Move(Temp[$"{mover}-{round}"], Temp[$"to-{round}"]);
            }).ToArray(),
            TaskCreationOptions.LongRunning)));

        Assert.All(Enumerable.Range(0, rounds), round =>
        {
            var outcomes = results.Select(mover => mover[round]).Order().ToArray();
            Assert.Equal([MoveResult.Moved, MoveResult.Exists, MoveResult.Exists, MoveResult.Exists], outcomes);
        });
        Assert.Equal(rounds * movers, Temp.Names.Length);
    }

    [Fact]
    public void Flushing_a_missing_directory_is_an_error() => Assert.ThrowsAny<IOException>(() => Platform.FlushDirectory(Temp["none"]));

    [Fact(DisplayName = "PU-1: a name that is not text becomes one, an octet at a time")]
    public void Repairs_names_that_are_not_text()
    {
        Unix.CreateFile(Temp.Path, "M\xfcller.eml");
        Temp.Write("ok.eml", "");

        Platform.RepairFileNames(Temp.Path);

        Assert.Equal(["M%FCller.eml", "ok.eml"], Temp.Names);
    }

    [Fact(DisplayName = "PU-1: a repaired name never takes the place of another file")]
    public void Repairing_a_name_keeps_the_file_that_has_it()
    {
        Unix.CreateFile(Temp.Path, "M\xfcller.eml");
        Temp.Write("M%FCller.eml", "somebody else's");
        Temp.Write("M%FCller-2.eml", "a third one's");

        Platform.RepairFileNames(Temp.Path);

        Assert.Equal(["M%FCller-2.eml", "M%FCller-3.eml", "M%FCller.eml"], Temp.Names);
        Assert.Equal("somebody else's", Temp.Read("M%FCller.eml"));
        Assert.Equal("a third one's", Temp.Read("M%FCller-2.eml"));
        Assert.Equal("", Temp.Read("M%FCller-3.eml"));
    }

    [Fact(DisplayName = "PU-1: a repaired name that would be too long is cut")]
    public void Repaired_names_fit_a_directory_entry()
    {
        Unix.CreateFile(Temp.Path, new string('\xfc', 200) + ".eml");

        Platform.RepairFileNames(Temp.Path);

        var name = Assert.Single(Temp.Names);
        Assert.Equal(255, name.Length);
        Assert.StartsWith("%FC%FC", name, StringComparison.Ordinal);
        Assert.EndsWith(".eml", name, StringComparison.Ordinal);
    }
}
