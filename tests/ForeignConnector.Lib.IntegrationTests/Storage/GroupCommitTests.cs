using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.IntegrationTests.Hosts;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

public sealed class GroupCommitTests : IDisposable
{
    private const string First = "first.eml";

    private readonly TempDirectory _temp = new();
    private readonly ManualResetEventSlim _firstMayEnd = new();
    private readonly ScriptedPlatformFiles _platform = new(PlatformFiles.For(new FileSystem()));
    private readonly AtomicFile _atomic;

    public GroupCommitTests() => _atomic = new AtomicFile(new FileSystem(), _platform);

    public void Dispose()
    {
        _firstMayEnd.Set();
        _temp.Dispose();
        _firstMayEnd.Dispose();
    }

    [Fact(DisplayName = "DR-9: a lone file is flushed by itself before it is renamed, and its directory afterwards")]
    public async Task A_lone_file_is_flushed_by_itself()
    {
        await PublishAsync("a.eml");

        Assert.Equal(["create a.eml.tmp", "fsync a.eml.tmp", "rename a.eml", $"flush {_temp.Path}"], _platform.Steps);
    }

    [Fact(DisplayName = "DR-9: files that wait for the batch before are written together, share one flush of the volume, are renamed, and share one flush of the directory")]
    public async Task Files_that_wait_share_their_flushes()
    {
        var first = Hold();
        var others = Publish("a.eml", "b.eml", "c.eml");

        await EndAsync(first, others);

        Assert.Equal(
            ["create a.eml.tmp", "create b.eml.tmp", "create c.eml.tmp", "syncfs", "rename a.eml", "rename b.eml", "rename c.eml", $"flush {_temp.Path}"],
            StepsAfterFirst());
        Assert.Equal(["a.eml", "b.eml", "c.eml", First], _temp.Names);
    }

    [Fact(DisplayName = "DR-9: where a volume cannot be flushed as a whole every file is, before the first is renamed")]
    public async Task Falls_back_to_a_flush_for_each_file()
    {
        _platform.CanFlushVolume = false;
        var first = Hold();
        var others = Publish("a.eml", "b.eml");

        await EndAsync(first, others);

        var steps = StepsAfterFirst();
        Assert.Equal(["create a.eml.tmp", "create b.eml.tmp", "fsync a.eml.tmp", "fsync b.eml.tmp"], steps[..4].Order(StringComparer.Ordinal));
        Assert.Equal(["rename a.eml", "rename b.eml", $"flush {_temp.Path}"], steps[4..]);
    }

    [Fact(DisplayName = "DR-9: when a volume cannot be flushed no file of the batch gets its name, and a new attempt writes anew")]
    public async Task A_volume_that_cannot_be_flushed_fails_the_batch()
    {
        _platform.OnFlushVolume = () => throw new IOException("EIO");
        var first = Hold();
        var others = Publish("a.eml", "b.eml");
        _firstMayEnd.Set();
        Assert.True(await first);

        Assert.All(others, other => Assert.Equal("EIO", Assert.ThrowsAsync<IOException>(() => other).Result.Message));

        Assert.Equal([First], _temp.Names);
        Assert.True(await PublishAsync("a.eml"));
        Assert.Equal(["fsync a.eml.tmp", "rename a.eml"], _platform.Steps[^3..^1]);
    }

