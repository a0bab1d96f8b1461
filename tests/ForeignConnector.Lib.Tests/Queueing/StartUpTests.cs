using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>RY-4: what is wrong with one file, one folder or the store for a moment stops nothing else, and is not remembered.</summary>
public class StartUpTests
{
    private readonly QueueBench _bench = new();
    private readonly AnsweringConnector _a;

    public StartUpTests() => _a = _bench.Connect("a");

    public static TheoryData<string> Kinds => ["EIO", "EACCES", "InvalidOperation", "NotSupported"];

    [Theory(DisplayName = "RY-4: a folder of the queue that cannot be read is told of once, the others are delivered from, and it is looked at again")]
    [MemberData(nameof(Kinds))]
    public async Task Passes_over_a_folder(string kind)
    {
        await _bench.AcceptAsync("one@a.test", "two@nowhere.test");
        _bench.Restart();
        Break(operation => operation.Contains("%unreachable", StringComparison.Ordinal), kind);

        await _bench.Queue.LoadAsync(CancellationToken.None);
        await _bench.Queue.LoadAsync(CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Single(_a.Deliveries);
        Mend();
        _bench.Connect("nowhere");
        await _bench.Queue.LoadAsync(CancellationToken.None);
        await _bench.Rerouter.RerouteAsync(CancellationToken.None);
        await _bench.ProcessAsync();
        Assert.Empty(_bench.QueueFiles);
        Assert.Equal(2, _bench.Logs.GetSnapshot().Count(record => record.Id.Id == EventIds.QueuePartFailed));
    }

    [Theory(DisplayName = "RY-4: a file that cannot be opened, wherever it waits, ends neither the start nor the routing of the others, and is tried again")]
    [MemberData(nameof(Kinds))]
    public async Task Passes_over_a_file(string kind)
    {
        await _bench.AcceptAsync("one@nowhere.test");
        var bad = Path.GetFileNameWithoutExtension(_bench.PathOf(".eml"));
        await _bench.AcceptAsync("two@nowhere.test");
        await _bench.AcceptAsync("three@a.test");
        _bench.Connect("nowhere");
        _bench.Restart();
        Break(operation => operation.Contains(bad, StringComparison.Ordinal), kind);

        await _bench.Queue.LoadAsync(CancellationToken.None);
        Assert.Equal(1, await _bench.Rerouter.RerouteAsync(CancellationToken.None));
        await _bench.ProcessAsync();
        Assert.Equal(["three@a.test"], _a.Attempts);
        Assert.Equal(["two@nowhere.test"], _bench.Connectors["nowhere"].Attempts);

        Mend();
        await _bench.Rerouter.RerouteStrandedAsync(CancellationToken.None);
        await _bench.ProcessAsync();
        Assert.Empty(_bench.QueueFiles);
    }

    [Theory(DisplayName = "RY-4: a start with work in hand on a volume that takes no write delivers all the same")]
    [InlineData("ENOSPC")]
    [InlineData("EACCES")]
    [InlineData("EIO")]
    public async Task Starts_on_a_full_volume(string kind)
    {
        await _bench.AcceptDeadlyAsync(new());
        await _bench.DieAsync(underWay: 1);
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        _ = _bench.ProcessAsync();
        _bench.Restart();
        Break(operation => operation.Contains(".json", StringComparison.Ordinal) && !operation.Contains("FileInfo", StringComparison.Ordinal) && !operation.Contains("Delete", StringComparison.Ordinal), kind);
        _bench.Connectors["a"].Deliver();

        await _bench.Queue.LoadAsync(CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Empty(_bench.QueueFiles);
    }

    [Theory(DisplayName = "RY-4: whatever kind of exception comes out of the queue while it is delivered from, the message is tried again when it is over")]
    [MemberData(nameof(Kinds))]
    public async Task Survives_the_queue(string kind)
    {
        await _bench.AcceptAsync("one@a.test");
        await _bench.AcceptAsync("two@nowhere.test");
        Break(operation => operation.Contains(".eml", StringComparison.Ordinal), kind);
        using var stop = new CancellationTokenSource();
        var running = _bench.Processor.RunAsync(stop.Token);
        await Wait.UntilAsync(() => _bench.Logs.GetSnapshot().Any(record => record.Id.Id == EventIds.QueueFailed));

        Mend();
        await Wait.UntilAsync(() =>
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
            return _bench.Queue.Count <= 1;
        });

        Assert.NotEmpty(_a.Deliveries);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Theory(DisplayName = "RY-4: a message that is delivered and cannot be deleted is not delivered again; it is deleted when that is possible, and told as delivered once")]
    [InlineData("EIO", false)]
    [InlineData("EIO", true)]
    [InlineData("EACCES", true)]
    [InlineData("NotSupported", true)]
    public async Task Remembers_what_it_cannot_delete(string kind, bool isSidecarBroken)
    {
        await _bench.AcceptAsync("one@a.test");
        Break(operation => operation.Contains("Delete", StringComparison.Ordinal) || (isSidecarBroken && operation.Contains(".json", StringComparison.Ordinal) && !operation.Contains("FileInfo", StringComparison.Ordinal)), kind);
        for (var i = 0; i < 5; i++)
            await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));
        Assert.NotEmpty(_bench.QueueFiles);

