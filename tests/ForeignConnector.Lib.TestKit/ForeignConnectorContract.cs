using System.Globalization;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Outcomes;

#pragma warning disable CS1591 // Each test says in its DisplayName what it asks.

namespace ForeignConnector.Lib.TestKit;

/// <summary>What every <see cref="IForeignConnector"/> owes the queue. Derive a test class from it for a connector of your own.</summary>
public abstract class ForeignConnectorContract
{
    private static readonly string[] OddMessages = ["Subject: no body\r\n\r\n", "\r\nno header", ""];

    /// <summary>A connector whose system is well.</summary>
    protected abstract IForeignConnector Connector { get; }

    /// <summary>What has arrived at the other system, as it stored it; one character for each octet (Latin-1). Doubles it recognises count
    /// once.</summary>
    protected abstract IReadOnlyList<string> Arrived { get; }

    /// <summary>The other system takes nothing from now on.</summary>
    protected abstract void Break();

    /// <summary>The other system is well again.</summary>
    protected abstract void Mend();

    [Fact(DisplayName = "A connector reports every recipient once, as settled, and the message has arrived then")]
    public async Task Settles_every_recipient()
    {
        var report = await DeliverAsync(Request(1, "a@x.test", "IMCEAFAX-+2B1+20425@x.test", "c@x.test"));

        Assert.Equal(
            ["a@x.test", "IMCEAFAX-+2B1+20425@x.test", "c@x.test"],
            report.Outcomes.Select(outcome => outcome.Recipient.Address).Order(StringComparer.Ordinal).ToHashSet());
        Assert.Equal(3, report.Outcomes.Length);
        Assert.All(report.Outcomes, outcome => Assert.True(
            outcome.Action is RecipientAction.Delivered or RecipientAction.Relayed && outcome.Status.Class == 2, outcome.ToString()));
        Assert.Contains(Body(1), Assert.Single(Arrived), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A connector takes messages without a sender, without a body and without a header")]
    public async Task Takes_odd_messages()
    {
        foreach (var (i, octets) in OddMessages.Index())
        {
            var request = new DeliveryRequest(
                $"odd-{i}", new MailEnvelope("", [new EnvelopeRecipient("a@x.test")]),
                MessageContent.FromOctets(Encoding.ASCII.GetBytes(octets)));
            Assert.Equal(2, Assert.Single((await DeliverAsync(request)).Outcomes).Status.Class);
        }
        Assert.Equal(3, Arrived.Count);
    }

    [Fact(DisplayName =
        "A connector whose system is down defers with a code of class 4 and throws nothing; later the same request arrives")]
    public async Task Defers_while_the_system_is_down()
    {
        Break();
        var deferred = await DeliverAsync(Request(1, "a@x.test", "b@x.test"));
        Mend();
        var delivered = await DeliverAsync(Request(1, "a@x.test", "b@x.test"));

        Assert.Equal(2, deferred.Outcomes.Length);
        Assert.All(deferred.Outcomes, outcome => Assert.True(
            outcome.Action == RecipientAction.Deferred && outcome.Status.Class == 4 && outcome.Text.Length > 0, outcome.ToString()));
        Assert.All(delivered.Outcomes, outcome => Assert.True(outcome.IsFinal));
        Assert.Single(Arrived);
    }

    [Fact(DisplayName = "A request that comes again under its id is a success again, and the system recognises it")]
    public async Task Bears_repetition()
    {
        await DeliverAsync(Request(1, "a@x.test"));
        var again = await DeliverAsync(Request(1, "a@x.test"));
        await DeliverAsync(Request(2, "a@x.test"));

        Assert.Equal(2, Assert.Single(again.Outcomes).Status.Class);
        Assert.Equal(2, Arrived.Count);
    }

    [Fact(DisplayName = "A cancelled request ends with OperationCanceledException and nothing has happened, or it is done")]
    public async Task Is_cancelled_whole()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var request = Request(1, "a@x.test");
        DeliveryReport? report = null;
        try
        {
            report = await Connector.DeliverAsync(request, cancelled.Token);
        }
        catch (OperationCanceledException e)
        {
            Assert.Equal(cancelled.Token, e.CancellationToken);
        }

        Assert.Equal(report is null ? 0 : 1, Arrived.Count);
        await DeliverAsync(request);
        Assert.Single(Arrived);
    }

    [Fact(DisplayName = "A connector closes what it opens, leaves the content to its owner, and does not touch it once it has answered")]
    public async Task Leaves_nothing_open()
    {
        using var content = new WatchedContent(Octets(1));
        await DeliverAsync(new DeliveryRequest("watched", new MailEnvelope("s@x.test", [new EnvelopeRecipient("a@x.test")]), content));

        Assert.True(content.Opened > 0);
        Assert.Equal(content.Opened, content.Closed);
        Assert.False(content.IsDisposed);
    }

    [Fact(DisplayName = "A connector has as many requests at once as it says it can bear, and each arrives whole")]
    public async Task Bears_its_own_concurrency()
    {
        Assert.True(Connector.MaxConcurrentDeliveries >= 1);
        var count = Math.Min(Connector.MaxConcurrentDeliveries, 64);
        await Task.WhenAll(Enumerable.Range(1, count).Select(i => Task.Run(() => DeliverAsync(Request(i, "a@x.test")))));

        Assert.All(Enumerable.Range(1, count), i => Assert.Single(Arrived, arrived => arrived.Contains(Body(i), StringComparison.Ordinal)));
    }

    [Theory(DisplayName =
        "HF-4: what a connector hands over holds no Bcc, no Resent-Bcc and no field of the header firewall, and its lines end in CRLF")]
    [InlineData("Bcc: hidden@x.test\r\n", "\r\n")]
    [InlineData("bcc : a@x.test,\r\n hidden@x.test\r\n", "\r\n")]
    [InlineData("Resent-Bcc: hidden@x.test\r\n", "\r\n")]
    [InlineData("X-MS-Exchange-Organization-AuthSource: hidden\r\n", "\r\n")]
    [InlineData("X-MS-Exchange-Forest-Rules: hidden\r\n", "\r\n")]
    [InlineData("", "\n")]
    [InlineData("Bcc: hidden@x.test\n", "\n")]
    public async Task Leaks_nothing(string field, string lineEnd)
    {
        using var submitted = MessageContent.FromOctets(
            Encoding.ASCII.GetBytes($"From: s@x.test{lineEnd}{field}Subject: kept{lineEnd}{lineEnd}one{lineEnd}two{lineEnd}"));
        // As the transport accepts it, before any queue and any connector sees it.
        using var accepted = await CleanMessage.OfAsync(submitted, BodyType.Unspecified);

        var report = await DeliverAsync(
            new DeliveryRequest("accepted", new MailEnvelope("s@x.test", [new EnvelopeRecipient("a@x.test")]), accepted));

        Assert.Equal(2, Assert.Single(report.Outcomes).Status.Class);
        var arrived = Assert.Single(Arrived);
        Assert.DoesNotContain("hidden", arrived, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Subject: kept\r\n\r\none\r\ntwo\r\n", arrived, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", arrived.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private async Task<DeliveryReport> DeliverAsync(DeliveryRequest request) =>
        await Connector.DeliverAsync(request, CancellationToken.None);

    private static DeliveryRequest Request(int number, params string[] recipients) => new(
        string.Create(CultureInfo.InvariantCulture, $"20260131T235959.{number:d7}Z-contract"),
        new MailEnvelope("s@x.test", recipients.Select(address => new EnvelopeRecipient(address))),
        MessageContent.FromOctets(Octets(number)));

    private static byte[] Octets(int number) =>
        Encoding.ASCII.GetBytes($"From: s@x.test\r\nMessage-ID: <{number}@x.test>\r\n\r\n{Body(number)}");

    private static string Body(int number) => $"body {number} of the contract\r\n";
}
