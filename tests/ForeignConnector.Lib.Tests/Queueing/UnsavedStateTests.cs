using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>What became of an attempt cannot be written down, because the volume of the queue is full or broken.</summary>
public class UnsavedStateTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly QueueBench _bench = new();
    private readonly AnsweringConnector _a;

    public UnsavedStateTests() => _a = _bench.Connect("a");

    private QueueManager Manager => _bench.Manager;

    [Theory(DisplayName = "A deferral that cannot be written down is remembered: the message is tried again as it would be, and its delivery makes room")]
    [InlineData("ENOSPC")]
    [InlineData("EIO")]
    [InlineData("EACCES")]
    public async Task Tries_a_deferred_message_again(string error)
    {
        BreakSidecars(error);
        await DeferAsync("one@a.test");
        Assert.Single(_bench.Logs.GetSnapshot(), record => record.Id.Id == EventIds.QueueFailed);
        await _bench.ProcessAfterAsync(Interval);
        Assert.Equal(2, _a.Deliveries.Count);
        _a.Deliver();

        await _bench.ProcessAfterAsync(Interval);

        Assert.Equal(3, _a.Deliveries.Count);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "RT-5: who has the message does not get it again when that could not be written down; the others are tried when it can, and nothing behind waits for that")]
    public async Task Writes_down_what_is_final_first()
    {
        BreakSidecars("ENOSPC");
        _a.Answer(recipient => recipient.Address == "one@a.test" ? RecipientOutcome.Delivered(recipient) : RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull));
        await _bench.AcceptAsync("one@a.test", "two@a.test");
        await _bench.ProcessAsync();
        _a.Deliver();
        _bench.Time.Advance(Interval);
        await _bench.AcceptAsync("three@a.test");
        await _bench.ProcessAsync();
        Assert.Equal(["one@a.test two@a.test", "three@a.test"], _a.Attempts);
        MendSidecars();

        await _bench.ProcessAfterAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(["one@a.test two@a.test", "three@a.test", "two@a.test"], _a.Attempts);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "An administrator can have such a message tried at once")]
    public async Task Can_be_retried()
    {
        BreakSidecars("ENOSPC");
        var id = await DeferAsync("one@a.test");
        _a.Deliver();

        Assert.Equal(QueueActionResult.Done, await Manager.RetryAsync(id, default));
        await _bench.Queue.LoadAsync(default);
        await _bench.ProcessAfterAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(2, _a.Deliveries.Count);
    }

    [Fact(DisplayName = "A hold of such a message holds, and what could not be written down is not lost over it")]
    public async Task Can_be_held()
    {
        BreakSidecars("ENOSPC");
        var id = await DeferAsync("one@a.test");
        MendSidecars();

        Assert.Equal(QueueActionResult.Done, await Manager.HoldAsync(id, default));
        await _bench.Queue.LoadAsync(default);
        await _bench.ProcessAfterAsync(Interval);
        Assert.Single(_a.Deliveries);
        Assert.Equal(QueuedMessageStatus.Held, (await Manager.FindAsync(id, default))!.Status);

        await Manager.ReleaseAsync(id, default);
        await _bench.Queue.LoadAsync(default);
        await _bench.ProcessAsync();
        Assert.Equal(2, (await Manager.FindAsync(id, default))!.Attempts);
    }

    [Fact(DisplayName = "A message that an administrator had removed stays so, although an attempt before it could not be written down")]
    public async Task Can_be_removed()
    {
        BreakSidecars("ENOSPC");
        var id = await DeferAsync("one@a.test");
        MendSidecars();
        _bench.Reports.Script = _ => throw new IOException("full");
        await Assert.ThrowsAsync<IOException>(async () => await Manager.RemoveAsync(id, report: true, default));
        _bench.Reports.Script = _ => SenderReportResult.Accepted;

        await _bench.ProcessAfterAsync(Interval);

        Assert.Single(_a.Deliveries);
        Assert.Equal(["Failed one@a.test"], _bench.Reports.Made);
        Assert.Empty(_bench.QueueFiles);
    }

    private async Task<string> DeferAsync(string recipient)
    {
        _a.Defer();
        await _bench.AcceptAsync(recipient);
        await _bench.ProcessAsync();
        return Assert.Single(await Manager.ListAsync(new QueueFilter(), default).ToListAsync()).Id;
    }

    private void BreakSidecars(string error) => _bench.Files.Before = operation =>
    {
        if (operation is EntriesChanged && operation.ToString().Contains(".json", StringComparison.Ordinal))
            throw DiskErrors.ByName(error, "sidecar");
    };

    private void MendSidecars() => _bench.Files.Before = _ => { };
}
