using System.Reflection;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Tests.Queueing;

public class CleanAcceptanceTests
{
    private static readonly byte[] Dirty = Encoding.ASCII.GetBytes(
        "Subject: s\nBcc: hidden@a.test\nResent-Bcc: hidden@a.test\nX-MS-Exchange-Organization-SCL: 1\nX-MS-Exchange-Forest-A: 1\n\nbody\n");

    private readonly QueueBench _bench = new();

    [Fact(DisplayName = "HF-4: what reaches the queue is clean already, for every connector, and says who made it")]
    public async Task Queues_what_may_leave()
    {
        _bench.Configure(["a", "b"]);
        var queue = DispatchProxy.Create<IDeliveryQueue, SeeingQueue>();
        var seen = (SeeingQueue)(object)queue;
        seen.Inner = _bench.Queue;
        var categorizer = new Categorizer(_bench.State, queue, "product", NullLogger<Categorizer>.Instance);

        await categorizer.AcceptAsync(_bench.Item("one@a.test", "two@b.test") with { Content = MessageContent.FromOctets(Dirty) }, TestContext.Current.CancellationToken);

        Assert.Equal(2, seen.Queued.Count);
        Assert.All(seen.Queued, queued => Assert.Equal(("product", "Subject: s\r\n\r\nbody\r\n"), queued));
    }

    [Fact(DisplayName = "HF-4: a connector that is no Drop directory gets what a Drop directory would get")]
    public async Task Delivers_what_may_leave()
    {
        var received = "";
        _bench.Connect("a").Script = async (request, token) =>
        {
            received = await ReadAsync(request.Content);
            return DeliveryReport.ForAll(request, RecipientOutcome.Delivered);
        };

        await _bench.Categorizer.AcceptAsync(_bench.Item("one@a.test") with { Content = MessageContent.FromOctets(Dirty) }, TestContext.Current.CancellationToken);
        await _bench.ProcessAsync();

        Assert.Equal("Subject: s\r\n\r\nbody\r\n", received);
    }

    private static async Task<string> ReadAsync(MessageContent content)
    {
        await using var stream = content.OpenRead();
        using var octets = new MemoryStream();
        await stream.CopyToAsync(octets);
        return Encoding.ASCII.GetString(octets.ToArray());
    }

    /// <summary>A queue that shows what it is given.</summary>
    public class SeeingQueue : DispatchProxy
    {
        internal IDeliveryQueue Inner { get; set; } = null!;

        internal List<(string CreatedBy, string Message)> Queued { get; } = [];

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            foreach (var copy in args?.OfType<IReadOnlyList<QueueCopy>>().SelectMany(copies => copies) ?? [])
                Queued.Add((copy.Item.Envelope.CreatedBy, ReadAsync(copy.Item.Content).GetAwaiter().GetResult()));
            return targetMethod!.Invoke(Inner, args);
        }
    }
}
