using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

/// <summary>Renames and links that the system refuses, on real volumes. Most need root; where it is missing a test says so and
/// returns.</summary>
public sealed class RefusedNamesTests(ITestOutputHelper output) : IDisposable
{
    private const string Others = "a.eml";

    private readonly TempDirectory _temp = new();
    private readonly UnixPlatformFiles _platform = new(new FileSystem());

    public void Dispose()
    {
        Hosts.Unix.TryRun("chattr", "-R", "-ai", _temp.Path);
        _temp.Dispose();
    }

    [Fact(DisplayName = "SE-7: in a sticky directory the file of somebody else is not renamed, however often that is tried: an error, and one name")]
    public void A_sticky_directory_refuses()
    {
        if (!OrdinaryAccount.IsAvailable)
        {
            output.WriteLine("not run: needs root");
            return;
        }
        MakeSticky(_temp.Path);

        for (var attempt = 0; attempt < 5; attempt++)
            Assert.Throws<UnauthorizedAccessException>(() => OrdinaryAccount.Run(() => _platform.Move(_temp[Others], _temp["a.tmp"])));

        Assert.Equal([Others], _temp.Names);
    }

    [Theory(DisplayName = "SE-7: an append-only or immutable directory or file refuses: an error, and one name")]
    [InlineData("+a", "")]
    [InlineData("+i", "")]
    [InlineData("+a", Others)]
    [InlineData("+i", Others)]
    public void An_attribute_refuses(string attribute, string entry)
    {
        var directory = Directory.CreateDirectory(_temp["shared"]).FullName;
        File.WriteAllText(Path.Combine(directory, Others), "x");
        if (!Hosts.Unix.TryRun("chattr", attribute, Path.Combine(directory, entry)))
        {
            output.WriteLine("not run: needs root, and a volume that keeps attributes");
            return;
        }

        for (var attempt = 0; attempt < 3; attempt++)
            Assert.Throws<UnauthorizedAccessException>(() => _platform.Move(Path.Combine(directory, Others), Path.Combine(directory, "a.tmp")));

        Assert.Equal([Others], Directory.GetFiles(directory).Select(Path.GetFileName));
    }

    [Fact(DisplayName = "SE-7: a directory without the right to write refuses; nothing changes")]
    public void A_directory_without_rights_refuses()
    {
        if (!OrdinaryAccount.IsAvailable)
        {
            output.WriteLine("not run: needs root");
            return;
        }
        _temp.Write(Others, "x");
        Unix.SetMode(_temp[Others], "666");
        Unix.SetMode(_temp.Path, "755");

        Assert.Throws<UnauthorizedAccessException>(() => OrdinaryAccount.Run(() => _platform.Move(_temp[Others], _temp["a.tmp"])));
        Assert.Throws<UnauthorizedAccessException>(() => OrdinaryAccount.Run(() => _platform.Link(_temp[Others], _temp["b.eml"])));

        Assert.Equal([Others], _temp.Names);
    }

