using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Delivery.Drop;

public class DropQuotaTests
{
    private const string Delivered = "2.0.0";
    private const string Full = "4.3.1";
    private const string TooBig = "5.3.4";

    private readonly DropBench _bench = new();

    [Fact(DisplayName = "DR-6: what would exceed the quota is deferred, that is logged once, and delivery goes on as the gateway takes files away")]
    public async Task Defers_while_the_directory_is_full_and_recovers()
    {
        var size = await SizeAsync();
        _bench.Options.DropDirectoryQuota = ByteSize.FromOctets((2 * size) + 1);

        Assert.Equal([Delivered, Delivered, Full, Full], await DeliverAsync("a", "b", "c", "d"));
        Assert.Equal(["a.eml", "b.eml"], _bench.Names);
        Assert.Single(_bench.Logged);

        _bench.Take("a.eml");
        Assert.Equal([Delivered, Full], await DeliverAsync("c", "d"));
        Assert.Equal(["b.eml", "c.eml"], _bench.Names);
    }

    [Fact(DisplayName = "DR-6: the quota can be used to the last octet, and not an octet more")]
    public async Task The_last_octet()
    {
        var size = await SizeAsync();
        _bench.Options.DropDirectoryQuota = ByteSize.FromOctets(3 * size);
        _bench.Put("others.EML", size + 1);
        _bench.Put("others.tmp", 10 * size);

        Assert.Equal([Delivered, Full], await DeliverAsync("a", "b"));
        _bench.Take("others.EML");
        Assert.Equal([Delivered, Delivered, Full], await DeliverAsync("b", "c", "d"));
    }

    [Fact(DisplayName = "DR-6: a file that was delivered before is delivered, however full the directory is")]
    public async Task A_repeated_delivery_needs_no_room()
    {
        _bench.Options.DropDirectoryQuota = ByteSize.FromOctets(await SizeAsync());

        Assert.Equal([Delivered, Delivered, Full], await DeliverAsync("a", "a", "b"));
    }

    [Fact(DisplayName = "DR-6, SE-3: somebody else's file with the name of a message is no delivery; the message needs its room")]
    public async Task Somebody_elses_file_is_no_delivery()
    {
        _bench.Options.DropDirectoryQuota = ByteSize.FromOctets(await SizeAsync() + 9);
        _bench.Put("a.eml", 10);
        Assert.Equal(Full, await _bench.DeliverAsync("a"));

        _bench.Put("a.eml", 9);
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([Delivered, Full], await DeliverAsync("a", "b"));
        Assert.Equal(["a-2.eml", "a.eml"], _bench.Names);
    }

    [Fact(DisplayName = "DR-6, SE-3: the room of a file follows it to its other name, and what has the first name counts")]
    public void Room_follows_a_rename()
    {
        var quota = Quota(100);
        _bench.Put("a.eml", 30);
        using (var room = quota.TryReserve("a.eml", 60)!)
        {
            room.Rename("a-2.eml");
            _bench.Put("a-2.eml", 60);
            Assert.Null(quota.TryReserve("b.eml", 11));
            Assert.NotNull(quota.TryReserve("c.eml", 10));
            room.Keep();
        }

        Assert.Null(quota.TryReserve("d.eml", 1));
    }

    [Fact(DisplayName = "DR-6: the same delivery twice at once has its room once, under each name")]
    public void The_same_delivery_twice_has_its_room_once()
    {
        var quota = Quota(100);
        var first = quota.TryReserve("a.eml", 40)!;
        first.Rename("a-2.eml");
        var second = quota.TryReserve("a.eml", 40)!;
        second.Rename("a-2.eml");
        second.Dispose();

        Assert.Null(quota.TryReserve("b.eml", 61));
        Assert.NotNull(quota.TryReserve("c.eml", 60));
        first.Dispose();
    }

