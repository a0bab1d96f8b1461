using System.Globalization;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>RT-8: when what waits for a configured connector is routed again, and what stays.</summary>
public class ResubmitTests
{
    private readonly QueueBench _bench = new();

    public ResubmitTests() => _bench.Configure(["a", "b"], rest: "a");

    [Theory(DisplayName = "RT-8, TR-1: after a change what no longer matches its connector moves at once, due or not, and RESUBMIT is recorded; what matches stays, what is settled stays settled")]
    [InlineData("one@x.test")]
    [InlineData("one@x.test", "two@y.test")]
    public async Task Moves_what_no_longer_matches(params string[] moving)
    {
        _bench.Connectors["a"].Answer(recipient => recipient.Address.StartsWith("done", StringComparison.Ordinal) ? RecipientOutcome.Delivered(recipient) : Busy(recipient));
        await _bench.AcceptAsync(["done@x.test", "stays@a.test", .. moving]);
        await _bench.ProcessAsync();
        _bench.Configure(["a", "b"], rest: "b");

        await _bench.ProcessAsync();

        Assert.Equal([string.Join(' ', moving)], _bench.Connectors["b"].Attempts);
        Assert.Single(_bench.Connectors["a"].Attempts);
        var event_ = Assert.Single(_bench.Trail.Events, tracked => tracked.Kind == TrackingEventKind.Resubmit);
        Assert.Equal(moving, event_.Recipients.Select(recipient => recipient.Address));
        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal("stays@a.test", _bench.Connectors["a"].Attempts.Last());
    }