        Mend();
        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));

        Assert.Single(_a.Deliveries);
        Assert.Single(_bench.Trail.Events, happened => happened.Kind == TrackingEventKind.Send);
        Assert.Empty(_bench.QueueFiles);
    }

    [Theory(DisplayName = "DR-10: an entry that a stranger has locked for minutes is told of, once for each outage, and holds up no other")]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    public async Task Tells_of_a_stranger(bool isExclusive, int entries)
    {
        for (var i = 0; i < entries; i++)
            await _bench.AcceptAsync($"{i}@a.test");
        string[] paths = [.. _bench.QueueFiles.Where(path => path.EndsWith(".eml", StringComparison.Ordinal))];
        Assert.Equal(entries, paths.Length);
        // For the recipient's sake, so that the connector goes on with others.
        _a.Answer(recipient => recipient.Address == "other@a.test"
            ? RecipientOutcome.Delivered(recipient)
            : RecipientOutcome.Deferred(recipient, new EnhancedStatusCode(4, 2, 1), "not now"));
        for (var outage = 1; outage <= 2; outage++)
        {
            IDisposable[] strangers = [.. paths.Select(Lock)];
            await _bench.AcceptAsync("other@a.test");
            for (var i = 0; i < 10; i++)
                await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(1));
            Assert.Equal(outage, _a.Deliveries.Count(delivery => delivery.Recipients.Contains("other@a.test")));
            Assert.Equal(outage * entries, _bench.Logs.GetSnapshot().Count(record => record.Id.Id == EventIds.EntryLocked));
            Array.ForEach(strangers, stranger => stranger.Dispose());
            await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(10));
        }

        IDisposable Lock(string path)
        {
            if (!isExclusive)
                return _bench.Files.FileStream.New(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            Assert.Equal(OpenResult.Opened, PlatformFiles.For(_bench.Files).OpenExclusive(path, out var file));
            return file!;
        }
    }

    [Theory(DisplayName = "The state of a message that is being written, set aside or put back is not swept")]
    [InlineData("written")]
    [InlineData("set aside")]
    [InlineData("put back")]
    public async Task Sweeps_no_state_of_a_message_in_work(string work)
    {
        if (work != "written")
            await _bench.AcceptAsync("one@later.test", "two@nowhere.test");
        var id = (await _bench.Store.ListAsync(null, CancellationToken.None).FirstOrDefaultAsync(TestContext.Current.CancellationToken))?.Id;
        if (work == "put back")
            await SetAsideAsync();
        var looks = 0;
        _bench.Files.Before = operation =>
        {
            // Between the state of a message and the message, another look at the queue.
            if (operation.ToString()!.Contains(".eml", StringComparison.Ordinal) && _bench.QueueFiles.Any(path => path.EndsWith(".json", StringComparison.Ordinal)))
            {
                _bench.Files.Before = _ => { };
                looks++;
                _bench.Queue.LoadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
        };

        switch (work)
        {
            case "written":
                await _bench.AcceptAsync("one@later.test", "two@nowhere.test");
                break;
            case "set aside":
                await SetAsideAsync();
                break;
            default:
                Assert.True(await _bench.Store.PutBackAsync(id!, state => state with { Attempts = 1 }, CancellationToken.None));
                break;
        }

        Assert.Equal(1, looks);
        var entry = await _bench.Store.ListAsync(DeliveryQueue.Unreachable, CancellationToken.None).SingleAsync(TestContext.Current.CancellationToken);
        Assert.All(entry.State.Waiting(entry.Envelope!), waiting => Assert.Equal(DeliveryStatus.Unreachable.Code, waiting.Status));
        Assert.Equal((2, work == "put back" ? 1 : 0), (entry.State.Waiting(entry.Envelope!).Length, entry.State.Attempts));

        async Task SetAsideAsync()
        {
            await using var lease = (await _bench.Store.LeaseAsync(id!, CancellationToken.None)).Lease!;
            await lease.SetAsideAsync(SetAsideKind.Failed, "why", CancellationToken.None);
        }
    }

    [Fact(DisplayName = "A message with 100,000 recipients is settled in a time that grows with their number, not its square")]
    public async Task Settles_many_recipients()
    {
        var item = _bench.Item([.. Enumerable.Range(0, 100_000).Select(i => $"{i}@a.test")]);
        _a.Answer(recipient => recipient.Address.StartsWith('1') ? RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull) : RecipientOutcome.Failed(recipient, DeliveryStatus.NoConnector));
        var start = TimeProvider.System.GetTimestamp();

        await _bench.Categorizer.AcceptAsync(item, CancellationToken.None);
        await _bench.ProcessAsync();

        // Squared it would be minutes.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(1, _bench.Queue.Count);
    }

    private void Break(Func<string, bool> which, string kind) => _bench.Faults.FailWhile(operation => !which(operation) ? null : kind switch
    {
        "InvalidOperation" => new InvalidOperationException("foreign"),
        "NotSupported" => new NotSupportedException("foreign"),
        _ => DiskErrors.ByName(kind, "broken"),
    });

    private void Mend() => _bench.Faults.FailWhile(_ => null);
}