    [Theory(DisplayName = "DR-6: a message that is larger than the whole quota fails at once; what only seems larger does not")]
    [InlineData("Subject: x\r\n\r\nbody\r\n", 0, Delivered)]
    [InlineData("Subject: x\r\n\r\nbody\r\n", -1, TooBig)]
    [InlineData("Subject: x\n\n\n\n\n\n\n", 0, Delivered)]
    [InlineData("Subject: x\n\n\n\n\n\n\n", -1, TooBig)]
    [InlineData("Bcc: somebody@contoso.com\r\nSubject: x\r\n\r\n", 0, Delivered)]
    [InlineData("Bcc: somebody@contoso.com\r\nSubject: x\r\n\r\n", -1, TooBig)]
    public async Task Larger_than_the_quota(string message, int room, string expected)
    {
        _bench.Options.DropDirectoryQuota = ByteSize.FromOctets(await SizeAsync(message: message) + room);

        Assert.Equal(expected, await _bench.DeliverAsync("a", message));

        Assert.Equal(expected == Delivered ? 1 : 0, _bench.Names.Length);
        Assert.Empty(_bench.Logged);
    }

    [Fact(DisplayName = "DR-6: a repeated delivery is not counted twice")]
    public void A_repeated_delivery_counts_once()
    {
        var quota = Quota(100);

        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var room = quota.TryReserve("a.eml", 40)!;
            if (attempt == 0)
                room.Keep();
        }
        _bench.Put("a.eml", 40);

