using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.TestKit;
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
        var store = new InMemoryQueueStore(_bench.Time);
        var categorizer = new Categorizer(_bench.State, _bench.OpenQueue(store), "product", NullLogger<Categorizer>.Instance);

        await categorizer.AcceptAsync(_bench.Item("one@a.test", "two@b.test") with { Content = MessageContent.FromOctets(Dirty) }, TestContext.Current.CancellationToken);

        foreach (var connector in (string[])["a", "b"])
        {
            await using var lease = await store.LeaseAsync(LeaseQuery.Due(connector, DateTimeOffset.MaxValue), CancellationToken.None).SingleAsync(TestContext.Current.CancellationToken);
            Assert.Equal(("product", "Subject: s\r\n\r\nbody\r\n"), (lease.Entry.Envelope!.CreatedBy, await ReadAsync(lease.Content)));
        }
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
}
