using System.IO.Abstractions;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.IntegrationTests.Storage;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Directory;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

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
        _temp.Write("drop/others.eml", "x");
        _options.DropDirectoryQuota = ByteSize.FromOctets(Octets.Length);
        Assert.Equal(RecipientAction.Deferred, await DeliverAsync());
        Assert.True(File.Exists(_queued));

        File.Delete(_temp["drop/others.eml"]);
        _options.DropDirectoryQuota = ByteSize.FromOctets(Octets.Length);
        Assert.Equal(RecipientAction.Delivered, await DeliverAsync());
    }

    [Fact(DisplayName = "DR-6: a prepared file that is larger than the whole quota fails at once")]
    public async Task Larger_than_the_quota_fails()
    {
        _options.DropDirectoryQuota = ByteSize.FromOctets(Octets.Length - 1);

        Assert.Equal(RecipientAction.Failed, await DeliverAsync());
        Assert.Empty(Directory.GetFiles(_options.DropDirectory));
    }

    [Theory(DisplayName = "DR-10, DR-11: a linked, renamed or copied file has the mode of the option")]
    [InlineData(Durability.Grouped, false)]
    [InlineData(Durability.None, false)]
    [InlineData(Durability.Grouped, true)]
    public async Task Has_the_mode_of_the_option(Durability durability, bool isCopied)
    {
        Unix.SetMode(_queued, "600");
        _options.Durability = durability;
        _options.DropFileMode = (UnixFileMode)0x1B4;
        if (isCopied)
            _platform.OnLink = (_, _) => MoveResult.OtherVolume;

        Assert.Equal(RecipientAction.Delivered, await DeliverAsync());

        Assert.Equal("664", Unix.ModeOf(_temp["drop/a.eml"]));
    }

    [Fact(DisplayName = "DR-11: into a directory whose rules come with creation a file is copied, not linked")]
    public async Task A_default_acl_makes_a_copy()
    {
        if (!Unix.TrySetDefaultAcl(_options.DropDirectory, OrdinaryAccount.Id))
            return;

        Assert.Equal(RecipientAction.Delivered, await DeliverAsync());

        Assert.DoesNotContain("link a.eml", _platform.Steps);
        Assert.Equal(Octets, _temp.Read("drop/a.eml"));
        Assert.True(File.Exists(_queued));
    }

    [Fact(DisplayName = "SE-7: an append-only Drop directory defers before anything is written: nothing in it could ever be removed")]
    public async Task An_append_only_directory_defers()
    {
        if (!Hosts.Unix.TryRun("chattr", "+a", _options.DropDirectory))
            return;
        _options.RelayDsnRequired = true;

        Assert.Equal([RecipientAction.Deferred, RecipientAction.Deferred], [await DeliverAsync(), await DeliverAsync()]);
        Assert.Empty(Directory.GetFiles(_options.DropDirectory));

        Assert.True(Hosts.Unix.TryRun("chattr", "-a", _options.DropDirectory));
        Assert.Equal(RecipientAction.Relayed, await DeliverAsync());
    }

    [Theory(DisplayName = "SE-3: what is no file of ours under the name of a message is left, and the message gets a name beside it")]
    [InlineData("file")]
    [InlineData("empty")]
    [InlineData("part")]
    [InlineData("longer")]
    [InlineData("directory")]
    [InlineData("link")]
    [InlineData("link to the octets")]
    [InlineData("dangling")]
    [InlineData("fifo")]
    public async Task A_taken_name_is_no_delivery(string kind)
    {
        var path = _temp["drop/a.eml"];
        Occupy(kind, path);
        var before = Look(path);

        Assert.Equal(RecipientAction.Delivered, await DeliverAsync().WaitAsync(TimeSpan.FromSeconds(20)));

        Assert.Equal(Octets, _temp.Read("drop/a-2.eml"));
        Assert.Equal(before, Look(path));
        Assert.Equal(["a-2.eml", "a.eml"], Directory.GetFileSystemEntries(_options.DropDirectory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory(DisplayName = "SE-3: the same octets under the name, or under the one beside what is not ours, were delivered before")]
    [InlineData("a.eml")]
    [InlineData("a-2.eml")]
    [InlineData("a-3.eml")]
    public async Task The_same_octets_were_delivered(string name)
    {
        foreach (var taken in ((string[])["a.eml", "a-2.eml"]).TakeWhile(taken => taken != name))
            _temp.Write("drop/" + taken, "not ours");
        _temp.Write("drop/" + name, Octets);

        Assert.Equal(RecipientAction.Delivered, await DeliverAsync());

        Assert.True(Directory.GetFiles(_options.DropDirectory).Length <= 3);
        Assert.Single(Directory.GetFiles(_options.DropDirectory), path => File.ReadAllText(path) == Octets);
    }

    [Theory(DisplayName = "SE-3: when something else has every name the message is deferred, and nothing is replaced or waited for")]
    [InlineData("file")]
    [InlineData("empty")]
    [InlineData("longer")]
    [InlineData("directory")]
    [InlineData("dangling")]
    [InlineData("fifo")]
    public async Task All_names_are_taken(string kind)
    {
        string[] paths = [_temp["drop/a.eml"], .. Enumerable.Range(2, 8).Select(i => _temp[$"drop/a-{i}.eml"])];
        Array.ForEach(paths, path => Occupy(kind, path));
        string[] before = [.. paths.Select(Look)];

        Assert.Equal(RecipientAction.Deferred, await DeliverAsync().WaitAsync(TimeSpan.FromSeconds(20)));

        Assert.Equal(before, paths.Select(Look));
        Assert.Equal(paths.Length, Directory.GetFileSystemEntries(_options.DropDirectory).Length);
        Assert.True(File.Exists(_queued));
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

    [Theory(DisplayName = "DR-2: an I/O error on the queue file is told as that, and not as a fault of the Drop directory, which is well")]
    [InlineData(0, false)]
    [InlineData(40, false)]
    [InlineData(90, false)]
    [InlineData(0, true)]
    public async Task An_unreadable_queue_file_is_told_as_that(int readable, bool isRefused)
    {
        _platform.OnLink = (_, _) => MoveResult.OtherVolume;
        var logger = new FakeLogger();
        var connector = new DropDirectoryConnector(_options, new FileSystem(), _platform, logger);

        var report = await connector.DeliverAsync(Request(new FailingFile(_file, readable, isRefused)), CancellationToken.None);

        Assert.Equal((RecipientAction.Deferred, "4.3.0"), (report.Outcomes[0].Action, report.Outcomes[0].Status.ToString()));
        Assert.Equal("Connector Fax: message a cannot be read; it is deferred", Assert.Single(logger.Collector.GetSnapshot()).Message);
        Assert.Empty(Directory.GetFiles(_options.DropDirectory));
        Assert.True(File.Exists(_queued));
    }

    private void Occupy(string kind, string path)
    {
        switch (kind)
        {
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "link":
                File.CreateSymbolicLink(path, _temp.Write("victim", "x"));
                break;
            case "link to the octets":
                File.CreateSymbolicLink(path, _temp.Write("copy", Octets));
                break;
            case "dangling":
                File.CreateSymbolicLink(path, _temp["nowhere"]);
                break;
            case "fifo":
                Unix.MakeFifo(path);
                break;
            default:
                File.WriteAllText(path, kind switch { "empty" => "", "part" => Octets[..^1], "longer" => Octets + "x", _ => "not ours" });
                break;
        }
    }

    private static string Look(string path) => new FileInfo(path) is var file && (file.Attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint)) != 0
        ? $"{file.Attributes} {file.LinkTarget}"
        : $"{file.Attributes} {file.Length}";

    private async Task<RecipientAction> DeliverAsync()
    {
        var connector = new DropDirectoryConnector(_options, new FileSystem(), _platform, NullLogger.Instance);
        return Assert.Single((await connector.DeliverAsync(Request(_file), CancellationToken.None)).Outcomes).Action;
    }

    private DeliveryRequest Request(LockedFile file)
    {
        var envelope = new MailEnvelope("bob@fabrikam.com", [new("a@x.test")]);
        return new("a", envelope, new QueueFileContent(new QueueFile(_queued, file, envelope, 0, DeliveryState.New, hasStateFile: false)));
    }

    /// <summary>A file of which only the first octets can be read.</summary>
    private sealed class FailingFile(LockedFile inner, int readable, bool isRefused) : LockedFile
    {
        public override FileFacts Facts => inner.Facts;

        public override FileFacts AskFacts() => inner.AskFacts();

        public override int Read(long offset, Span<byte> buffer)
        {
            if (offset >= readable)
                throw isRefused ? new UnauthorizedAccessException() : new IOException("EIO");
            return inner.Read(offset, buffer[..(int)Math.Min(buffer.Length, readable - offset)]);
        }

        public override bool IsAt(string path) => inner.IsAt(path);

        public override bool TryShare(SharedAccess access) => inner.TryShare(access);

        public override void Dispose()
        {
            // Its owner does.
        }
    }
}