    [Fact(DisplayName = "DR-5: one file of a batch that cannot be flushed, or renamed, fails alone")]
    public async Task One_failure_fails_one_file()
    {
        _platform.CanFlushVolume = false;
        var first = Hold();
        var onFirst = _platform.OnFlushFile;
        _platform.OnFlushFile = path =>
        {
            onFirst(path);
            if (path.Contains("a.eml", StringComparison.Ordinal))
                throw new IOException("flush");
        };
        _platform.OnMove = (_, to) => to == _temp["b.eml"] ? throw new UnauthorizedAccessException("rename") : null;
        var others = Publish("a.eml", "b.eml", "c.eml");
        _firstMayEnd.Set();
        Assert.True(await first);

        await Assert.ThrowsAsync<IOException>(() => others[0]);
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => others[1]);
        Assert.True(await others[2]);
        Assert.Equal(["c.eml", First], _temp.Names);
    }

    [Fact(DisplayName = "DR-9: a large file is written while the batch before is under way, by its own writer")]
    public async Task Large_files_are_written_before_they_join()
    {
        var first = Hold();
        var others = new[] { PublishAsync("a.eml", isAtHand: false), PublishAsync("b.eml", isAtHand: false) };
        await Eventually.TrueAsync("both are written", () => _temp.Names.Count(name => name.EndsWith(FileNames.Temporary, StringComparison.Ordinal)) == 3);
        Assert.False(first.IsCompleted);

        await EndAsync(first, others);

        Assert.Equal(["a.eml", "b.eml", First], _temp.Names);
    }

    [Fact(DisplayName = "DR-9: one after the other, each waits for the disk only once")]
    public async Task One_after_the_other()
    {
        for (var i = 0; i < 50; i++)
            Assert.True(await PublishAsync($"{i}.eml"));

        Assert.Equal(50, _platform.Count("fsync"));
        Assert.Equal(50, _platform.Flushed.Length);
    }

    [Fact(DisplayName = "DR-9: a file whose volume is not known is flushed by itself")]
    public async Task Unknown_volume()
    {
        var first = Hold();
        _platform.OnVolume = _ => "";

        Assert.True(await PublishAsync("a.eml"));

        Assert.False(first.IsCompleted);
        Assert.Contains("fsync a.eml.tmp", _platform.Steps);
        await EndAsync(first, []);
    }

    [Fact(DisplayName = "DR-9: an error of the volume concerns every file from its first octet on: the file that asks was open before any of them was written")]
    public async Task The_first_of_several_was_open_before_any_was_written()
    {
        using var overtaking = Item("overtaking");
        using var slow = Item("slow");
        _platform.OnCreate = path =>
        {
            // While the first one is still being opened, another is opened and written.
            _platform.OnCreate = _ => { };
            overtaking.Begin();
        };
        await slow.WriteAsync();

        Assert.True(overtaking.Order < slow.Order);

        CommitItem Item(string name) =>
            new(() => _platform.Create(_temp[$"{name}.eml.tmp"]), (_, _) => ValueTask.CompletedTask, _temp[$"{name}.eml.tmp"], _temp[$"{name}.eml"], _temp[""], CancellationToken.None);
    }

    [Theory(DisplayName = "DR-5: a file that cannot be written fails alone, whoever writes it, and leaves nothing behind")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_write_fails_alone(bool isAtHand)
    {
        var first = Hold();
        var failed = _atomic.PublishAsync(
            _temp["a.eml"], (_, _) => throw new InvalidOperationException("not what was expected"), FlushMode.Grouped, CancellationToken.None, isAtHand).AsTask();
        var other = Publish("b.eml");

        await EndAsync(first, other);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failed);

        Assert.Equal(["b.eml", First], _temp.Names);
    }

    [Fact(DisplayName = "DR-9: each directory is flushed once; one that cannot be fails its own files, which keep their names for the next attempt")]
    public async Task A_directory_that_cannot_be_flushed_fails_its_files()
    {
        var bad = Directory.CreateDirectory(_temp["bad"]).FullName;
        var good = Directory.CreateDirectory(_temp["good"]).FullName;
        var first = Hold();
        _platform.OnFlush = directory =>
        {
            if (directory == bad)
                throw new IOException("EIO");
        };
        var others = Publish("bad/a.eml", "good/b.eml", "bad/c.eml", "good/d.eml");
        _firstMayEnd.Set();
        Assert.True(await first);

        await Assert.ThrowsAsync<IOException>(() => others[0]);
        Assert.True(await others[1]);
        await Assert.ThrowsAsync<IOException>(() => others[2]);
        Assert.True(await others[3]);
        Assert.Equal([_temp.Path, bad, good], _platform.Flushed);
        Assert.True(File.Exists(_temp["bad/a.eml"]));
        _platform.OnFlush = _ => { };
        Assert.False(await PublishAsync("bad/a.eml"));
        Assert.Equal(bad, _platform.Flushed[^1]);
    }

    [Fact(DisplayName = "DR-5: a file that is cancelled before its batch begins gets no name, and the others do")]
    public async Task Cancelled_while_it_waits()
    {
        using var cancelled = new CancellationTokenSource();
        var first = Hold();
        var one = PublishAsync("a.eml", FlushMode.Grouped, cancellationToken: cancelled.Token);
        var other = Publish("b.eml");
        await cancelled.CancelAsync();
        _firstMayEnd.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await EndAsync(first, other);

        Assert.Equal(["b.eml", First], _temp.Names);
        Assert.DoesNotContain("create a.eml.tmp", _platform.Steps);
    }

    [Fact(DisplayName = "DR-9: once it is being flushed a cancellation has no effect")]
    public async Task Cancelled_too_late()
    {
        using var cancelled = new CancellationTokenSource();
        _platform.OnFlushFile = _ => cancelled.Cancel();

        Assert.True(await PublishAsync("a.eml", FlushMode.Grouped, cancellationToken: cancelled.Token));
    }

    [Theory(DisplayName = "DR-9: who wants no company, or no flush, does not wait for a batch")]
    [InlineData(nameof(FlushMode.Alone), "create a.eml.tmp", "fsync a.eml.tmp", "rename a.eml", "flush")]
    [InlineData(nameof(FlushMode.None), "create a.eml.tmp", "rename a.eml")]
    public async Task Others_do_not_wait(string mode, params string[] expected)
    {
        var first = Hold();

        Assert.True(await PublishAsync("a.eml", Enum.Parse<FlushMode>(mode)));

        Assert.Equal(expected, _platform.Steps[2..].Select(step => step.Replace($" {_temp.Path}", "", StringComparison.Ordinal)));
        await EndAsync(first, []);
    }

    [Fact(DisplayName = "DR-9: volumes do not wait for each other")]
    public async Task Volumes_are_apart()
    {
        Directory.CreateDirectory(_temp["other"]);
        _platform.OnVolume = Path.GetFileName;
        var first = Hold();

        Assert.True(await PublishAsync("other/a.eml"));

        Assert.False(first.IsCompleted);
        await EndAsync(first, []);
    }

    [Fact(DisplayName = "DR-9: of hundreds of files published at once every one arrives, with far fewer flushes than files")]
    public async Task Many_files()
    {
        const int count = 300;
        var names = Enumerable.Range(0, count).Select(i => $"{i:D3}.eml").ToArray();

        var published = await Task.WhenAll(names.Select(name => Task.Run(() => PublishAsync(name))));

        Assert.All(published, Assert.True);
        Assert.Equal(names, _temp.Names);
        Assert.InRange(_platform.Count("fsync") + _platform.Count("syncfs"), 1, count / 2);
        Assert.Equal(_platform.Count("fsync") + _platform.Count("syncfs"), _platform.Flushed.Length);
    }

    // Publishes a file whose batch lasts until a test lets it end.
    private Task<bool> Hold()
    {
        using var begun = new ManualResetEventSlim();
        _platform.OnFlushFile = path =>
        {
            if (!path.Contains(First, StringComparison.Ordinal))
                return;
            begun.Set();
            _firstMayEnd.Wait();
        };
        var first = PublishAsync(First);
        begun.Wait();
        return first;
    }

    private async Task EndAsync(Task<bool> first, Task<bool>[] others)
    {
        _firstMayEnd.Set();
        Assert.True(await first);
        Assert.All(await Task.WhenAll(others), Assert.True);
    }

    // Without what was done for the first one; what others did meanwhile stays.
    private string[] StepsAfterFirst()
    {
        var steps = _platform.Steps.ToList();
        steps.RemoveAll(step => step.Contains(First, StringComparison.Ordinal));
        steps.Remove($"flush {_temp.Path}");
        return [.. steps];
    }

    private Task<bool>[] Publish(params string[] names) => [.. names.Select(name => PublishAsync(name))];

    private Task<bool> PublishAsync(string name, FlushMode flush = FlushMode.Grouped, bool isAtHand = true, CancellationToken cancellationToken = default) =>
        _atomic.PublishAsync(_temp[name], (stream, _) =>
        {
            stream.Write(Encoding.ASCII.GetBytes(name));
            return ValueTask.CompletedTask;
        }, flush, cancellationToken, isAtHand).AsTask();
}