    [Theory(DisplayName = "SE-7: a volume without exclusive rename refuses in a sticky directory as well, with and without links")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sticky_directory_refuses_where_renames_are_not_exclusive(bool hasLinks)
    {
        using var volume = FuseVolume.TryMount(_temp.Path, hasLinks, out var why);
        if (volume is null)
        {
            output.WriteLine($"not run: {why}");
            return;
        }
        Unix.SetMode(_temp.Path, "755");
        MakeSticky(Path.GetDirectoryName(volume.Directory) + "/behind");

        for (var attempt = 0; attempt < 5; attempt++)
            Assert.Throws<UnauthorizedAccessException>(() => OrdinaryAccount.Run(() => _platform.Move(Path.Combine(volume.Directory, Others), Path.Combine(volume.Directory, "a.tmp"))));

        Assert.Equal([Others], Directory.GetFiles(_temp["behind"]).Select(Path.GetFileName));
    }

    [Theory(DisplayName = "PU-4: a volume without exclusive rename renames by the next best call, never replacing, and leaves one name")]
    [InlineData(true)]
    [InlineData(false)]
    public void Renames_where_renames_are_not_exclusive(bool hasLinks)
    {
        using var volume = FuseVolume.TryMount(_temp.Path, hasLinks, out var why);
        if (volume is null)
        {
            output.WriteLine($"not run: {why}");
            return;
        }
        string At(string name) => Path.Combine(volume.Directory, name);
        File.WriteAllText(At("from"), "new");
        File.WriteAllText(At("taken"), "old");
        Directory.CreateDirectory(At("folder"));

        Assert.Equal(MoveResult.Exists, _platform.Move(At("from"), At("taken")));
        Assert.Equal(MoveResult.Exists, _platform.Move(At("from"), At("folder")));
        Assert.Equal(MoveResult.Moved, _platform.Move(At("from"), At("to")));
        Assert.Equal(MoveResult.Gone, _platform.Move(At("from"), At("again")));

        Assert.Equal(["folder", "taken", "to"], Directory.GetFileSystemEntries(_temp["behind"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("new", File.ReadAllText(At("to")));
        Assert.Equal("old", File.ReadAllText(At("taken")));
    }

    [Fact(DisplayName = "SE-7: a folder is never removed in the attempt to find out whether its name could be")]
    public void Folders_stay_where_renames_are_not_exclusive()
    {
        using var volume = FuseVolume.TryMount(_temp.Path, hasLinks: true, out var why);
        if (volume is null)
        {
            output.WriteLine($"not run: {why}");
            return;
        }
        Directory.CreateDirectory(Path.Combine(volume.Directory, "empty"));

        Assert.Equal(MoveResult.Moved, _platform.Move(Path.Combine(volume.Directory, "empty"), Path.Combine(volume.Directory, "moved")));

        Assert.True(Directory.Exists(_temp["behind/moved"]));
    }

    [Theory(DisplayName = "PU-13: where inode numbers follow the names a renamed file is recognised by its lock, if that went with it; either way it says that its number does not last")]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Recognises_a_file_by_its_lock(bool hasLinks, bool isRecognised)
    {
        using var volume = FuseVolume.TryMount(_temp.Path, hasLinks, out var why);
        if (volume is null)
        {
            output.WriteLine($"not run: {why}");
            return;
        }
        string At(string name) => Path.Combine(volume.Directory, name);
        File.WriteAllText(At(Others), "abc");
        Assert.Equal(OpenResult.Opened, _platform.OpenExclusive(At(Others), out var file));
        using (file)
        {
            Assert.True(file!.IsAt(At(Others)));
            Assert.True(file.IsInodeStable);
            Assert.Equal(MoveResult.Moved, _platform.Move(At(Others), At("a.tmp")));

            Assert.Equal(isRecognised, file.IsAt(At("a.tmp")));
            Assert.False(file.IsInodeStable);
            Assert.False(file.IsAt(At(Others)));
        }
    }

    [Fact(DisplayName = "PU-13: where inode numbers follow the names a file that only looks like the claimed one is not taken for it")]
    public void A_look_alike_is_another_file()
    {
        using var volume = FuseVolume.TryMount(_temp.Path, hasLinks: true, out var why);
        if (volume is null)
        {
            output.WriteLine($"not run: {why}");
            return;
        }
        string At(string name) => Path.Combine(volume.Directory, name);
        var written = new DateTime(2026, 1, 31, 0, 0, 0, DateTimeKind.Utc);
        foreach (var (name, text) in (IEnumerable<(string, string)>)[(Others, "abc"), ("same.eml", "xyz"), ("longer.eml", "abcd"), ("later.eml", "abc")])
            _temp.Write("behind/" + name, text, name == "later.eml" ? written.AddSeconds(1) : written);
        Assert.Equal(OpenResult.Opened, _platform.OpenExclusive(At(Others), out var file));
        using (file)
            Assert.All((string[])["same.eml", "longer.eml", "later.eml", "none.eml"], name => Assert.False(file!.IsAt(At(name))));
    }

    [Fact(DisplayName = "PU-1: a name that is not text and that the system does not let us change is told, and stays")]
    public void A_refused_repair_is_told()
    {
        Unix.CreateFile(_temp.Path, "M\xfcller.eml");
        if (!Hosts.Unix.TryRun("chattr", "+a", _temp.Path))
        {
            output.WriteLine("not run: needs root, and a volume that keeps attributes");
            return;
        }

        Assert.Equal(["M%FCller.eml"], _platform.RepairFileNames(_temp.Path));
        Assert.Single(_temp.Names);

        Assert.True(Hosts.Unix.TryRun("chattr", "-a", _temp.Path));
        Assert.Empty(_platform.RepairFileNames(_temp.Path));
        Assert.Equal(["M%FCller.eml"], _temp.Names);
    }

    private static void MakeSticky(string directory)
    {
        File.WriteAllText(Path.Combine(directory, Others), "x");
        Unix.SetMode(directory, "1777");
    }
}
