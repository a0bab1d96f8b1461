using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing.Processing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>A connector that takes few recipients at a time, over every store: each call is settled before the next begins.</summary>
public class RecipientsPerCallTests
{
    private static readonly string[] Three = ["one@a.test", "two@a.test", "three@a.test"];

    [Theory(DisplayName = "A message comes in as many requests as its recipients need, in one attempt")]
    [InlineData(false, 1, "one@a.test|two@a.test|three@a.test")]
    [InlineData(true, 1, "one@a.test|two@a.test|three@a.test")]
    [InlineData(false, 2, "one@a.test two@a.test|three@a.test")]
    [InlineData(true, 3, "one@a.test two@a.test three@a.test")]
    [InlineData(true, 0, "one@a.test|two@a.test|three@a.test")]
    public async Task Splits_requests(bool isInMemory, int most, string attempts)
    {
        var (bench, a) = Bench(isInMemory, most);
        await bench.AcceptAsync(Three);

        Assert.Equal(new DeliverySummary(3, 0, 0), await bench.ProcessAsync());

        Assert.Equal(attempts, string.Join('|', a.Attempts));
        Assert.Equal(0, bench.Queue.Count);
        Assert.Equal(Three, bench.Trail.Events.Where(each => each.Kind == TrackingEventKind.Send).SelectMany(each => each.Outcomes).Select(each => each.Recipient.Address));
    }

    [Theory(DisplayName = "What one attempt gave is reported together, and the attempt counts once")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Counts_one_attempt(bool isInMemory)
    {
        var (bench, a) = Bench(isInMemory);
        var attempts = new List<int>();
        a.Script = (request, _) =>
        {
            attempts.Add(request.Attempt);
            return new(DeliveryReport.ForAll(request, recipient => recipient.Address[0] == 'o' && request.Attempt == 1
                ? RecipientOutcome.Deferred(recipient, new(4, 2, 1), "Busy.")
                : RecipientOutcome.Failed(recipient, new(5, 1, 1), "Nobody.")));
        };
        await bench.AcceptAsync(Three);

        Assert.Equal(new DeliverySummary(0, 1, 2), await bench.ProcessAsync());
        Assert.Equal("Failed two@a.test three@a.test", Assert.Single(bench.Reports.Made));
        Assert.Equal(new DeliverySummary(0, 0, 1), await bench.ProcessAfterAsync(TimeSpan.FromMinutes(5)));

        Assert.Equal([1, 1, 1, 2], attempts);
        Assert.Equal(0, bench.Queue.Count);
    }

    [Theory(DisplayName = "A crash between two calls, and one in a call, doubles nobody whose call had ended")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Survives_crashes(bool isInMemory)
    {
        var (bench, a) = Bench(isInMemory);
        var never = new TaskCompletionSource<DeliveryReport>();
        a.Script = (request, _) => request.Envelope.Recipients[0].Address == "two@a.test"
            ? new(never.Task)
            : new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));
        await bench.AcceptAsync(Three);
        _ = bench.ProcessAsync();
        Assert.Equal(["one@a.test", "two@a.test"], a.Attempts);

        await bench.LoadAsync();
        a.Deliver();
        // The message was in hand when the process died.
        Assert.Equal(new DeliverySummary(2, 0, 0), await bench.ProcessAfterAsync(TimeSpan.FromMinutes(1)));

        Assert.Equal(["one@a.test", "two@a.test", "two@a.test", "three@a.test"], a.Attempts);
        Assert.Equal(0, bench.Queue.Count);
    }

    [Theory(DisplayName = "A stop between two calls leaves what was settled settled, and the rest due")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stops_between_calls(bool isInMemory)
    {
        var (bench, a) = Bench(isInMemory);
        using var stop = new CancellationTokenSource();
        a.Script = async (request, _) =>
        {
            await stop.CancelAsync();
            return DeliveryReport.ForAll(request, recipient => RecipientOutcome.Failed(recipient, new(5, 1, 1), "Nobody."));
        };
        await bench.AcceptAsync(Three);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Processor.RunAsync(stop.Token));
        Assert.Equal(["one@a.test"], a.Attempts);

        await bench.LoadAsync();
        a.Deliver();
        Assert.Equal(new DeliverySummary(2, 0, 0), await bench.ProcessAsync());

        Assert.Equal(["one@a.test", "two@a.test", "three@a.test"], a.Attempts);
        Assert.Equal("Failed one@a.test", Assert.Single(bench.Reports.Made));
    }

