using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing.Directory;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.TestKit.Disks;
using Microsoft.Extensions.Logging.Testing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>The volume of the queue fails, and nobody can know what is there; <c>File.Exists</c> says then that nothing is.</summary>
public class BlindQueueTests
{
    private readonly QueueBench _bench = new();
    private readonly AnsweringConnector _a;

    public BlindQueueTests() => _a = _bench.Connect("a");

    public static TheoryData<string> Errors => ["EIO", "EACCES", "EMFILE", "ENOSPC"];

    [Theory(DisplayName = "RY-4: what is delivered while everything on the queue's volume fails is not delivered again; it is deleted when that is possible")]
    [MemberData(nameof(Errors))]
    public async Task Remembers_a_delivery_that_nothing_can_be_written_of(string error)
    {
        await _bench.AcceptAsync("one@a.test", "two@a.test");
        _a.Script = (request, _) =>
        {
            Break(error, "/queue");
            return new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));
        };
        await _bench.ProcessAsync();
        Assert.NotEmpty(_bench.QueueFiles);
        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));

        Mend();
        for (var i = 0; i < 3; i++)
        {
            await _bench.Queue.LoadAsync(CancellationToken.None);
            await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));
        }

        Assert.Single(_a.Deliveries);
        Assert.Empty(_bench.QueueFiles);
    }

    [Theory(DisplayName = "RY-4: a message that is delivered, and of which only the sidecar can be written, has its state there: also the next process does not deliver it again")]
    [MemberData(nameof(Errors))]
    public async Task Writes_down_what_it_cannot_delete(string error)
    {
        await _bench.AcceptAsync("one@a.test");
        _a.Script = (request, _) =>
        {
            Break(error, ".eml");
            return new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));
        };
        await _bench.ProcessAsync();
        Assert.Contains(_bench.QueueFiles, path => path.EndsWith(".json", StringComparison.Ordinal));

        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        Assert.Single(_a.Deliveries);
        Assert.Empty(_bench.QueueFiles);
    }

    [Theory(DisplayName = "RT-5: who has the message does not get it again because what is written of that cannot be looked for")]
    [MemberData(nameof(Errors))]
    public async Task Waits_for_its_state(string error)
    {
        _a.Answer(recipient => recipient.Address == "one@a.test" ? RecipientOutcome.Delivered(recipient) : RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull));
        await _bench.AcceptAsync("one@a.test", "two@a.test");
        await _bench.ProcessAsync();
        _a.Deliver();
        await _bench.LoadAsync();
        Break(error, ".json");
        await _bench.ProcessAsync();
        Assert.Single(_a.Deliveries);

        Mend();
        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(["one@a.test two@a.test", "two@a.test"], _a.Attempts);
        Assert.Empty(_bench.QueueFiles);
    }

    [Theory(DisplayName = "BM-1: the state of a message that cannot be looked for is not swept")]
    [InlineData(".poison", "EIO")]
    [InlineData(".poison", "EACCES")]
    [InlineData(".bad", "EIO")]
    [InlineData(".poison", "EMFILE")]
    [InlineData(".bad", "EACCES")]
    [InlineData(".bad", "EMFILE")]
    public async Task Keeps_the_state(string extension, string error)
    {
        _a.Answer(recipient => recipient.Address == "one@a.test" ? RecipientOutcome.Delivered(recipient) : RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull));
        await _bench.AcceptAsync("one@a.test", "two@a.test");
        await _bench.ProcessAsync();
        var message = _bench.PathOf(".eml");
        _bench.Files.File.Move(message, Path.ChangeExtension(message, extension));
        _bench.Restart();
        Break(error, extension);

        await _bench.Queue.LoadAsync(CancellationToken.None);
        Assert.NotEmpty(_bench.PathOf(".json"));

        Mend();
        await _bench.Queue.LoadAsync(CancellationToken.None);
        Assert.NotEmpty(_bench.PathOf(".json"));
    }

    [Theory(DisplayName = "RY-4: a queue that cannot be looked for is an error and not an empty one")]
    [MemberData(nameof(Errors))]
    public async Task Is_not_empty(string error)
    {
        await _bench.AcceptAsync("one@a.test");
        _bench.Restart();
        var manager = new QueueManager(
            new DirectoryQueueStore(QueueBench.Directory, new DirectoryQueueOptions(), _bench.Faults, _bench.Faults, _bench.Time, new FakeLogger<DirectoryQueueStore>()),
            _bench.Reports, _bench.Trail, _bench.Faults, _bench.Faults, _bench.Time);
        Break(error, "/queue");

        Assert.True(await Record.ExceptionAsync(async () => await manager.ListAsync(new(), default).ToListAsync()) is IOException or UnauthorizedAccessException);
        Assert.True(await Record.ExceptionAsync(async () => await _bench.Queue.LoadAsync(default)) is IOException or UnauthorizedAccessException);

        Mend();
        Assert.Single(await manager.ListAsync(new(), default).ToListAsync());
    }

    private void Break(string error, string what) =>
        _bench.Faults.FailWhile(operation => operation.Contains(what, StringComparison.Ordinal) ? DiskErrors.ByName(error, operation) : null);

    private void Mend() => _bench.Faults.FailWhile(_ => null);
}
