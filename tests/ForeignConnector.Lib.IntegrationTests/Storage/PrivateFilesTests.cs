using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

/// <summary>Tests that change the umask, which is the whole process's: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(UmaskCollection), DisableParallelization = true)]
public sealed class UmaskCollection;

/// <summary>Modes, owners and groups on a real disk; on Linux and macOS.</summary>
[Collection(nameof(UmaskCollection))]
public sealed class PrivateFilesTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly UnixPlatformFiles _platform = new(new FileSystem());

    public void Dispose() => _temp.Dispose();

    [Theory(DisplayName = "DR-10: what the host keeps for itself is private from the moment it exists, whatever the umask")]
    [InlineData("000")]
    [InlineData("022")]
    [InlineData("077")]
    public void Private_whatever_the_umask(string umask)
    {
        var before = Unix.SetUmask(umask);
        try
        {
            using var file = _platform.Create(_temp["a"]);
            _platform.CreateDirectory(_temp["private"]);

            Assert.Equal(("600", "700"), (Unix.ModeOf(_temp["a"]), Unix.ModeOf(_temp["private"])));
        }
        finally
        {
            Unix.SetUmask(before);
        }
    }

    [Theory(DisplayName = "DR-11: a shared file has exactly the mode that is asked for, whatever the umask")]
    [InlineData("000", "640")]
    [InlineData("077", "640")]
    [InlineData("077", "666")]
    [InlineData("022", "600")]
    public void Shared_exactly(string umask, string mode)
    {
        var before = Unix.SetUmask(umask);
        try
        {
            using var file = _platform.Create(_temp["a"], Access(mode));

            Assert.Equal(mode, Unix.ModeOf(_temp["a"]));
        }
        finally
        {
            Unix.SetUmask(before);
        }
    }

    [Fact(DisplayName = "DR-10: only the directory itself is private, not what is missing above it: others may have directories there")]
    public void Directories_above_are_as_usual()
    {
        DurableDirectory.Create(new FileSystem(), _platform, _temp["data/queue/Fax"], privateRoot: _temp["data/queue"]);
        _platform.CreateDirectory(_temp["other/logs"]);

        Assert.Equal(("755", "700", "700"), (Unix.ModeOf(_temp["data"]), Unix.ModeOf(_temp["data/queue"]), Unix.ModeOf(_temp["data/queue/Fax"])));
        Assert.Equal(("755", "700"), (Unix.ModeOf(_temp["other"]), Unix.ModeOf(_temp["other/logs"])));
    }

    [Theory(DisplayName = "DR-10: a directory that others have rights to is taken from them, once")]
    [InlineData("755", true, "700")]
    [InlineData("750", true, "700")]
    [InlineData("2770", true, "2700")]
    [InlineData("701", true, "700")]
    [InlineData("700", false, "700")]
    public void Tightens_a_directory(string mode, bool isChanged, string expected)
    {
        var directory = Directory.CreateDirectory(_temp["queue"]).FullName;
        Unix.SetMode(directory, mode);

        Assert.Equal(isChanged, _platform.MakePrivate(directory));
        Assert.False(_platform.MakePrivate(directory));
        Assert.Equal(expected, Unix.ModeOf(directory));
    }

    [Fact(DisplayName = "DR-10: a directory of another account is left as it is")]
    public void Leaves_a_directory_of_others()
    {
        if (IsNotRoot())
            return;
        var directory = Directory.CreateDirectory(_temp["queue"]).FullName;
        Unix.SetMode(directory, "755");
        Unix.SetOwner(directory, OrdinaryAccount.Id);

        Assert.False(_platform.MakePrivate(directory));
        Assert.Equal("755", Unix.ModeOf(directory));
    }

    [Fact(DisplayName = "DR-10: what root makes in a directory of another account belongs to that account, which can read it")]
    public void Root_makes_files_for_the_host()
    {
        if (IsNotRoot())
            return;
        var directory = Directory.CreateDirectory(_temp["queue"]).FullName;
        Unix.SetMode(_temp.Path, "755");
        Unix.SetMode(directory, "700");
        Unix.SetOwner(directory, OrdinaryAccount.Id);

        using (var file = _platform.Create(_temp["queue/state.json"]))
            file.Stream.Write("{}"u8);
        _platform.CreateDirectory(_temp["queue/changed"]);

        Assert.Equal("{}"u8.ToArray(), OrdinaryAccount.Run(() => File.ReadAllBytes(_temp["queue/state.json"])));
        Assert.Empty(OrdinaryAccount.Run(() => Directory.GetFiles(_temp["queue/changed"])));
        Assert.Equal("600", Unix.ModeOf(_temp["queue/state.json"]));
    }

    [Theory(DisplayName = "DR-11: a file has the group of its directory, linked or created, with setgid and without")]
    [InlineData("2770")]
    [InlineData("770")]
    public void Has_the_group_of_its_directory(string mode)
    {
        if (IsNotRoot())
            return;
        var drop = Drop(mode);
        var access = new SharedAccess(SharedAccess.GroupMayRead, _platform.RulesOf(drop));

        using (_platform.Create(Path.Combine(drop, "created"), access))
        using (var linked = Locked("linked"))
        {
            Assert.True(linked.TryShare(access));
            Assert.Equal(MoveResult.Moved, _platform.Link(_temp["linked"], Path.Combine(drop, "linked")));
        }

        Assert.All((string[])["created", "linked"], name =>
            Assert.Equal($"0:{OrdinaryAccount.Id} 640", Unix.OwnerOf(Path.Combine(drop, name)) + " " + Unix.ModeOf(Path.Combine(drop, name))));
    }

    [Fact(DisplayName = "DR-11: where the account may not give the group of a setgid directory the file has to be copied; without setgid it has that of the account either way")]
    public void What_is_refused_is_copied()
    {
        if (IsNotRoot())
            return;
        File.WriteAllText(_temp["a"], "x");
        Unix.SetOwner(_temp["a"], OrdinaryAccount.Id);
        Unix.SetMode(_temp.Path, "755");
        var setgid = new SharedAccess(SharedAccess.GroupMayRead, new DirectoryRules { GivesGroup = true, Group = 4242 });
        var plain = new SharedAccess(setgid.Mode, setgid.Rules with { GivesGroup = false });

        var (first, second) = OrdinaryAccount.Run(() =>
        {
            Assert.Equal(OpenResult.Opened, _platform.OpenExclusive(_temp["a"], out var file));
            using (file)
                return (file!.TryShare(setgid), file.TryShare(plain));
        });

        Assert.Equal((false, true), (first, second));
        Assert.Equal("640", Unix.ModeOf(_temp["a"]));
    }

    [Fact(DisplayName = "DR-11: in a directory with a default ACL files are created, never linked, and the ACL decides within the mode")]
    public void A_default_acl_decides()
    {
        var drop = Directory.CreateDirectory(_temp["drop"]).FullName;
        if (!Unix.TrySetDefaultAcl(drop, OrdinaryAccount.Id))
        {
            output.WriteLine("not run: needs a volume with POSIX ACLs");
            return;
        }
        var access = new SharedAccess(SharedAccess.GroupMayRead, _platform.RulesOf(drop));

        Assert.True(access.Rules is { MustBeCreated: true, HasDefaultRules: true });
        using (var linked = Locked("linked"))
            Assert.False(linked.TryShare(access));
        using (_platform.Create(Path.Combine(drop, "created"), access))
            Assert.Equal("640", Unix.ModeOf(Path.Combine(drop, "created")));
        if (IsNotRoot())
            return;
        Unix.SetMode(_temp.Path, "755");
        Unix.SetMode(drop, "755");
        Assert.Equal("", OrdinaryAccount.Run(() => File.ReadAllText(Path.Combine(drop, "created"))));
    }

    [Fact(DisplayName = "SE-7: an append-only directory is recognised")]
    public void Recognises_an_append_only_directory()
    {
        var drop = Directory.CreateDirectory(_temp["drop"]).FullName;
        Assert.False(_platform.RulesOf(drop).IsAppendOnly);
        if (!Hosts.Unix.TryRun("chattr", "+a", drop))
        {
            output.WriteLine("not run: needs root, and a volume that keeps attributes");
            return;
        }

        Assert.True(_platform.RulesOf(drop).IsAppendOnly);

        Assert.True(Hosts.Unix.TryRun("chattr", "-a", drop));
    }

    private string Drop(string mode)
    {
        var drop = Directory.CreateDirectory(_temp["drop"]).FullName;
        Unix.SetOwner(drop, 0, OrdinaryAccount.Id);
        Unix.SetMode(drop, mode);
        return drop;
    }

    private LockedFile Locked(string name)
    {
        _platform.Create(_temp[name]).Dispose();
        Assert.Equal(OpenResult.Opened, _platform.OpenExclusive(_temp[name], out var file));
        return file!;
    }

    private static SharedAccess Access(string mode) => new((UnixFileMode)Convert.ToInt32(mode, 8), default);

    private bool IsNotRoot()
    {
        if (!OrdinaryAccount.IsAvailable)
            output.WriteLine("not run: needs root");
        return !OrdinaryAccount.IsAvailable;
    }
}