    [Theory(DisplayName = "What cannot be saved ends the attempt, is remembered, and is not delivered again")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Remembers_what_cannot_be_saved(bool isInMemory)
    {
        var (bench, a) = Bench(isInMemory);
        await bench.AcceptAsync(Three);
        bench.FailWhile(operation => operation.Contains(isInMemory ? "save" : ".json.", StringComparison.Ordinal) ? new IOException("full") : null);
        await bench.ProcessAsync();
        Assert.Equal(["one@a.test"], a.Attempts);

        bench.FailWhile(_ => null);
        await bench.ProcessAfterAsync(TimeSpan.FromMinutes(6));

        Assert.Equal(["one@a.test", "two@a.test", "three@a.test"], a.Attempts);
        Assert.Equal(0, bench.Queue.Count);
    }

    [Fact(DisplayName = "Three calls in a row that fail for the connector's sake end the attempt; those that were not tried come first in the next")]
    public async Task Takes_turns()
    {
        var (bench, a) = Bench(true);
        a.Defer();
        await bench.AcceptAsync([.. Three, "four@a.test"]);

        Assert.Equal(new DeliverySummary(0, 4, 0), await bench.ProcessAsync());
        Assert.Equal(3, a.Deliveries.Count);
        a.Deliver();
        Assert.Equal(new DeliverySummary(4, 0, 0), await bench.ProcessAfterAsync(TimeSpan.FromMinutes(1)));

        Assert.Equal("four@a.test", a.Attempts.ElementAt(3));
    }

    [Theory(DisplayName = "DA-6: a verdict about the queue holds for the recipients that were not tried")]
    [InlineData(false, 2, 0)]
    [InlineData(true, 0, 2)]
    public async Task Keeps_verdicts(bool isFailure, int deferred, int failed)
    {
        var (bench, a) = Bench(true);
        a.Script = (request, _) => new(request.Envelope.Recipients[0].Address[0] == 'o'
            ? DeliveryReport.ForAll(request, RecipientOutcome.Delivered)
            : DeliveryReport.Of(isFailure
                ? QueueVerdict.Fail(new(554, new(5, 3, 2), "Closed."))
                : QueueVerdict.Defer(new(421, new(4, 4, 5), "Busy."))));
        await bench.AcceptAsync(Three);

        Assert.Equal(new DeliverySummary(1, deferred, failed), await bench.ProcessAsync());

        Assert.Equal(2, a.Deliveries.Count);
    }

    [Fact(DisplayName = "RY-2: a call that takes too long ends the attempt; what it delivers in the end counts for its recipient alone")]
    public async Task Ends_with_a_late_call()
    {
        var (bench, a) = Bench(false);
        var answer = new TaskCompletionSource<DeliveryReport>();
        a.Script = (_, _) => new(answer.Task);
        await bench.AcceptAsync(Three);
        var round = bench.ProcessAsync();
        bench.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(new DeliverySummary(0, 3, 0), await round);

        answer.SetResult(new([RecipientOutcome.Delivered(new EnvelopeRecipient("one@a.test"))]));
        await Wait.UntilAsync(() => bench.Processor.OverdueAttempts.Count == 0);
        a.Deliver();
        await bench.ProcessAfterAsync(TimeSpan.FromMinutes(10));
        await bench.ProcessAfterAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(["one@a.test", "two@a.test", "three@a.test"], a.Attempts);
        Assert.Equal(0, bench.Queue.Count);
    }

    [Theory(DisplayName = "A recipient has one name over attempts and restarts, whoever else is left, and another one than its neighbours")]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 10)]
    [InlineData(true, 10)]
    public async Task Names_recipients(bool isInMemory, int most)
    {
        var (bench, a) = Bench(isInMemory, most);
        var names = new List<(string Address, string Name)>();
        a.Script = (request, _) =>
        {
            names.AddRange(request.Envelope.Recipients.Select(recipient => (recipient.Address, request.IdOf(recipient))));
            return new(DeliveryReport.ForAll(request, recipient => recipient.Address == "two@a.test" && request.Attempt < 3
                ? RecipientOutcome.Deferred(recipient, new(4, 2, 1), "Busy.")
                : request.Attempt == 1 && recipient.Address == "one@a.test"
                    ? RecipientOutcome.Delivered(recipient)
                    : RecipientOutcome.Deferred(recipient, new(4, 2, 1), "Busy.")));
        };
        await bench.AcceptAsync("one@a.test", "two@a.test", "two@a.test", "three@a.test");
        await bench.ProcessAsync();
        await bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));
        await bench.LoadAsync();
        await bench.ProcessAfterAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(4, names.Take(4).Select(each => each.Name).Distinct().Count());
        Assert.Equal(4, names.Select(each => each.Name).Distinct().Count());
        Assert.Equal(10, names.Count);
        Assert.All(names, each => Assert.Matches("^[A-Za-z0-9.-]+$", each.Name));
    }

    [Fact(DisplayName = "A request that code makes names its recipients too, and nobody else")]
    public void Names_recipients_of_any_request()
    {
        using var content = MessageContent.FromOctets("x"u8.ToArray());
        var request = new DeliveryRequest("id", new MailEnvelope("", Three.Select(address => new EnvelopeRecipient(address))), content);

        Assert.StartsWith("id.", request.IdOf(new EnvelopeRecipient("two@a.test")), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => request.IdOf(new EnvelopeRecipient("four@a.test")));
    }

    [Fact(DisplayName = "A delivery agent says how many recipients it takes")]
    public async Task Asks_the_agent()
    {
        await using var connector = new DeliveryAgentConnector(
            new OneAtATime(), new() { Name = "a", DeliveryProtocol = "A", NextHopDomain = "a" }, TimeProvider.System, NullLogger<DeliveryAgentConnector>.Instance);

        Assert.Equal(1, connector.MaxRecipientsPerDelivery);
    }

    private static (QueueBench Bench, AnsweringConnector A) Bench(bool isInMemory, int most = 1)
    {
        var bench = new QueueBench(isInMemory);
        var a = bench.Connect("a");
        a.MaxRecipientsPerDelivery = most;
        return (bench, a);
    }

    private sealed class OneAtATime : IDeliveryAgent
    {
        public int MaxRecipientsPerDelivery => 1;

        public ValueTask<OpenConnectionResult> OpenConnectionAsync(OpenConnectionContext context, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
