using System.IO.Abstractions;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.IntegrationTests.Storage;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.IntegrationTests.Delivery.Drop;

/// <summary>Deliveries of a file that the queue flushed when it accepted the message.</summary>
public sealed class PreparedDeliveryTests : IDisposable
{
    private const string Octets = "X-Sender: <bob@fabrikam.com>\r\nX-Receiver: <a@x.test>\r\nX-EndOfInjectedXHeaders: 54\r\n\r\nbody\r\n";

    private readonly TempDirectory _temp = new();
    private readonly ScriptedPlatformFiles _platform = new(PlatformFiles.For(new FileSystem()));
    private readonly DropDirectoryOptions _options;
    private readonly string _queued;
    private readonly LockedFile _file;

    public PreparedDeliveryTests()
    {
        Directory.CreateDirectory(_temp["queue"]);
        _options = new() { Name = "Fax", DropDirectory = Directory.CreateDirectory(_temp["drop"]).FullName };
        _queued = _temp.Write("queue/a.eml", Octets);
        Assert.Equal(OpenResult.Opened, _platform.OpenExclusive(_queued, out var file));
        Assert.True(file!.TryAllowReaders());
        _file = file;
    }

    public void Dispose()
    {
        _file.Dispose();
        _temp.Dispose();
    }

    [Fact(DisplayName = "DR-9: the file gets a second name, that name is flushed, and only then the first one goes: at no moment a power cut can lose both")]
    public async Task The_old_name_goes_last()
    {
        _platform.OnFlush = _ =>
        {
            Assert.True(File.Exists(_queued));
            Assert.True(File.Exists(_temp["drop/a.eml"]));
        };

        Assert.Equal(RecipientAction.Delivered, await DeliverAsync());

        Assert.Equal(["link a.eml", $"flush {_options.DropDirectory}"], _platform.Steps);
        Assert.False(File.Exists(_queued));
        Assert.Equal(Octets, _temp.Read("drop/a.eml"));
    }

    [Fact(DisplayName = "DR-5: when the delivery is reported a consumer can have the file to himself, and it can still be read here")]
    public async Task The_file_is_unlocked()
    {
        await DeliverAsync();

        using (var consumer = new FileStream(_temp["drop/a.eml"], FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Assert.Equal(Octets.Length, consumer.Length);
        Assert.Equal(4, _file.Read(0, new byte[4]));
    }

    [Fact(DisplayName = "DR-9: when the directory cannot be flushed the queue keeps its name and its lock; the next attempt finds the file and flushes again")]
    public async Task A_failed_flush_keeps_the_old_name()
    {
        _platform.OnFlush = _ => throw new IOException("EIO");
        Assert.Equal(RecipientAction.Deferred, await DeliverAsync());
        Assert.True(File.Exists(_queued));
        Assert.Equal(OpenResult.Locked, _platform.OpenExclusive(_queued, out _));

        _platform.OnFlush = _ => { };
        Assert.Equal(RecipientAction.Delivered, await DeliverAsync());

        Assert.Equal([_options.DropDirectory, _options.DropDirectory], _platform.Flushed);
        Assert.Equal(["a.eml"], Directory.GetFiles(_options.DropDirectory).Select(Path.GetFileName));
    }

    [Fact(DisplayName = "DR-9: without durability the file is renamed, and nothing is flushed")]
    public async Task Without_durability_it_is_renamed()
    {
        _options.Durability = Durability.None;

        Assert.Equal(RecipientAction.Delivered, await DeliverAsync());

        Assert.Equal(["rename a.eml"], _platform.Steps);
        Assert.False(File.Exists(_queued));
        using var consumer = new FileStream(_temp["drop/a.eml"], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    [Fact(DisplayName = "DR-4: on another volume the file is copied octet for octet, and the queue keeps its own until the delivery is settled")]
    public async Task On_another_volume_it_is_copied()
    {
        _platform.OnLink = (_, _) => MoveResult.OtherVolume;

        Assert.Equal(RecipientAction.Delivered, await DeliverAsync());

        Assert.Equal(Octets, _temp.Read("drop/a.eml"));
        Assert.True(File.Exists(_queued));
        Assert.Equal(["link a.eml", "create a.eml.tmp", "fsync a.eml.tmp", "rename a.eml", $"flush {_options.DropDirectory}"], _platform.Steps);
    }

    [Fact(DisplayName = "DR-6: a prepared file counts with its size")]
    public async Task Prepared_files_count()
    {
        _options.DropDirectoryQuota = ByteSize.FromOctets(Octets.Length - 1);
        Assert.Equal(RecipientAction.Deferred, await DeliverAsync());
        Assert.True(File.Exists(_queued));

        _options.DropDirectoryQuota = ByteSize.FromOctets(Octets.Length);
        Assert.Equal(RecipientAction.Delivered, await DeliverAsync());
    }

    [Fact(DisplayName = "DR-2: a queue file that is gone, or a Drop directory that is, defers")]
    public async Task What_is_missing_defers()
    {
        Directory.Delete(_options.DropDirectory);
        Assert.Equal(RecipientAction.Deferred, await DeliverAsync());
        Assert.True(File.Exists(_queued));

        Directory.CreateDirectory(_options.DropDirectory);
        File.Delete(_queued);
        Assert.Equal(RecipientAction.Deferred, await DeliverAsync());
        Assert.Empty(Directory.GetFiles(_options.DropDirectory));
    }

    private async Task<RecipientAction> DeliverAsync()
    {
        var connector = new DropDirectoryConnector(_options, new FileSystem(), _platform, NullLogger.Instance);
        var request = new DeliveryRequest("a", new MailEnvelope("bob@fabrikam.com", [new("a@x.test")]), MessageContent.FromOctets("body\r\n"u8.ToArray()))
        {
            PreparedFile = new PreparedFile(_queued, _file),
        };
        return Assert.Single((await connector.DeliverAsync(request, CancellationToken.None)).Outcomes).Action;
    }
}
