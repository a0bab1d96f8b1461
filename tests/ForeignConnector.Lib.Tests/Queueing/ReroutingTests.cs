using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>Messages that wait while the configuration changes: no connector gets what the routing would not send it today.</summary>
public class ReroutingTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly QueueBench _bench = new();
    private readonly AnsweringConnector _a;

    public ReroutingTests()
    {
        _a = _bench.Connect("a");
        _bench.Configure(["a"], rest: "a");
        _a.Defer();
    }

    [Theory(DisplayName = "RT-1, RT-5: what waits for a connector that no longer takes it goes to the one that does, recipient by recipient")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Goes_where_the_routing_says(bool afterRestart)
    {
        await _bench.AcceptAsync("one@a.test", "two@b.test");
        await _bench.ProcessAsync();
        _bench.Configure(["a", "b"]);
        _a.Deliver();

        if (afterRestart)
            await _bench.LoadAsync();
        await _bench.ProcessAfterAsync(Interval);

        Assert.Equal(["two@b.test"], _bench.Connectors["b"].Attempts);
        Assert.Equal(["one@a.test"], _a.Deliveries[^1].Recipients);
        Assert.Equal(2, _a.Deliveries.Count);
        Assert.Empty(_bench.QueueFiles);
        Assert.Empty(_bench.Reports.Made);
    }

    [Fact(DisplayName = "RT-4: what nobody takes any more waits, without an attempt, until somebody does")]
    public async Task Waits_for_somebody()
    {
        await _bench.AcceptAsync("two@b.test");
        await _bench.ProcessAsync();
        _bench.Configure(["a"]);
        await _bench.ProcessAfterAsync(Interval);
        Assert.Single(_a.Deliveries);
        Assert.Equal(1, _bench.Queue.Count);

        _bench.Configure(["a", "b"]);
        await _bench.Rerouter.RerouteAsync(default);
        await _bench.ProcessAsync();

        Assert.Equal(["two@b.test"], _bench.Connectors["b"].Attempts);
        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "A recipient that is busy says nothing against the connector: messages for others are tried at once")]
    public async Task Does_not_hold_up_others_for_a_busy_recipient()
    {
        _a.Answer(recipient => recipient.Address.StartsWith("busy", StringComparison.Ordinal)
            ? RecipientOutcome.Deferred(recipient, new EnhancedStatusCode(4, 2, 1), "Busy.")
            : RecipientOutcome.Delivered(recipient));
        for (var i = 0; i < 5; i++)
            await _bench.AcceptAsync($"busy{i}@a.test");
        await _bench.AcceptAsync("free@a.test");

        var summary = await _bench.ProcessAsync();

        Assert.Equal(new Lib.Queueing.DeliverySummary(1, 5, 0), summary);
    }

    [Fact(DisplayName = "One message that is deferred again and again does not hold up the others")]
    public async Task Does_not_hold_up_others_for_one_message()
    {
        await _bench.AcceptAsync("one@a.test");
        for (var i = 0; i < 5; i++)
            await _bench.ProcessAfterAsync(Interval);
        _a.Answer(recipient => recipient.Address == "one@a.test" ? RecipientOutcome.Deferred(recipient, EnhancedStatusCode.NotAccepting, "Not now.") : RecipientOutcome.Delivered(recipient));

        await _bench.AcceptAsync("two@a.test");
        await _bench.ProcessAsync();

        Assert.Equal("two@a.test", _a.Attempts.Last());
        Assert.Equal(1, _bench.Queue.Count);
    }
}
