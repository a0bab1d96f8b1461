using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.Transport;

namespace ForeignConnector.Lib.PostgreSql.Tests;

/// <summary>Several hosts on one database (SQ).</summary>
public sealed class SharedQueueTests(Cluster cluster) : IClassFixture<Cluster>
{
    [Fact(DisplayName = "SQ-5: hosts that create the schema at the same time make it once; the account needs no special right")]
    public async Task Creates_the_schema_once()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        await using var source = DatabaseConnection.Create(queue.ConnectionString);

        var created = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostgreSqlSchema.CreateAsync(source, "foreignconnector")));

        Assert.Single(created, isCreated => isCreated);
        Assert.Equal(1, await Cluster.CountAsync(queue.ConnectionString, "version"));
    }

    [Fact(DisplayName = "Without its schema the store says what to do about it")]
    public async Task Tells_of_a_missing_schema()
    {
        await using var source = DatabaseConnection.Create(await cluster.CreateDatabaseAsync());
        await using var store = new PostgreSqlQueueStore(
            source, new PostgreSqlQueueOptions(), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<PostgreSqlQueueStore>.Instance);

        var e = await Assert.ThrowsAsync<IOException>(async () => await Queue.LoadAsync(store));

        Assert.Contains("create-schema", e.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "SQ-2: two hosts never have one entry at a time, and together they have all")]
    public async Task Shares_entries()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        var (one, two) = (await queue.StartAsync("HUB01"), await queue.StartAsync("HUB02"));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => queue.AddAsync(one, "a", $"{i}@a.test").AsTask()));

        var leases = (await Task.WhenAll(Queue.LeaseAsync(one, "a"), Queue.LeaseAsync(two, "a"))).SelectMany(all => all).ToList();

        Assert.Equal(100, leases.Select(lease => lease.Entry.Id).Distinct().Count());
        Assert.Equal(100, leases.Count);
    }

    [Fact(DisplayName = "SQ-2: what a host writes after it lost a lease has no effect")]
    public async Task Fences_a_host_that_was_too_slow()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        var (slow, other) = (await queue.StartAsync("HUB01", TimeSpan.FromSeconds(1)), await queue.StartAsync("HUB02", TimeSpan.FromSeconds(1)));
        await queue.AddAsync(slow, "a", "one@a.test");
        var lost = Assert.Single(await Queue.LeaseAsync(slow, "a"));

        var lease = await Queue.EventuallyAsync(async () => (await Queue.LeaseAsync(other, "a")).SingleOrDefault());

        Assert.False(lease.IsSuspect);
        await Assert.ThrowsAsync<LeaseLostException>(async () => await lost.RemoveAsync(CancellationToken.None));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await lost.SaveAsync(lost.Entry.State, CancellationToken.None));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await lost.RenewAsync(CancellationToken.None));
        await lost.DisposeAsync();
        await lease.SaveAsync(lease.Entry.State with { Attempts = 3 }, CancellationToken.None);
        Assert.Equal(3, (await other.FindAsync(lease.Entry.Id, CancellationToken.None))!.State.Attempts);
    }

    [Fact(DisplayName = "ND-4: what a host of another name died with is suspect, once its leases have run out")]
    public async Task Takes_over_from_the_dead()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        var (dead, other) = (await queue.StartAsync("HUB01", TimeSpan.FromSeconds(1)), await queue.StartAsync("HUB02", TimeSpan.FromSeconds(1)));
        await queue.AddAsync(dead, "a", "one@a.test");
        Assert.Single(await Queue.LeaseAsync(dead, "a"));
        await dead.AbandonAsync();

        var suspect = await Queue.EventuallyAsync(async () =>
        {
            await Queue.LoadAsync(other);
            Assert.Empty(await Queue.LeaseAsync(other, "a"));
            return (await other.LeaseAsync(LeaseQuery.Suspects("a", DateTimeOffset.MaxValue), CancellationToken.None).ToListAsync())
                .SingleOrDefault();
        });

        Assert.True(suspect.IsSuspect);
    }

    [Fact(DisplayName = "A host hears of what another one accepts, and of what an operator wants tried")]
    public async Task Hears_of_others()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        var (one, two) = (await queue.StartAsync("HUB01"), await queue.StartAsync("HUB02"));
        var told = new System.Collections.Concurrent.ConcurrentQueue<QueueChange>();
        two.Changed += told.Enqueue;

        await queue.AddAsync(one, "a", "one@a.test");
        await Queue.EventuallyAsync(() => Task.FromResult(two.Overview.Of("a")));
        var tool = queue.Open("HUB03");
        await tool.NotifyAsync((await tool.ListAsync(null, CancellationToken.None).SingleAsync(TestContext.Current.CancellationToken)).Id, true, CancellationToken.None);

        await Queue.EventuallyAsync(() => Task.FromResult(told.Contains(new QueueChange("a", true)) ? told : null));
        Assert.Contains(new QueueChange("a", false), told);
    }

    [Fact(DisplayName = "SQ-4: a message of 30 MB goes in and out in little memory, is stored once, and is gone with its last entry")]
    public async Task Streams_and_shares_content()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        var store = await queue.StartAsync("HUB01");
        using var content = new LongContent(30 * 1024 * 1024);
        var item = queue.Item(content, "one@a.test");
        GC.Collect();
        var (before, most) = (GC.GetTotalMemory(forceFullCollection: true), 0L);
        content.OnRead = () => most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false) - before);

        await store.AddAsync([new QueueEntry("a", item), new QueueEntry("b", item)], CancellationToken.None);

        Assert.Equal(1, await Cluster.CountAsync(queue.ConnectionString, "content"));
        var lease = Assert.Single(await Queue.LeaseAsync(store, "a"));
        await using (var stream = lease.Content.OpenRead())
        {
            var (buffer, at) = (new byte[80_000], 0L);
            for (int count; (count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0; at += count)
            {
                Assert.Equal(-1, buffer.AsSpan(0, count).IndexOfAnyExcept((byte)'x'));
                content.OnRead();
            }
            Assert.Equal(content.Length, at);
        }
        Assert.InRange(most, 0, 16 * 1024 * 1024);
        var moved = await lease.MoveAsync(
            [new QueueEntry("c", item with { Content = lease.Content })],
            recipients => lease.Entry.State.AfterMove(lease.Entry.Envelope!, recipients), CancellationToken.None);
        Assert.Equal(item.Envelope.Recipients, moved);
        await lease.RemoveAsync(CancellationToken.None);
        await lease.DisposeAsync();
        Assert.Equal((1, 120), (await Cluster.CountAsync(queue.ConnectionString, "content"), await Cluster.CountAsync(queue.ConnectionString, "chunk")));
        var last = Assert.Single(await Queue.LeaseAsync(store, "b"));
        await last.RemoveAsync(CancellationToken.None);
        await last.DisposeAsync();
        Assert.Equal((0, 0), (await Cluster.CountAsync(queue.ConnectionString, "content"), await Cluster.CountAsync(queue.ConnectionString, "chunk")));
    }

    [Fact(DisplayName = "RT-7: what comes in at HUB01 for a connector of HUB02 leaves at HUB02")]
    public async Task Delivers_where_the_connector_is()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        var (here, there) = (new RecordingConnector(), new RecordingConnector());
        await using var one = Transport(queue, "HUB01", here);
        await using var two = Transport(queue, "HUB02", there);

        await one.SubmitAsync(
            new MailEnvelope("sender@contoso.com", [new EnvelopeRecipient("clerk@fax.test")]),
            queue.Item(null, "clerk@fax.test").Content, cancellationToken: TestContext.Current.CancellationToken);
        await one.ProcessPendingAsync(TestContext.Current.CancellationToken);
        await one.ProcessPendingAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, 1), (here.Deliveries.Count, one.Queue.Count));
        await two.ProcessPendingAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, 1), (here.Deliveries.Count, there.Deliveries.Count));
        Assert.Equal(0, await Cluster.CountAsync(queue.ConnectionString, "entry"));
    }

    private static ForeignConnectorTransport Transport(Queue queue, string server, RecordingConnector connector)
    {
        var store = queue.Open(server);
        return ForeignConnectorTransport.Create(
            options =>
            {
                options.Transport.ServerName = server;
                options.Transport.SiteName = "Seattle";
                options.Transport.Sites["Seattle"] = ["HUB01", "HUB02"];
                options.Transport.AcceptedDomains.Add("contoso.com");
                options.Connectors["Fax"] = new()
                {
                    AddressSpaces = { "fax.test" },
                    SourceTransportServers = { "HUB02" },
                    Factory = _ => connector,
                };
            },
            new TransportServices { Store = _ => store });
    }

    private sealed class LongContent(long length) : MessageContent
    {
        public Action OnRead { get; set; } = () => { };

        public override long Length => length;

        public override Stream OpenRead() => new LongStream(this);

        private sealed class LongStream(LongContent content) : Stream
        {
            private long _left = content.Length;

            public override bool CanRead => true;

            public override bool CanSeek => false;

            public override bool CanWrite => false;

            public override long Length => content.Length;

            public override long Position { get => content.Length - _left; set => throw new NotSupportedException(); }

            public override int Read(byte[] buffer, int offset, int count)
            {
                content.OnRead();
                var read = (int)Math.Min(count, _left);
                buffer.AsSpan(offset, read).Fill((byte)'x');
                _left -= read;
                return read;
            }

            public override void Flush()
            {
            }

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        }
    }
}
