using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly ScriptedPlatformFiles _platform = new(PlatformFiles.For(new FileSystem()));
    private readonly AtomicFile _atomic;

    public AtomicFileTests() => _atomic = new AtomicFile(new FileSystem(), _platform);

    public void Dispose() => _temp.Dispose();

    [Fact(DisplayName = "DR-5: the file appears whole, and nothing else stays")]
    public async Task Publishes()
    {
        Assert.True(await PublishAsync("a.eml", "abc"));

        Assert.Equal("abc", _temp.Read("a.eml"));
        Assert.Equal(["a.eml"], _temp.Names);
        Assert.Equal([_temp.Path], _platform.Flushed);
    }

    [Fact(DisplayName = "BM-1: the reason beside a file is written in that directory and nowhere else")]
    public void Creates_in_the_directory()
    {
        var written = new List<string>();
        _platform.OnCreate = written.Add;

        Assert.True(_atomic.TryCreate(_temp["a.bad.txt"], "reason"u8));

        Assert.Equal(_temp.Path, Path.GetDirectoryName(Assert.Single(written)));
        Assert.Equal(["a.bad.txt"], _temp.Names);
    }

    [Fact(DisplayName = "DR-5: while it is written there is no *.eml, and the temporary file is locked")]
    public async Task Nobody_sees_part_of_a_file()
    {
        await _atomic.PublishAsync(_temp["a.eml"], async (stream, token) =>
        {
            await stream.WriteAsync("ab"u8.ToArray(), token);
            var name = Assert.Single(_temp.Names);
            Assert.Matches(@"^a\.eml\.[0-9a-f]{16}\.tmp$", name);
            Assert.Equal(OpenResult.Locked, _platform.OpenExclusive(_temp[name], out _));
        }, FlushMode.Grouped, CancellationToken.None);

        Assert.Equal("ab", _temp.Read("a.eml"));
    }

    [Fact(DisplayName = "DR-5: a name that is taken was delivered before: nothing is written, and its entry is flushed again")]
    public async Task Keeps_what_is_there()
    {
        _temp.Write("a.eml", "first");

        var published = await _atomic.PublishAsync(
            _temp["a.eml"], (_, _) => throw new InvalidOperationException("must not be called"), FlushMode.Grouped, CancellationToken.None);

        Assert.False(published);
        Assert.Equal("first", _temp.Read("a.eml"));
        Assert.Equal(["a.eml"], _temp.Names);
        Assert.Equal([_temp.Path], _platform.Flushed);
    }

    [Theory(DisplayName = "SE-3: a taken name means 'done before' only when a file has it")]
    [InlineData("file", true)]
    [InlineData("nothing", true)]
    [InlineData("directory", false)]
    [InlineData("link", false)]
    [InlineData("dangling", false)]
    [InlineData("fifo", false)]
    public async Task Only_a_file_was_done(string kind, bool isDone)
    {
        var path = _temp["a.eml"];
        switch (kind)
        {
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "link":
                File.CreateSymbolicLink(path, _temp.Write("victim", "x"));
                break;
            case "dangling":
                File.CreateSymbolicLink(path, _temp["nowhere"]);
                break;
            case "fifo":
                Unix.MakeFifo(path);
                break;
            case "file":
                _temp.Write("a.eml", "first");
                break;
        }

        Assert.Equal(kind == "nothing", await PublishAsync("a.eml", "abc"));
        if (kind == "nothing")
            File.Delete(path);

        var failure = Record.Exception(() => _atomic.ThrowUnlessFile(path));
        Assert.Equal(isDone, failure is null);
        Assert.True(failure is null or IOException);
    }

    [Fact(DisplayName = "DR-5: a name that is taken between the look and the rename is kept, too")]
    public async Task Keeps_what_came_in_between()
    {
        var published = await _atomic.PublishAsync(_temp["a.eml"], (stream, _) =>
        {
            _temp.Write("a.eml", "faster");
            return stream.WriteAsync("slower"u8.ToArray(), CancellationToken.None);
        }, FlushMode.Grouped, CancellationToken.None);

        Assert.False(published);
        Assert.Equal("faster", _temp.Read("a.eml"));
        Assert.Equal(["a.eml"], _temp.Names);
    }

    [Fact(DisplayName = "DR-9: without durability no directory is flushed")]
    public async Task Flushes_only_when_asked()
    {
        await _atomic.PublishAsync(_temp["a.eml"], (_, _) => ValueTask.CompletedTask, FlushMode.None, CancellationToken.None);

        Assert.Empty(_platform.Flushed);
    }

    [Fact(DisplayName = "DR-5: a writer that fails leaves nothing behind")]
    public async Task Write_fails()
    {
        await Assert.ThrowsAsync<IOException>(() => _atomic.PublishAsync(_temp["a.eml"], async (stream, token) =>
        {
            await stream.WriteAsync("ab"u8.ToArray(), token);
            throw new IOException("disk full");
        }, FlushMode.Grouped, CancellationToken.None).AsTask());

        Assert.Empty(_temp.Names);
    }

    [Fact(DisplayName = "DR-5: cancelled before the rename, nothing is left behind")]
    public async Task Cancelled()
    {
        using var cancelled = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _atomic.PublishAsync(_temp["a.eml"], (_, _) =>
        {
            cancelled.Cancel();
            return ValueTask.CompletedTask;
        }, FlushMode.Grouped, cancelled.Token).AsTask());

        Assert.Empty(_temp.Names);
    }

    [Theory(DisplayName = "DR-5: a rename that fails leaves nothing behind")]
    [InlineData(nameof(MoveResult.Gone))]
    [InlineData(nameof(MoveResult.OtherVolume))]
    [InlineData("throws")]
    public async Task Rename_fails(string outcome)
    {
        _platform.OnMove = (_, _) => Enum.TryParse<MoveResult>(outcome, out var result) ? result : throw new UnauthorizedAccessException();

        await Assert.ThrowsAnyAsync<SystemException>(() => PublishAsync("a.eml", "abc"));

        Assert.Empty(_temp.Names);
    }

    [Fact(DisplayName = "DR-9: when the directory cannot be flushed that is an error, and the next attempt finds the file and flushes again")]
    public async Task Flush_fails()
    {
        _platform.OnFlush = _ => throw new IOException("flush");
        await Assert.ThrowsAsync<IOException>(() => PublishAsync("a.eml", "abc"));
        _platform.OnFlush = _ => { };

        Assert.False(await PublishAsync("a.eml", "abc"));
        Assert.Equal(["a.eml"], _temp.Names);
        Assert.Equal(2, _platform.Flushed.Length);
    }

    [Fact]
    public async Task A_missing_directory_is_an_error() =>
        await Assert.ThrowsAnyAsync<IOException>(() => PublishAsync("none/a.eml", "abc"));

    [Fact(DisplayName = "DR-5: of eight writers of one name one publishes, and the file is never torn")]
    public async Task Writers_of_one_name_never_tear_each_other()
    {
        const int rounds = 50, writers = 8;
        for (var round = 0; round < rounds; round++)
        {
            var name = $"{round}.eml";
            var texts = Enumerable.Range(0, writers).Select(writer => new string((char)('a' + writer), 10_000)).ToArray();

            var published = await Task.WhenAll(texts.Select(text => Task.Run(() => PublishAsync(name, text))));

            Assert.Single(published, one => one);
            Assert.Contains(_temp.Read(name), texts);
        }
        Assert.Equal(rounds, _temp.Names.Length);
    }

    [Fact]
    public async Task Replaces_a_file_and_leaves_nothing_beside_it()
    {
        _temp.Write("a.json", "old");

        await _atomic.ReplaceAsync(_temp["a.json"], "new"u8.ToArray(), CancellationToken.None);

        Assert.Equal("new", _temp.Read("a.json"));
        Assert.Equal(["a.json"], _temp.Names);
        Assert.Equal([_temp.Path], _platform.Flushed);
    }

    [Fact]
    public async Task A_replacement_that_fails_keeps_the_old_file()
    {
        _temp.Write("a.json", "old");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _atomic.ReplaceAsync(_temp["a.json"], "new"u8.ToArray(), cancelled.Token).AsTask());

        Assert.Equal("old", _temp.Read("a.json"));
        Assert.Equal(["a.json"], _temp.Names);
    }

    [Fact(DisplayName = "DR-5: what a dead writer left is swept; what a living one holds, and what others call .tmp, is not")]
    public async Task Sweeps_abandoned_temporaries()
    {
        _temp.Write("dead.eml.0123456789abcdef.tmp", "ab");
        _temp.Write("kept.eml", "");
        _temp.Write("kept.tmp", "");
        _temp.Write("kept.eml.tmp", "");
        _temp.Write("kept.0123456789ABCDEF.tmp", "");
        var swept = 0;

        await _atomic.PublishAsync(_temp["living.eml"], (stream, token) =>
        {
            swept = _atomic.SweepTemporaries(_temp.Path);
            return stream.WriteAsync("abc"u8.ToArray(), token);
        }, FlushMode.Grouped, CancellationToken.None);

        Assert.Equal(1, swept);
        Assert.Equal(["kept.0123456789ABCDEF.tmp", "kept.eml", "kept.eml.tmp", "kept.tmp", "living.eml"], _temp.Names);
    }

    [Theory(DisplayName = "SE-1: in a directory that others write to a file of another account is not swept, whatever it is called; ours beside it is")]
    [InlineData("dead.eml.0123456789abcdef.tmp", 65534)]
    [InlineData(".0123456789abcdef.tmp", 54002)]
    [InlineData("aaaa.eml.fedcba9876543210.tmp", 1)]
    [InlineData("zzzz.eml.0000000000000000.tmp", 1000)]
    public void Leaves_the_temporaries_of_strangers(string name, int owner)
    {
        if (!OrdinaryAccount.IsAvailable)
            return;
        _temp.Write("ours.eml.0123456789abcdef.tmp", "ab");
        Unix.SetOwner(_temp.Write(name, "theirs"), owner);

        Assert.Equal(1, _atomic.SweepTemporaries(_temp.Path, isShared: true));

        Assert.Equal([name], _temp.Names);
        Assert.Equal("theirs", _temp.Read(name));
        // Where nobody else writes, what has such a name is the host's: root made it for the account of the directory.
        Assert.Equal(1, _atomic.SweepTemporaries(_temp.Path));
    }

    [Theory(DisplayName = "SE-1: a temporary file that may not be opened keeps no other from being swept")]
    [InlineData("aaaa.eml.0123456789abcdef.tmp", "000")]
    [InlineData("zzzz.eml.0123456789abcdef.tmp", "200")]
    [InlineData("mmmm.eml.0123456789abcdef.tmp", "100")]
    public void Sweeps_beside_what_is_refused(string name, string mode)
    {
        if (!OrdinaryAccount.IsAvailable)
            return;
        Unix.SetMode(_temp.Path, "777");
        foreach (var ours in (string[])["bbbb.eml.0123456789abcdef.tmp", "yyyy.eml.0123456789abcdef.tmp"])
            Unix.SetMode(_temp.Write(ours, "ab"), "644");
        Unix.SetMode(_temp.Write(name, "theirs"), mode);

        Assert.Equal(2, OrdinaryAccount.Run(() => _atomic.SweepTemporaries(_temp.Path, isShared: true)));

        Assert.Equal([name], _temp.Names);
    }

    private Task<bool> PublishAsync(string name, string text) =>
        _atomic.PublishAsync(
            _temp[name], (stream, token) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), token), FlushMode.Grouped, CancellationToken.None).AsTask();
}
