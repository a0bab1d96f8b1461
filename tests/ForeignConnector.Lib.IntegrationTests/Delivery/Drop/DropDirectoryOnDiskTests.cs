using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.IntegrationTests.Storage;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.IntegrationTests.Delivery.Drop;

public sealed class DropDirectoryOnDiskTests : IDisposable
{
    private const string Stale = "dead.eml.0123456789abcdef.tmp";

    private readonly TempDirectory _temp = new();
    private readonly ScriptedPlatformFiles _platform = new(PlatformFiles.For(new FileSystem()));
    private readonly DropDirectoryOptions _options;
    private DropDirectoryConnector? _connector;

    public DropDirectoryOnDiskTests() => _options = new() { Name = "Fax", DropDirectory = Directory.CreateDirectory(_temp["drop"]).FullName };

    // Made when it is first used, of what the options are then.
    private DropDirectoryConnector Connector => _connector ??= new DropDirectoryConnector(_options, new FileSystem(), _platform, NullLogger.Instance);

    private string[] Names => [.. Directory.GetFileSystemEntries(_options.DropDirectory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => _temp.Dispose();

    [Theory(DisplayName = "DR-9: the steps of a delivery, by durability")]
    [InlineData(Durability.Grouped, "create a.eml.tmp|fsync a.eml.tmp|rename a.eml|flush drop")]
    [InlineData(Durability.PerMessage, "create a.eml.tmp|fsync a.eml.tmp|rename a.eml|flush drop")]
    [InlineData(Durability.None, "create a.eml.tmp|rename a.eml")]
    public async Task Steps(Durability durability, string expected)
    {
        _options.Durability = durability;

        await DeliverAsync("a");

        Assert.Equal(expected.Split('|'), _platform.Steps.Select(step => step.Replace(_options.DropDirectory, "drop", StringComparison.Ordinal)));
    }

    [Fact(DisplayName = "DR-9: a directory that is created survives a power cut, and so does each one above it that was missing")]
    public async Task Created_directories_are_flushed()
    {
        _options.DropDirectory = _temp["new/fax"];
        _options.CreateDropDirectory = true;

        await DeliverAsync("a");

        // The one above what was there as well: who made that may have died before the flush.
        Assert.Equal([Path.GetDirectoryName(_temp.Path), _temp.Path, _temp["new"], _temp["new/fax"]], _platform.Flushed);
    }

    [Theory(DisplayName = "SE-1, DR-5: a file of another account with the name of a temporary file of ours is never deleted from a Drop directory")]
    [InlineData("mine.eml.0123456789abcdef.tmp", 65534)]
    [InlineData("a.eml.fedcba9876543210.tmp", 54002)]
    [InlineData(".ffffffffffffffff.tmp", 1)]
    public async Task Deletes_no_file_of_others(string name, int owner)
    {
        if (!OrdinaryAccount.IsAvailable)
            return;
        _temp.Write("drop/" + Stale, "half a mess");
        Storage.Unix.SetOwner(_temp.Write("drop/" + name, "theirs"), owner);

        await DeliverAsync("b");

        Assert.Equal(((string[])[name, "b.eml"]).Order(StringComparer.Ordinal), Names);
        Assert.Equal("theirs", _temp.Read("drop/" + name));
    }

    [Fact(DisplayName = "DR-5: what a writer that died left is swept at the first delivery and after an outage; what is not ours, or alive, stays")]
    public async Task Sweeps_abandoned_files()
    {
        _temp.Write("drop/" + Stale, "half a mess");
        _temp.Write("drop/gateway.tmp", "");
        using var living = _platform.Create(_temp["drop/living.eml.0123456789abcdee.tmp"]);

        await DeliverAsync("a");
        Assert.Equal(["a.eml", "gateway.tmp", "living.eml.0123456789abcdee.tmp"], Names);

        _temp.Write("drop/" + Stale, "half a mess");
        await DeliverAsync("b");
        Assert.Contains(Stale, Names);

        _platform.OnFlush = _ => throw new IOException("EIO");
        Assert.Equal(RecipientAction.Deferred, await DeliverAsync("c"));
        _platform.OnFlush = _ => { };
        Assert.Equal(RecipientAction.Delivered, await DeliverAsync("c"));
        Assert.Equal(["a.eml", "b.eml", "c.eml", "gateway.tmp", "living.eml.0123456789abcdee.tmp"], Names);
    }

    [Fact(DisplayName = "DR-6: on a real disk, too, delivery goes on when the gateway takes files away")]
    public async Task The_quota_recovers()
    {
        await DeliverAsync("a");
        _options.DropDirectoryQuota = ByteSize.FromOctets(2 * new FileInfo(_temp["drop/a.eml"]).Length);
        _connector = null;

        Assert.Equal(RecipientAction.Delivered, await DeliverAsync("b"));
        Assert.Equal(RecipientAction.Deferred, await DeliverAsync("c"));
        File.Delete(_temp["drop/a.eml"]);
        Assert.Equal(RecipientAction.Delivered, await DeliverAsync("c"));
        Assert.Equal(RecipientAction.Deferred, await DeliverAsync("d"));
        Assert.Equal(["b.eml", "c.eml"], Names);
    }

    [Fact(DisplayName = "DR-5, DR-9: of many deliveries at once every file is whole, and they share flushes")]
    public async Task Many_deliveries_share_flushes()
    {
        const int count = 300;

        await DeliverAsync("000");
        var actions = await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => DeliverAsync($"{i:D3}"))));

        Assert.All(actions, action => Assert.Equal(RecipientAction.Delivered, action));
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i:D3}.eml"), Names);
        Assert.All(Names, name => Assert.EndsWith($"\r\n\r\nbody of {name[..3]}\r\n", _temp.Read("drop/" + name), StringComparison.Ordinal));
        Assert.InRange(_platform.Flushed.Length, 1, count / 2);
    }

    private async Task<RecipientAction> DeliverAsync(string id)
    {
        var content = MessageContent.FromOctets(Encoding.ASCII.GetBytes($"Subject: x\r\n\r\nbody of {id}\r\n"));
        var request = new DeliveryRequest(id, new MailEnvelope("bob@fabrikam.com", [new("a@x.test")]), content);
        return Assert.Single((await Connector.DeliverAsync(request, CancellationToken.None)).Outcomes).Action;
    }
}