        Assert.NotNull(quota.TryReserve("b.eml", 60));
        Assert.Null(quota.TryReserve("c.eml", 1));
    }

    [Fact(DisplayName = "DR-6: many deliveries at once fill the quota and never exceed it")]
    public async Task Concurrent_deliveries_never_exceed_the_quota()
    {
        const int fits = 20, sent = 100;
        var size = await SizeAsync("000");
        _bench.Options.DropDirectoryQuota = ByteSize.FromOctets((fits * size) + size - 1);

        var statuses = await Task.WhenAll(Enumerable.Range(0, sent).Select(i => Task.Run(() => _bench.DeliverAsync($"{i:D3}"))));

        Assert.Equal(fits, statuses.Count(status => status == Delivered));
        Assert.Equal(sent - fits, statuses.Count(status => status == Full));
        Assert.Equal(fits, _bench.Names.Length);
    }

    [Fact(DisplayName = "DR-6: the file's real size counts, although it is known only when the file is written")]
    public async Task The_real_size_counts()
    {
        const string lines = "Subject: x\n\n\n\n\n\n\n\n\n\n\n";
        var size = await SizeAsync(message: lines);
        _bench.Options.DropDirectoryQuota = ByteSize.FromOctets(size);
        _bench.Put("others.eml", 1);

        Assert.Equal(Full, await _bench.DeliverAsync("a", lines));
        Assert.Equal(["others.eml"], _bench.Names);

        Assert.Equal(Delivered, await _bench.DeliverAsync("a", lines[..^1]));
    }

    [Fact(DisplayName = "DR-6: room that the real size does not need is free again")]
    public void What_turns_out_smaller_leaves_room()
    {
        var quota = Quota(100);
        using (var room = quota.TryReserve("a.eml", 100)!)
        {
            Assert.True(room.TryResize(60));
            room.Keep();
        }
        _bench.Put("a.eml", 60);

        Assert.NotNull(quota.TryReserve("b.eml", 40));
    }

    [Fact(DisplayName = "DR-6: room for a file that was not written is free again")]
    public void A_failed_delivery_gives_its_room_back()
    {
        var quota = Quota(100);
        quota.TryReserve("a.eml", 100)!.Dispose();

        Assert.NotNull(quota.TryReserve("b.eml", 100));
    }

    [Fact(DisplayName = "DR-6: what is being written counts once, whether the directory shows it by now or not")]
    public void A_reading_does_not_count_pending_files_twice()
    {
        var quota = Quota(100);
        var first = quota.TryReserve("a.eml", 60)!;
        _bench.Put("a.eml", 60);

        var second = quota.TryReserve("b.eml", 40);

        Assert.NotNull(second);
        Assert.Null(quota.TryReserve("c.eml", 1));
        first.Keep();
        first.Dispose();
        Assert.Null(quota.TryReserve("c.eml", 1));
    }

    [Fact(DisplayName = "DR-6: the directory is read again when half of the room it had is used, and not before")]
    public void Reads_the_directory_only_when_it_matters()
    {
        var quota = Quota(100);
        Keep(quota, "a.eml", 10);
        // Somebody else fills the directory: not seen at once.
        _bench.Put("others.eml", 90);

        Assert.NotNull(quota.TryReserve("b.eml", 40));
        Assert.Null(quota.TryReserve("c.eml", 1));
    }

    [Fact(DisplayName = "DR-6: after something went wrong the directory is read again")]
    public void Reads_again_after_an_outage()
    {
        var quota = Quota(100);
        Keep(quota, "a.eml", 10);
        _bench.Put("others.eml", 95);
        quota.Invalidate();

        Assert.Null(quota.TryReserve("b.eml", 10));
    }

    [Fact(DisplayName = "DR-6: a full directory that does not change is read every ten seconds; one that does, at once")]
    public void A_full_directory_is_not_read_for_every_message()
    {
        var quota = Quota(100);
        _bench.Put("others.eml", 100);
        Changed(TimeSpan.FromMinutes(1));
        Assert.Null(quota.TryReserve("a.eml", 1));

        // A file system that does not keep the time of its directories.
        _bench.Take("others.eml");
        Changed(TimeSpan.FromMinutes(1));
        Assert.Null(quota.TryReserve("a.eml", 1));
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(quota.TryReserve("a.eml", 100));
    }

    [Fact(DisplayName = "DR-6: a full directory that changed is read at once")]
    public void A_change_is_seen_at_once()
    {
        var quota = Quota(100);
        _bench.Put("others.eml", 100);
        Changed(TimeSpan.FromMinutes(1));
        Assert.Null(quota.TryReserve("a.eml", 1));

        _bench.Take("others.eml");
        Changed(TimeSpan.Zero);

        Assert.NotNull(quota.TryReserve("a.eml", 100));
    }

    [Fact(DisplayName = "DR-6: a directory that changed just now may change again without its time telling, so it is read for every message that has no room")]
    public void A_fresh_change_is_not_trusted()
    {
        var quota = Quota(100);
        _bench.Put("others.eml", 100);
        Changed(TimeSpan.FromSeconds(1));
        Assert.Null(quota.TryReserve("a.eml", 1));

        _bench.Take("others.eml");
        Changed(TimeSpan.FromSeconds(1));

        Assert.NotNull(quota.TryReserve("a.eml", 100));
    }

    [Fact(DisplayName = "DR-6: without a quota nothing is read")]
    public void Unlimited()
    {
        var quota = new DropQuota(ByteSize.Unlimited, _bench.Files, "/missing", _bench.Time);

        Assert.NotNull(quota.TryReserve("a.eml", long.MaxValue));
    }

    private static void Keep(DropQuota quota, string name, long octets)
    {
        using var room = quota.TryReserve(name, octets)!;
        room.Keep();
    }

    private DropQuota Quota(long octets) => new(ByteSize.FromOctets(octets), _bench.Files, DropBench.Directory, _bench.Time);

    private void Changed(TimeSpan ago) => _bench.Files.Directory.SetLastWriteTimeUtc(DropBench.Directory, (_bench.Time.GetUtcNow() - ago).UtcDateTime);

    private async Task<string[]> DeliverAsync(params string[] ids)
    {
        var statuses = new List<string>();
        foreach (var id in ids)
            statuses.Add(await _bench.DeliverAsync(id));
        return [.. statuses];
    }

    private static async Task<int> SizeAsync(string id = "a", string message = DropBench.Message)
    {
        var bench = new DropBench();
        await bench.DeliverAsync(id, message);
        return bench.Read(id + ".eml").Length;
    }
}