    [Fact(DisplayName = "RT-8: also what waits behind a connector that fails, and what was changed while no process ran")]
    public async Task Moves_what_waits_behind_a_failing_connector()
    {
        _bench.Connectors["a"].Answer(recipient => RecipientOutcome.Deferred(recipient, DeliveryStatus.ConnectorProblem));
        for (var i = 0; i < 6; i++)
            await _bench.AcceptAsync($"{i}@x.test");
        await _bench.ProcessAsync();
        _bench.Configure(["a", "b"], rest: "b");
        _bench.Restart();
        await _bench.Queue.LoadAsync(CancellationToken.None);

        await _bench.ProcessAsync();

        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"{i}@x.test"), _bench.Connectors["b"].Attempts);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "RT-8: what is under way during a change is not touched; deferred, it moves when the attempt has ended")]
    public async Task Waits_for_what_is_under_way()
    {
        var answer = new TaskCompletionSource<DeliveryReport>();
        DeliveryRequest? asked = null;
        _bench.Connectors["a"].Script = (request, _) =>
        {
            asked = request;
            return new(answer.Task);
        };
        await _bench.AcceptAsync("one@x.test");
        var round = _bench.ProcessAsync();
        _bench.Configure(["a", "b"], rest: "b");
        Assert.Equal(0, await _bench.Rerouter.RerouteAsync("a", CancellationToken.None));
        answer.SetResult(DeliveryReport.ForAll(asked!, Busy));
        await round;

        await _bench.ProcessAsync();

        Assert.Equal(["one@x.test"], _bench.Connectors["b"].Attempts);
        Assert.Single(_bench.Connectors["a"].Attempts);
    }

    [Theory(DisplayName = "RT-8: when a connector had no success for MaxIdleTimeBeforeResubmit what waits for it is routed again, once in each such time; a success, or a failure for good, begins it anew")]
    [InlineData("12:00:00", null)]
    [InlineData("01:00:00", null)]
    [InlineData("12:00:00", "delivered")]
    [InlineData("12:00:00", "failed")]
    public async Task Routes_again_when_idle(string maxIdle, string? contact)
    {
        var idle = TimeSpan.Parse(maxIdle, CultureInfo.InvariantCulture);
        _bench.Options.MaxIdleTimeBeforeResubmit = idle;
        _bench.Connectors["a"].Answer(recipient => recipient.Address switch
        {
            "delivered@a.test" => RecipientOutcome.Delivered(recipient),
            "failed@a.test" => RecipientOutcome.Failed(recipient, DeliveryStatus.NoConnector),
            _ => Busy(recipient),
        });
        await MisplaceAsync();
        await _bench.ProcessAsync();
        await _bench.ProcessAfterAsync(idle / 2);
        if (contact is not null)
        {
            await _bench.AcceptAsync($"{contact}@a.test");
            await _bench.ProcessAsync();
        }

        await _bench.ProcessAfterAsync((idle / 2) - TimeSpan.FromMinutes(1));
        Assert.Empty(_bench.Connectors["b"].Attempts);
        await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(contact is null ? ["one@x.test"] : [], _bench.Connectors["b"].Attempts);
        await _bench.ProcessAfterAsync(idle / 2);
        Assert.Equal(["one@x.test"], _bench.Connectors["b"].Attempts);
    }

    [Fact(DisplayName = "RT-8: an idle connector that is still the right one keeps what waits for it")]
    public async Task Keeps_what_matches_when_idle()
    {
        _bench.Connectors["a"].Answer(Busy);
        await _bench.AcceptAsync("one@a.test");

        for (var i = 0; i < 5; i++)
            await _bench.ProcessAfterAsync(TimeSpan.FromHours(7));

        Assert.DoesNotContain(_bench.Trail.Events, tracked => tracked.Kind == TrackingEventKind.Resubmit);
        Assert.Equal(["a"], _bench.Queue.Connectors());
    }

    [Fact(DisplayName = "RT-8: on demand, for one connector, unreachable or one that is gone included; other connectors' entries stay")]
    public async Task Routes_again_on_demand()
    {
        await MisplaceAsync();
        var other = _bench.Item("two@x.test");
        await _bench.Queue.EnqueueAsync(other, "gone", CancellationToken.None);
        await _bench.Queue.EnqueueAsync(_bench.Item("three@x.test"), DeliveryQueue.Unreachable, CancellationToken.None);

        Assert.Equal(1, await _bench.Rerouter.RerouteAsync("A", CancellationToken.None));
        Assert.Equal(["", "b", "gone"], _bench.Queue.Connectors().Order(StringComparer.Ordinal));
        Assert.Equal(1, await _bench.Rerouter.RerouteAsync("gone", CancellationToken.None));
        Assert.Equal(1, await _bench.Rerouter.RerouteAsync(DeliveryQueue.Unreachable, CancellationToken.None));
        Assert.Equal(["b"], _bench.Queue.Connectors());
        Assert.Equal(0, await _bench.Rerouter.RerouteAsync("b", CancellationToken.None));
    }

    [Fact(DisplayName = "RT-8: what an administrator holds is not moved")]
    public async Task Leaves_what_is_held()
    {
        await MisplaceAsync();
        var manager = _bench.Manager;
        var id = (await manager.ListAsync(new QueueFilter(), CancellationToken.None).ToListAsync()).Single().Id;
        await manager.HoldAsync(id, CancellationToken.None);

        Assert.Equal(0, await _bench.Rerouter.RerouteAsync("a", CancellationToken.None));
        await manager.ReleaseAsync(id, CancellationToken.None);
        Assert.Equal(1, await _bench.Rerouter.RerouteAsync("a", CancellationToken.None));
    }

    [Fact(DisplayName = "ND-8: what stays is not taken for tried, and what moved is tried by its new connector before it is given up")]
    public async Task Tries_what_moved()
    {
        _bench.Configure(["a", "b"], rest: "b");
        await _bench.ProcessAsync();
        var item = _bench.Item("one@x.test", "two@a.test");
        await _bench.Queue.EnqueueAsync(item, "a", CancellationToken.None);
        _bench.Time.Advance(TimeSpan.FromDays(3));

        await _bench.Rerouter.RerouteAsync("a", CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Equal(["two@a.test"], _bench.Connectors["a"].Attempts);
        Assert.Equal(["one@x.test"], _bench.Connectors["b"].Attempts);
    }

    [Fact(DisplayName = "RT-5, RT-8: while a move cannot be ended neither entry of its message is given out, all others are; that is told once, and it ends when it can")]
    public async Task Gives_out_nothing_of_an_open_move()
    {
        await MisplaceAsync();
        // A state can be read and not written.
        Break(".json.");
        Assert.Equal(0, await _bench.Rerouter.RerouteAsync("a", CancellationToken.None));
        await _bench.AcceptAsync("other@x.test");
        await _bench.AcceptAsync("other@a.test");
        _bench.Restart();
        Break(".moving");

        for (var i = 0; i < 3; i++)
        {
            await _bench.Queue.LoadAsync(CancellationToken.None);
            await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["other@a.test"], _bench.Connectors["a"].Attempts);
        Assert.Equal(["other@x.test"], _bench.Connectors["b"].Attempts);
        Assert.Equal(1, _bench.Logs.GetSnapshot().Count(record => record.Id.Id == EventIds.QueuePartFailed));
        Mend();
        await _bench.Queue.LoadAsync(CancellationToken.None);
        await _bench.ProcessAsync();
        Assert.Equal(["other@x.test", "one@x.test"], _bench.Connectors["b"].Attempts);
        Assert.Single(_bench.Connectors["a"].Attempts);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "RT-5, RT-8: another process that shares the queue gives out nothing of a message while it is being moved, and ends the move of a process that died")]
    public async Task Leaves_the_moves_of_others_alone()
    {
        await MisplaceAsync();
        var lease = await _bench.Queue.LeaseAllAsync("a").SingleAsync();
        var key = lease.Item.Id.Key.ToString("x32", CultureInfo.InvariantCulture);
        _bench.Write($"{QueueBench.Directory}/{key}.moving", $"a/{lease.DeliveryId}");
        await _bench.Queue.EnqueueAsync(lease.Item, "b", CancellationToken.None);
        var store = _bench.OpenStore();
        using var disk = (IDisposable)store;
        var other = _bench.OpenQueue(store);

        await other.LoadAsync(CancellationToken.None);
        Assert.Empty(await other.LeaseAllAsync("b").ToListAsync());
        await lease.DisposeAsync();
        await other.LoadAsync(CancellationToken.None);

        await using var moved = await other.LeaseAllAsync("b").SingleAsync();
        Assert.Equal("one@x.test", moved.Item.Envelope.Recipients.Single().Address);
        Assert.Empty(await other.LeaseAllAsync("a").ToListAsync());
    }

    [Theory(DisplayName = "RT-8: a marker without its entry, or of a move that never stored anything, goes, and nothing is kept waiting")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Forgets_a_marker_that_means_nothing(bool isThere)
    {
        var item = await _bench.AcceptAsync("one@a.test");
        var name = Path.GetFileNameWithoutExtension(_bench.PathOf(".eml"));
        _bench.Write($"{QueueBench.Directory}/{item.Id.Key.ToString("x32", CultureInfo.InvariantCulture)}.moving", (isThere ? "a/" : "gone/") + name);

        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        Assert.Equal(["one@a.test"], _bench.Connectors["a"].Attempts);
        Assert.Empty(_bench.QueueFiles);
    }

    private static RecipientOutcome Busy(EnvelopeRecipient recipient) => RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull);

    // It waits for a although it matches b, and no change is pending.
    private async Task MisplaceAsync()
    {
        _bench.Configure(["a", "b"], rest: "b");
        await _bench.ProcessAsync();
        await _bench.Queue.EnqueueAsync(_bench.Item("one@x.test"), "a", CancellationToken.None);
    }

    private void Break(params string[] parts) =>
        _bench.Faults.FailWhile(operation => parts.Any(part => operation.Contains(part, StringComparison.Ordinal)) ? DiskErrors.ByName("EIO", operation) : null);

    private void Mend() => _bench.Faults.FailWhile(_ => null);
}
