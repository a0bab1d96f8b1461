using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>Makes the queue under test, and others over the same storage.</summary>
public interface IDeliveryQueueFactory : IDisposable
{
    /// <summary>The queue as a process that starts sees it, not loaded yet. The process before it has ended.</summary>
    IDeliveryQueue Open(TimeProvider time);
}

/// <summary>What every <see cref="IDeliveryQueue"/> promises.</summary>
public abstract class DeliveryQueueContract<TFactory> : IDisposable
    where TFactory : IDeliveryQueueFactory, new()
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly TFactory _factory = new();
    private readonly FakeTimeProvider _time = new(Start);
    private readonly SubmissionIdSource _ids;
    private IDeliveryQueue _queue;

    protected DeliveryQueueContract()
    {
        _ids = new SubmissionIdSource(_time, new Random(1));
        _queue = _factory.Open(_time);
    }

    public void Dispose()
    {
        _factory.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact(DisplayName = "What was stored is leased with its envelope and its octets")]
    public async Task Gives_what_it_was_given()
    {
        var item = await StoreAsync("a", "one@a.test", "two@a.test");

        using var lease = Assert.Single(await TakeAsync("a"));

        Assert.Equal((item.Id, item.Envelope, "A", 0), (lease.Item.Id, lease.Item.Envelope, lease.Connector.ToUpperInvariant(), lease.Attempts));
        using var reader = new StreamReader(lease.Item.Content.OpenRead());
        Assert.Equal("Subject: s\r\n\r\nbody\r\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.False(lease.IsSettled || lease.IsDelayReported);
        Assert.Equal(["one@a.test", "two@a.test"], lease.Waiting.Select(outcome => outcome.Recipient.Address));
    }

    [Fact(DisplayName = "Entries are taken in the order of acceptance, each at most once, while they are leased by nobody")]
    public async Task Keeps_the_order()
    {
        for (var i = 0; i < 20; i++)
            await StoreAsync("a", $"{i:00}@a.test");

        var first = await TakeAsync("a");
        Assert.Empty(await TakeAsync("a"));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i:00}@a.test"), first.Select(Recipients));

        End(first);
        End(await TakeAsync("a"), count: 20);
    }

    [Fact(DisplayName = "RT-5: the same submission with the same recipients is stored once, with other recipients again")]
    public async Task Stores_an_entry_once()
    {
        var item = Item("one@a.test", "two@a.test");
        await _queue.EnqueueAsync(item, "a", CancellationToken.None);
        await _queue.EnqueueAsync(item with { Id = item.Id with { AcceptedAt = Start.AddHours(1) } }, "A", CancellationToken.None);
        await _queue.EnqueueAsync(item with { Envelope = item.Envelope with { Recipients = [item.Envelope.Recipients[0]] } }, "a", CancellationToken.None);
        await _queue.EnqueueAsync(item, "b", CancellationToken.None);

        Assert.Equal(3, _queue.Count);
        Assert.Equal(["a", "b"], _queue.Connectors.Order(StringComparer.Ordinal));
        var known = await _queue.KnownAsync(item.Id, CancellationToken.None);
        Assert.Equal(5, known.Length);
    }

    [Fact(DisplayName = "A process that starts finds everything, due at once, with attempts and outcomes")]
    public async Task Survives_a_restart()
    {
        await StoreAsync("a", "one@a.test", "two@a.test");
        await StoreAsync(IDeliveryQueue.Unreachable, "one@b.test");
        using (var lease = Assert.Single(await TakeAsync("a")))
            await SettleAsync(lease, (recipient, i) => i == 0 ? RecipientOutcome.Delivered(recipient) : Deferred(recipient));

        await ReopenAsync();

        using var again = Assert.Single(await TakeAsync("a"));
        Assert.Equal((1, "two@a.test", "4.3.2"), (again.Attempts, Recipients(again), again.Waiting.Single().Status.ToString()));
        End(await TakeAsync(IDeliveryQueue.Unreachable), count: 1);
    }

    [Fact(DisplayName = "What is deferred is due when it was said, not earlier")]
    public async Task Waits_until_due()
    {
        await StoreAsync("a", "one@a.test");
        using (var lease = Assert.Single(await TakeAsync("a")))
            await SettleAsync(lease, (recipient, _) => Deferred(recipient));

        Assert.Equal(Later, _queue.NextDue("a"));
        Assert.Empty(await TakeAsync("a", Later.AddTicks(-1)));
        End(await TakeAsync("a", Later), count: 1);
        _queue.PullForward(Start.AddMinutes(1));
        Assert.Equal(Start.AddMinutes(1), _queue.NextDue("a"));
    }

    [Fact(DisplayName = "An entry whose recipients are all delivered is gone, for good")]
    public async Task Forgets_what_is_delivered()
    {
        await StoreAsync("a", "one@a.test");
        using (var lease = Assert.Single(await TakeAsync("a")))
        {
            await SettleAsync(lease, (recipient, _) => RecipientOutcome.Delivered(recipient));
            Assert.Empty(lease.Notices);
        }

        Assert.Equal(0, _queue.Count);
        await ReopenAsync();
        Assert.Equal(0, _queue.Count);
    }

    [Theory(DisplayName = "ND-1: failures and relays stay until they are reported, the recipients of one attempt together, also through a restart")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keeps_what_is_to_be_reported(bool restart)
    {
        await StoreAsync("a", "one@a.test", "two@a.test", "three@a.test");
        var lease = Assert.Single(await TakeAsync("a"));
        await SettleAsync(lease, (recipient, i) => i == 2 ? RecipientOutcome.Relayed(recipient) : RecipientOutcome.Failed(recipient, DeliveryStatus.NoConnector));
        if (restart)
        {
            lease.Dispose();
            await ReopenAsync();
            lease = Assert.Single(await TakeAsync("a"));
        }

        Assert.True(lease.IsSettled);
        Assert.Equal(["Failed one@a.test two@a.test", "Relayed three@a.test"], lease.Notices.Select(Text));
        foreach (var notice in lease.Notices)
            await _queue.ReportedAsync(lease, notice, SenderReportResult.Accepted, CancellationToken.None);
        Assert.Empty(lease.Notices);
        lease.Dispose();
        Assert.Equal(0, _queue.Count);
    }

    [Fact(DisplayName = "A delay is reported once, and does not stand in the way of anything")]
    public async Task Remembers_a_delay()
    {
        await StoreAsync("a", "one@a.test");
        Assert.Equal(Start, _queue.Oldest("a", QueueAge.DelayNotReported));
        using (var lease = Assert.Single(await TakeAsync("a")))
            await _queue.ReportedAsync(lease, new QueueNotice(SenderReportKind.Delayed, lease.Waiting), SenderReportResult.NotWanted, CancellationToken.None);

        Assert.Null(_queue.Oldest("a", QueueAge.DelayNotReported));
        Assert.Equal(Start, _queue.Oldest("a", QueueAge.All));
        await ReopenAsync();
        using var again = Assert.Single(await TakeAsync("a"));
        Assert.True(again.IsDelayReported);
    }

    [Fact(DisplayName = "Old entries are found by their acceptance, due or not")]
    public async Task Finds_what_is_old()
    {
        await StoreAsync("a", "one@a.test");
        using (var lease = Assert.Single(await TakeAsync("a")))
            await SettleAsync(lease, (recipient, _) => Deferred(recipient));
        _time.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync("a", "two@a.test");

        var old = new List<string>();
        await foreach (var lease in _queue.TakeAsync("a", QueueAge.All, Start, CancellationToken.None))
        {
            using (lease)
                old.Add(Recipients(lease));
        }

        Assert.Equal(["one@a.test"], old);
    }

    [Theory(DisplayName = "RT-4: why recipients wait is kept with the entry, from the beginning or noted later, also through a restart, and is no attempt")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keeps_reasons(bool fromTheBeginning)
    {
        var item = Item("one@b.test", "two@b.test");
        var reasons = ImmutableArray.Create(RecipientOutcome.Deferred(item.Envelope.Recipients[1], DeliveryStatus.Unreachable));
        await _queue.EnqueueAsync([new QueueCopy(IDeliveryQueue.Unreachable, item) { Waiting = fromTheBeginning ? reasons : [] }], CancellationToken.None);
        if (!fromTheBeginning)
        {
            using var noting = Assert.Single(await TakeAsync(IDeliveryQueue.Unreachable));
            await _queue.NoteAsync(noting, reasons, CancellationToken.None);
        }

        await ReopenAsync();

        using var lease = Assert.Single(await TakeAsync(IDeliveryQueue.Unreachable));
        Assert.Equal([DeliveryStatus.NotTried.Text, DeliveryStatus.Unreachable.Text], lease.Waiting.Select(outcome => outcome.Text));
        Assert.Equal(0, lease.Attempts);
        Assert.Empty(lease.Notices);
    }

    [Fact(DisplayName = "Issue 5: the other entries of a message can be had beside one, due or not, but not those that are in work")]
    public async Task Takes_what_belongs_together()
    {
        var item = await StoreAsync("a", "one@a.test");
        await _queue.EnqueueAsync(item with { Envelope = item.Envelope with { Recipients = [new EnvelopeRecipient("one@b.test")] } }, "b", CancellationToken.None);
        await _queue.EnqueueAsync(item with { Envelope = item.Envelope with { Recipients = [new EnvelopeRecipient("one@c.test")] } }, "c", CancellationToken.None);
        await StoreAsync("c", "other@c.test");
        using (var lease = Assert.Single(await TakeAsync("b")))
            await SettleAsync(lease, (recipient, _) => Deferred(recipient));
        var inWork = await TakeAsync("c");
        using var one = Assert.Single(await TakeAsync("a"));

        var beside = await _queue.TakeBesideAsync(one, CancellationToken.None);

        Assert.Equal(["one@b.test"], beside.Select(Recipients));
        Assert.Empty(await TakeAsync("b"));
        End([.. beside]);
        End(inWork);
        End(await TakeAsync("b"), count: 1);
    }

    [Fact(DisplayName = "RT-5, RT-8: recipients that move to other entries leave this one, and are stored once, also when another entry has them already; with none left the entry is gone")]
    public async Task Moves_recipients()
    {
        var item = await StoreAsync("a", "one@a.test", "two@a.test", "three@a.test");
        await _queue.EnqueueAsync(Only(item, 0), "b", CancellationToken.None);
        using (var lease = Assert.Single(await TakeAsync("a")))
            Assert.Equal(["one@a.test", "two@a.test"], Addresses(await _queue.MoveAsync(lease, [new("b", Only(item, 0)), new("c", Only(item, 1))], CancellationToken.None)));

        Assert.Equal(["one@a.test"], (await TakeAndEndAsync("b")));
        Assert.Equal(["two@a.test"], (await TakeAndEndAsync("c")));
        using (var rest = Assert.Single(await TakeAsync("a")))
        {
            Assert.Equal("three@a.test", Recipients(rest));
            await _queue.MoveAsync(rest, [new("b", Only(item, 2))], CancellationToken.None);
        }
        Assert.Equal(["one@a.test", "three@a.test"], (await TakeAndEndAsync("b")).Order(StringComparer.Ordinal));
        Assert.Equal(3, _queue.Count);
    }

    [Fact(DisplayName = "RT-8: entries are chosen by the recipients that wait and by size, due or not; what is settled, or worked on, is no question")]
    public async Task Chooses_entries()
    {
        await StoreAsync("a", "one@a.test", "two@a.test");
        await StoreAsync("a", "three@a.test");
        await StoreAsync("b", "two@a.test");
        var leases = await TakeAsync("a");
        await SettleAsync(leases.First(lease => Recipients(lease).StartsWith("one", StringComparison.Ordinal)), (recipient, i) => i == 0 ? RecipientOutcome.Delivered(recipient) : Deferred(recipient));
        End(leases, count: 2);
        var asked = new List<string>();

        await foreach (var lease in _queue.TakeAsync("a", IsWanted, CancellationToken.None))
        {
            using (lease)
                Assert.Equal("two@a.test", Recipients(lease));
        }

        Assert.Equal(["three@a.test", "two@a.test"], asked.Order(StringComparer.Ordinal));

        bool IsWanted(IReadOnlyList<EnvelopeRecipient> recipients, long size)
        {
            asked.AddRange(Addresses(recipients));
            return size > 0 && recipients[0].Address == "two@a.test";
        }
    }

    [Fact(DisplayName = "A lease that ends without a settlement leaves the entry as it was, or due when it was put off to")]
    public async Task Takes_a_lease_back()
    {
        await StoreAsync("a", "one@a.test");
        End(await TakeAsync("a"), count: 1);
        Assert.Equal(Start, _queue.NextDue("a"));
        using (var lease = Assert.Single(await TakeAsync("a")))
            lease.Postpone(Later);

        Assert.Equal(Later, _queue.NextDue("a"));
    }

    [Fact(DisplayName = "Each entry comes once in an enumeration, also when it comes back meanwhile")]
    public async Task Enumerates_each_entry_once()
    {
        for (var i = 0; i < 10; i++)
            await StoreAsync("a", $"{i}@a.test");
        var seen = new List<string>();

        await foreach (var lease in _queue.TakeAsync("a", DateTimeOffset.MaxValue, CancellationToken.None))
        {
            using (lease)
                seen.Add(Recipients(lease));
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}@a.test"), seen);
    }

    private static DateTimeOffset Later => Start.AddMinutes(5);

    private static RecipientOutcome Deferred(EnvelopeRecipient recipient) => RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationUnavailable);

    private static string Recipients(QueueLease lease) => string.Join(' ', lease.Item.Envelope.Recipients.Select(recipient => recipient.Address));

    private static IEnumerable<string> Addresses(IEnumerable<EnvelopeRecipient> recipients) => recipients.Select(recipient => recipient.Address);

    private static string Text(QueueNotice notice) => $"{notice.Kind} {string.Join(' ', notice.Outcomes.Select(outcome => outcome.Recipient.Address))}";

    private static void End(List<QueueLease> leases, int? count = null)
    {
        Assert.Equal(count ?? leases.Count, leases.Count);
        leases.ForEach(lease => lease.Dispose());
    }

    private static MailItem Only(MailItem item, int recipient) => item with { Envelope = item.Envelope with { Recipients = [item.Envelope.Recipients[recipient]] } };

    private async Task<List<string>> TakeAndEndAsync(string connector)
    {
        var leases = await TakeAsync(connector);
        var recipients = leases.Select(Recipients).ToList();
        End(leases);
        return recipients;
    }

    private async Task ReopenAsync()
    {
        _queue = _factory.Open(_time);
        await _queue.LoadAsync(CancellationToken.None);
    }

    private async Task<MailItem> StoreAsync(string connector, params string[] recipients)
    {
        var item = Item(recipients);
        await _queue.EnqueueAsync(item, connector, CancellationToken.None);
        return item;
    }

    private MailItem Item(params string[] recipients) => new(
        _ids.Next(),
        new MailEnvelope("sender@contoso.com", recipients.Select(address => new EnvelopeRecipient(address))) { CreatedBy = "test" },
        MessageContent.FromOctets(Encoding.ASCII.GetBytes("Subject: s\r\n\r\nbody\r\n")));

    private async Task<List<QueueLease>> TakeAsync(string connector, DateTimeOffset? by = null)
    {
        var leases = new List<QueueLease>();
        await foreach (var lease in _queue.TakeAsync(connector, by ?? DateTimeOffset.MaxValue, CancellationToken.None))
            leases.Add(lease);
        return leases;
    }

    private ValueTask SettleAsync(QueueLease lease, Func<EnvelopeRecipient, int, RecipientOutcome> outcome) =>
        _queue.SettleAsync(lease, [.. lease.Item.Envelope.Recipients.Select(outcome)], Later, CancellationToken.None);
}
