using System.Globalization;
using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

public sealed class FileClaimTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 23, 59, 58, 765, TimeSpan.Zero);

    private readonly TempDirectory _temp = new();
    private readonly FileSystem _files = new();
    private readonly FakeTimeProvider _time = new(Now);
    private readonly IPlatformFiles _platform = PlatformFiles.For(new FileSystem());

    public void Dispose() => _temp.Dispose();

    [Fact(DisplayName = "PU-4: name.eml becomes name.tmp while it is worked on, and is deleted when it is done")]
    public void Claims_and_completes()
    {
        _temp.Write("a.eml", "abc");
        using (var claim = TryClaim("a.eml"))
        {
            Assert.Equal(_temp["a.tmp"], claim!.Path);
            Assert.Equal("a.eml", claim.OriginalName);
            Assert.Equal(["a.tmp"], _temp.Names);
            claim.Complete();
        }
        Assert.Empty(_temp.Names);
    }

    [Theory(DisplayName = "PU-4: when name.tmp is taken the claim is called name<datetime>.tmp, then with a number")]
    [InlineData("a20260131235958765.tmp", "a.tmp")]
    [InlineData("a20260131235958765-2.tmp", "a.tmp", "a20260131235958765.tmp")]
    [InlineData("a20260131235958765-3.tmp", "a.tmp", "a20260131235958765.tmp", "a20260131235958765-2.tmp")]
    public void Claim_finds_a_free_name(string expected, params string[] taken)
    {
        foreach (var name in taken)
            _temp.Write(name, "other");
        _temp.Write("a.eml", "abc");

        using var claim = TryClaim("a.eml");

        Assert.Equal(_temp[expected], claim!.Path);
        Assert.All(taken, name => Assert.Equal("other", _temp.Read(name)));
    }

    [Fact(DisplayName = "SE-1: another file that has taken the name of a claim is neither deleted nor renamed")]
    public void Leaves_what_took_the_name_of_a_claim()
    {
        _temp.Write("a.eml", "abc");
        using var claim = TryClaim("a.eml");
        _temp.Write("other", "another writer's");
        File.Move(_temp["other"], _temp["a.tmp"], overwrite: true);

        Assert.False(claim!.Release());
        Assert.Throws<IOException>(() => claim.SetAside(".bad", ".txt", Write));
        Assert.False(claim.Complete());

        Assert.Equal(["a.tmp"], _temp.Names);
        Assert.Equal("another writer's", _temp.Read("a.tmp"));
    }

    [Fact(DisplayName = "PU-4: a released file has its name again")]
    public void Releases()
    {
        _temp.Write("a.eml", "abc");
        using (var claim = TryClaim("a.eml"))
            claim!.Release();

        Assert.Equal("abc", _temp.Read("a.eml"));
        Assert.Equal(["a.eml"], _temp.Names);
    }

    [Fact(DisplayName = "PU-4: a released file does not replace a new one of its name")]
    public void Releases_beside_a_new_file()
    {
        _temp.Write("a.eml", "abc");
        using (var claim = TryClaim("a.eml"))
        {
            _temp.Write("a.eml", "new");
            claim!.Release();
        }

        Assert.Equal("new", _temp.Read("a.eml"));
        Assert.Equal("abc", _temp.Read("a20260131235958765.eml"));
    }

    [Fact(DisplayName = "PU-13: a claim whose owner lives is not taken back, one whose owner died is")]
    public void Recovers_abandoned_claims()
    {
        _temp.Write("a.eml", "abc");
        using (TryClaim("a.eml"))
            Assert.False(TryRecover("a.tmp"));

        Assert.True(TryRecover("a.tmp"));
        Assert.Equal("abc", _temp.Read("a.eml"));
        Assert.False(TryRecover("a.tmp"));
    }

    [Fact(DisplayName = "PU-13: a claim is taken back beside a new file of its name")]
    public void Recovers_beside_a_new_file()
    {
        _temp.Write("a.tmp", "old");
        _temp.Write("a.eml", "new");

        Assert.True(TryRecover("a.tmp"));

        Assert.Equal("new", _temp.Read("a.eml"));
        Assert.Equal("old", _temp.Read("a20260131235958765.eml"));
    }

    [Fact(DisplayName = "PU-1: the extension is compared without case, and the name keeps its own")]
    public void Casing()
    {
        _temp.Write("Brief.EML", "abc");
        using (var claim = TryClaim("Brief.EML"))
        {
            Assert.Equal(_temp["Brief.tmp"], claim!.Path);
            claim.Release();
        }
        Assert.Equal(["Brief.eml"], _temp.Names);
    }

    [Fact(DisplayName = "PU-1: a link is not claimed, and what it points at is not touched")]
    public void Does_not_follow_links()
    {
        _temp.Write("secret", "abc");
        File.CreateSymbolicLink(_temp["a.eml"], _temp["secret"]);

        Assert.Null(FileClaim.TryOpen(_files, _platform, _time, _temp["a.eml"], out var result));

        Assert.Equal(OpenResult.NotRegular, result);
        Assert.Equal(["a.eml", "secret"], _temp.Names);
    }

    [Fact(DisplayName = "PU-1: a claim that is a link is not taken back")]
    public void Does_not_recover_links()
    {
        _temp.Write("secret", "abc");
        File.CreateSymbolicLink(_temp["a.tmp"], _temp["secret"]);

        Assert.False(TryRecover("a.tmp"));
        Assert.Equal(["a.tmp", "secret"], _temp.Names);
    }

    [Fact(DisplayName = "PU-13: a claimer that finds its file gone has lost the race, which is no error")]
    public void Gone()
    {
        Assert.Null(FileClaim.TryOpen(_files, _platform, _time, _temp["none.eml"], out var result));
        Assert.Equal(OpenResult.Gone, result);
    }

    [Fact(DisplayName = "PU-13: a file that took the name of the one that was opened is not worked on, and gets its name back at once")]
    public void A_file_that_took_the_name_is_given_back()
    {
        _temp.Write("a.eml", "first");
        var swapping = new ScriptedPlatformFiles(_platform)
        {
            OnMove = (from, _) =>
            {
                if (from == _temp["a.eml"])
                {
                    File.Delete(from);
                    _temp.Write("a.eml", "second");
                }
                return null;
            },
        };

        using var claim = FileClaim.TryOpen(_files, swapping, _time, _temp["a.eml"], out _);
        Assert.Equal(MoveResult.Gone, claim!.Take("a.tmp"));

        Assert.Equal(["a.eml"], _temp.Names);
        Assert.Equal("second", _temp.Read("a.eml"));
    }

    [Fact(DisplayName = "BM-1: name.bad, with the reason written before the file gets that name")]
    public void Sets_aside()
    {
        _temp.Write("a.eml", "abc");
        using (var claim = TryClaim("a.eml"))
        {
            claim!.SetAside(".bad", ".txt", path =>
            {
                Assert.Equal(_temp["a.bad.txt"], path);
                Assert.False(File.Exists(_temp["a.bad"]));
                return Write(path);
            });
        }

        Assert.Equal(["a.bad", "a.bad.txt"], _temp.Names);
        Assert.Equal("abc", _temp.Read("a.bad"));
    }

    [Fact(DisplayName = "BM-1: a claim that is gone when it shall be set aside is an error")]
    public void Sets_aside_nothing()
    {
        _temp.Write("a.eml", "abc");
        using var claim = TryClaim("a.eml");
        File.Delete(claim!.Path);

        Assert.Throws<IOException>(() => claim.SetAside(".bad", ".txt", Write));
    }

    [Fact(DisplayName = "BM-1: name<datetime>.bad when name.bad is taken; what is there stays")]
    public void Sets_aside_beside_another()
    {
        _temp.Write("a.bad", "other");
        _temp.Write("a.bad.txt", "other reason");
        _temp.Write("a.eml", "abc");
        using var claim = TryClaim("a.eml");

        claim!.SetAside(".bad", ".txt", Write);

        Assert.Equal(["a.bad", "a.bad.txt", "a20260131235958765.bad", "a20260131235958765.bad.txt"], _temp.Names);
        Assert.Equal("other reason", _temp.Read("a.bad.txt"));
        Assert.Equal("reason", _temp.Read("a20260131235958765.bad.txt"));
    }

    [Theory(DisplayName = "SE-1, BM-1: what has the name of the reason is somebody else's: it is neither written through nor deleted, and the file gets another name")]
    [InlineData("link")]
    [InlineData("link to nothing")]
    [InlineData("file")]
    [InlineData("directory")]
    public void Reason_beside_something_else(string what)
    {
        _temp.Write("victim", "other");
        switch (what)
        {
            case "link":
                File.CreateSymbolicLink(_temp["a.bad.txt"], _temp["victim"]);
                break;
            case "link to nothing":
                File.CreateSymbolicLink(_temp["a.bad.txt"], _temp["nothing"]);
                break;
            case "file":
                _temp.Write("a.bad.txt", "old reason");
                break;
            default:
                Directory.CreateDirectory(_temp["a.bad.txt"]);
                break;
        }
        _temp.Write("a.eml", "abc");
        using (var claim = TryClaim("a.eml"))
            claim!.SetAside(".bad", ".txt", Write);

        Assert.Equal(("other", "reason", "abc"), (_temp.Read("victim"), _temp.Read("a20260131235958765.bad.txt"), _temp.Read("a20260131235958765.bad")));
        Assert.False(File.Exists(_temp["nothing"]));
        Assert.True(Directory.Exists(_temp["a.bad.txt"]) || new FileInfo(_temp["a.bad.txt"]).LinkTarget is not null || _temp.Read("a.bad.txt") == "old reason");
        Assert.False(File.Exists(_temp["a.bad"]));
    }

    [Fact(DisplayName = "SE-1: a reason whose file cannot get its name is not left behind")]
    public void No_reason_without_its_file()
    {
        _temp.Write("a.eml", "abc");
        var refusing = new ScriptedPlatformFiles(_platform) { OnMove = (_, to) => to == _temp["a.bad"] ? throw new UnauthorizedAccessException("refused") : null };
        using (var claim = FileClaim.TryOpen(_files, refusing, _time, _temp["a.eml"], out _))
            Assert.Throws<UnauthorizedAccessException>(() => claim!.SetAside(".bad", ".txt", Write));

        Assert.Equal(["a.eml"], _temp.Names);
    }

    [Fact(DisplayName = "BM-1: a name that is as long as a name can be has room for what is added")]
    public void Long_names_are_cut()
    {
        var stem = new string('\u00fc', 125) + "x";
        _temp.Write(stem + ".eml", "abc");
        using var claim = TryClaim(stem + ".eml");

        claim!.SetAside(".bad", ".txt", Write);

        Assert.Equal(2, _temp.Names.Length);
        Assert.All(_temp.Names, name => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(name), 240, 255));
    }

    [Fact(DisplayName = "PU-4: exactly one of eight claimers gets each of many files")]
    public async Task One_winner()
    {
        const int count = 400, claimers = 8;
        for (var i = 0; i < count; i++)
            _temp.Write(i.ToString(CultureInfo.InvariantCulture) + ".eml", "abc");
        using var barrier = new Barrier(claimers);

        var claimed = await Task.WhenAll(Enumerable.Range(0, claimers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                var mine = new List<FileClaim>();
                for (var i = 0; i < count; i++)
                {
                    if (TryClaim($"{i}.eml") is { } claim)
                        mine.Add(claim);
                }
                return mine;
            },
            TaskCreationOptions.LongRunning)));

        var all = claimed.SelectMany(mine => mine).ToList();
        Assert.Equal(count, all.Count);
        Assert.Equal(count, all.Select(claim => claim.OriginalName).Distinct().Count());
        Assert.All(_temp.Names, name => Assert.EndsWith(".tmp", name, StringComparison.Ordinal));
        all.ForEach(claim => claim.Complete());
        all.ForEach(claim => claim.Dispose());
        Assert.Empty(_temp.Names);
    }

    // As it is claimed without a journal.
    private FileClaim? TryClaim(string name)
    {
        if (FileClaim.TryOpen(_files, _platform, _time, _temp[name], out _) is not { } claim)
            return null;
        foreach (var claimName in claim.ClaimNames)
        {
            var result = claim.Take(claimName);
            if (result == MoveResult.Moved)
                return claim;
            if (result != MoveResult.Exists)
                break;
        }
        claim.Dispose();
        return null;
    }

    private bool Write(string path) => new AtomicFile(_files, _platform).TryCreate(path, "reason"u8);

    private bool TryRecover(string name)
    {
        using var claim = FileClaim.TryTakeOver(_files, _platform, _time, _temp[name], Path.ChangeExtension(name, ".eml"), out _);
        return claim?.Release() == true;
    }
}
