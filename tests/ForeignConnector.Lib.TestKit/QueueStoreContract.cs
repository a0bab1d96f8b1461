using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using Microsoft.Extensions.Time.Testing;

#pragma warning disable CS1591 // Each test says in its DisplayName what it asks.

namespace ForeignConnector.Lib.TestKit;

/// <summary>What every <see cref="IQueueStore"/> owes the queue. Derive a test class from it for a store of your own.</summary>
public abstract class QueueStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly SubmissionIdSource _ids;
    private readonly List<CrashedEntry> _judged = [];
    private IQueueStore _store = null!;

    /// <summary>Begins with the time of the suite.</summary>
    protected QueueStoreContract() => _ids = new SubmissionIdSource(_time, new Random(1));

    private static DateTimeOffset Later => Start.AddMinutes(5);

    /// <summary>The store as a process that starts sees it, not loaded yet: empty the first time, then with what is there. The process
    /// before it has died.</summary>
    /// <param name="time">The clock.</param>
    protected abstract IQueueStore Open(TimeProvider time);

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ReopenAsync();

    /// <summary>Called after each test.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact(DisplayName = "What was added is leased with its envelope and its octets")]
    public async Task Gives_what_it_was_given()
    {
        var item = await AddAsync("a", "one@a.test", "two@a.test");

        await using var lease = Assert.Single(await LeaseAsync("a"));

        Assert.Equal(
            (item.Id, item.Envelope, "A", DeliveryState.New.Attempts),
            (lease.Entry.Submission, lease.Entry.Envelope, lease.Entry.Connector.ToUpperInvariant(), lease.Entry.State.Attempts));
        using var reader = new StreamReader(lease.Content.OpenRead());
        Assert.Equal("Subject: s\r\n\r\nbody\r\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal((lease.Content.Length, Start, Start), (lease.Entry.ContentLength, lease.Due, lease.CountsFrom));
        Assert.False(lease.IsTried || lease.IsSuspect);
        Assert.Equal("one@a.test two@a.test", Pending(lease));
        Assert.Matches("^[A-Za-z0-9.-]+$", lease.Entry.Id);
    }

    [Fact(DisplayName = "Entries are leased in the order of acceptance, each at most once, while nobody has them")]
    public async Task Keeps_the_order()
    {
        for (var i = 0; i < 20; i++)
            await AddAsync("a", $"{i:00}@a.test");

        var first = await LeaseAsync("a");
        Assert.Empty(await LeaseAsync("a"));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i:00}@a.test"), first.Select(Pending));

        await EndAsync(first);
        Assert.Equal(20, await EndAsync(await LeaseAsync("a")));
    }

    [Fact(DisplayName = "Each entry comes once in an enumeration, also when it comes back meanwhile")]
    public async Task Enumerates_each_entry_once()
    {
        for (var i = 0; i < 10; i++)
            await AddAsync("a", $"{i}@a.test");
        var seen = new List<string>();

        await foreach (var lease in _store.LeaseAsync(LeaseQuery.Due("a", DateTimeOffset.MaxValue), CancellationToken.None))
        {
            await using (lease)
                seen.Add(Pending(lease));
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}@a.test"), seen);
    }

    [Fact(DisplayName = "RT-5: the same submission with the same recipients is stored once for a connector, with other recipients again")]
    public async Task Stores_an_entry_once()
    {
        var item = Item("one@a.test", "two@a.test");
        await AddAsync("a", item);
        await AddAsync("A", item with { Id = item.Id with { AcceptedAt = Start.AddHours(1) } });
        await AddAsync("a", Only(item, 0));
        await AddAsync("b", item);

        Assert.Equal(3, _store.Overview.Count);
        Assert.Equal(["a", "b"], _store.Overview.Connectors.Select(backlog => backlog.Connector).Order(StringComparer.Ordinal));
        var stored = await _store.FindSubmissionAsync(item.Id.Key, CancellationToken.None);
        Assert.Equal(item.Id, stored?.Id);
        Assert.Equal(5, stored?.Recipients.Length);
        Assert.Null(await _store.FindSubmissionAsync(_ids.Next().Key, CancellationToken.None));
    }

    [Fact(DisplayName = "A process that starts finds everything, due at once, with its state as it was saved")]
    public async Task Survives_a_restart()
    {
        await AddAsync("a", "one@a.test", "two@a.test");
        await AddAsync(DeliveryQueue.Unreachable, "one@b.test");
        DeliveryState saved;
        await using (var lease = Assert.Single(await LeaseAsync("a")))
        {
            saved = await SettleAsync(
                lease, (recipient, i) => i == 0 ? RecipientOutcome.Failed(recipient, DeliveryStatus.NoConnector) : Deferred(recipient));
        }

        Assert.Equal(2, (await ReopenAndLoadAsync()).Found);

        Assert.Equal(0, (await LoadAsync()).Found);
        await using var again = Assert.Single(await LeaseAsync("a", Start.AddMinutes(1)));
        Assert.Equal(saved.Write(), again.Entry.State.Write());
        Assert.Equal("two@a.test", Pending(again));
        Assert.Equal(1, await EndAsync(await LeaseAsync(DeliveryQueue.Unreachable)));
    }

    [Fact(DisplayName = "RT-4: an entry may begin with a state")]
    public async Task Begins_with_a_state()
    {
        var item = Item("one@b.test", "two@b.test");
        var state = DeliveryState.Beginning(
            item.Envelope, [RecipientOutcome.Deferred(item.Envelope.Recipients[1], DeliveryStatus.Unreachable)]);
        await _store.AddAsync([new QueueEntry(DeliveryQueue.Unreachable, item) { State = state }], CancellationToken.None);

        await ReopenAndLoadAsync();

        await using var lease = Assert.Single(await LeaseAsync(DeliveryQueue.Unreachable));
        Assert.Equal(
            [DeliveryStatus.NotTried.Text, DeliveryStatus.Unreachable.Text],
            lease.Entry.State.Waiting(item.Envelope).Select(outcome => outcome.Text));
    }

    [Fact(DisplayName = "An entry is due when its lease said, not earlier; a lease that ends with nothing said leaves it as it was")]
    public async Task Waits_until_due()
    {
        await AddAsync("a", "one@a.test");
        await EndAsync(await LeaseAsync("a"));
        Assert.Equal(Start, _store.Overview.Of("a")!.NextDue);
        await using (var lease = Assert.Single(await LeaseAsync("a")))
            lease.Due = Later;

        Assert.Equal(Later, _store.Overview.Of("a")!.NextDue);
        Assert.Empty(await LeaseAsync("a", Later.AddTicks(-1)));
        Assert.Equal(1, await EndAsync(await LeaseAsync("a", Later)));
        await _store.LimitDueAsync(Start.AddMinutes(1), CancellationToken.None);
        Assert.Equal(Start.AddMinutes(1), _store.Overview.Of("a")!.NextDue);
    }

    [Fact(DisplayName = "An entry that was removed is gone, for good")]
    public async Task Forgets_what_is_removed()
    {
        await AddAsync("a", "one@a.test", "two@a.test");
        await using (var lease = Assert.Single(await LeaseAsync("a")))
        {
            await SettleAsync(lease, (recipient, i) => i == 0 ? RecipientOutcome.Delivered(recipient) : Deferred(recipient));
            await lease.RemoveAsync(CancellationToken.None);
        }

        Assert.Equal((0, 0), (_store.Overview.Count, _store.Overview.Connectors.Length));
        Assert.Equal(0, (await ReopenAndLoadAsync()).Found);
        Assert.Empty(await ListAsync());
    }

    [Fact(DisplayName = "An entry that was set aside is found by an operator alone, and put back with another state it waits again")]
    public async Task Sets_aside()
    {
        await AddAsync("a", "one@a.test");
        await using (var lease = Assert.Single(await LeaseAsync("a")))
        {
            await SettleAsync(lease, (recipient, _) => Deferred(recipient));
            await lease.SetAsideAsync(SetAsideKind.Failed, "why", CancellationToken.None);
        }
        Assert.Equal(0, _store.Overview.Count);
        Assert.Empty(await LeaseAsync("a"));
        var aside = Assert.Single(await ListAsync());
        Assert.Equal((SetAsideKind.Failed, "why", 1), (aside.SetAside, aside.Reason, aside.State.Attempts));

        Assert.True(await _store.PutBackAsync(aside.Id, state => state with { Attempts = 7 }, CancellationToken.None));
        Assert.False(await _store.PutBackAsync(aside.Id, state => state, CancellationToken.None));
        await LoadAsync();

        await using var again = Assert.Single(await LeaseAsync("a"));
        Assert.Equal(7, again.Entry.State.Attempts);
    }

    [Fact(DisplayName = "What is held is leased by no query; released and told of, it comes at once")]
    public async Task Keeps_what_is_held()
    {
        await AddAsync("a", "one@a.test");
        var id = Assert.Single(await ListAsync()).Id;
        await ChangeAsync(id, state => state with { Held = true });
        Assert.Empty(await LeaseAsync("a"));
        Assert.Equal(1, _store.Overview.Count);

        await ChangeAsync(id, state => state with { Held = false });

        Assert.Equal(1, await EndAsync(await LeaseAsync("a", Start)));
    }

    [Fact(DisplayName = "An operator's lease excludes others, and is excluded by them")]
    public async Task Leases_for_an_operator()
    {
        await AddAsync("a", "one@a.test");
        var id = Assert.Single(await ListAsync()).Id;
        Assert.Equal(new LeaseResult(null, IsBusy: false), await _store.LeaseAsync("nothing", CancellationToken.None));
        await using (Assert.Single(await LeaseAsync("a")))
            Assert.Equal(new LeaseResult(null, IsBusy: true), await _store.LeaseAsync(id, CancellationToken.None));
        await using (var lease = (await _store.LeaseAsync(id, CancellationToken.None)).Lease!)
        {
            Assert.Equal("one@a.test", Pending(lease));
            Assert.Empty(await LeaseAsync("a"));
        }
        Assert.Equal(id, (await _store.FindAsync(id, CancellationToken.None))!.Id);
        Assert.Null(await _store.FindAsync("nothing", CancellationToken.None));
    }

    [Fact(DisplayName = "An entry that an operator wants tried is told of, to whoever works with the store")]
    public async Task Tells_of_changes()
    {
        var told = new List<QueueChange>();
        _store.Changed += told.Add;
        await AddAsync("a", "one@a.test");
        Assert.Equal([new QueueChange("a", IsRetryWanted: false)], told);
        await using (var lease = Assert.Single(await LeaseAsync("a")))
            lease.Due = Later;

        await _store.NotifyAsync(Assert.Single(await ListAsync()).Id, isRetryWanted: true, CancellationToken.None);
        await LoadAsync();

        Assert.Contains(new QueueChange("a", IsRetryWanted: true), told);
        Assert.Equal(Start, _store.Overview.Of("a")!.NextDue);
    }

    [Fact(DisplayName =
        "ND-8: old entries are found by their acceptance, due or not, by whether they were tried, and by whether a delay was told of")]
    public async Task Finds_what_is_old()
    {
        await AddAsync("a", "one@a.test");
        await using (var lease = Assert.Single(await LeaseAsync("a")))
        {
            (lease.Due, lease.IsTried) = (Later, true);
            await lease.SaveAsync(lease.Entry.State with { DelayReported = true }, CancellationToken.None);
        }
        _time.Advance(TimeSpan.FromSeconds(1));
        await AddAsync("a", "two@a.test");

        Assert.Equal(["one@a.test"], await OldAsync(QueueAge.All, Start));
        Assert.Equal(["one@a.test"], await OldAsync(QueueAge.Tried, DateTimeOffset.MaxValue));
        Assert.Equal(["two@a.test"], await OldAsync(QueueAge.Untried, DateTimeOffset.MaxValue));
        Assert.Equal(["two@a.test"], await OldAsync(QueueAge.DelayNotReported, DateTimeOffset.MaxValue));
        var backlog = _store.Overview.Of("a")!;
        Assert.Equal(
            (Start, Start, Start.AddSeconds(1), null),
            (backlog.Oldest, backlog.OldestTried, backlog.OldestNotReported, backlog.OldestTriedNotReported));
    }

    [Fact(DisplayName = "RT-8: entries are chosen by a question, due or not; what is leased is no question")]
    public async Task Chooses_entries()
    {
        await AddAsync("a", "one@a.test", "two@a.test");
        await AddAsync("a", "three@a.test");
        await AddAsync("b", "two@a.test");
        var leases = await LeaseAsync("a");
        await SettleAsync(leases[0], (recipient, i) => i == 0 ? RecipientOutcome.Delivered(recipient) : Deferred(recipient));
        await EndAsync(leases);
        var asked = new List<string>();

        await foreach (var lease in _store.LeaseAsync(LeaseQuery.Chosen("a", IsWanted), CancellationToken.None))
        {
            await using (lease)
                Assert.Equal("two@a.test", Pending(lease));
        }

        Assert.Equal(["three@a.test", "two@a.test"], asked.Order(StringComparer.Ordinal));

        bool IsWanted(EntrySnapshot entry)
        {
            asked.Add(string.Join(' ', Addresses(entry.State.Pending(entry.Envelope!))));
            return entry.ContentLength > 0 && asked[^1] == "two@a.test";
        }
    }

    [Fact(DisplayName = "The other entries of a submission can be had beside one, due or not, but not those that are leased")]
    public async Task Leases_what_belongs_together()
    {
        var item = await AddAsync("a", "one@a.test");
        await AddAsync("b", item with { Envelope = item.Envelope with { Recipients = [new EnvelopeRecipient("one@b.test")] } });
        await AddAsync("c", item with { Envelope = item.Envelope with { Recipients = [new EnvelopeRecipient("one@c.test")] } });
        await AddAsync("c", "other@c.test");
        await using (var lease = Assert.Single(await LeaseAsync("b")))
            lease.Due = Later;
        var inWork = await LeaseAsync("c");
        await using var one = Assert.Single(await LeaseAsync("a"));

        var beside = await _store.LeaseAsync(LeaseQuery.Beside(one.Entry), CancellationToken.None)
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["one@b.test"], beside.Select(Pending));
        Assert.Empty(await LeaseAsync("b"));
        await EndAsync(beside);
        await EndAsync(inWork);
        Assert.Equal(1, await EndAsync(await LeaseAsync("b")));
    }

    [Fact(DisplayName =
        "RT-5, RT-8: recipients that move to other entries are stored once, also when one has them already, and the state says so")]
    public async Task Moves_recipients()
    {
        var item = await AddAsync("a", "one@a.test", "two@a.test", "three@a.test");
        await AddAsync("b", Only(item, 0));
        await using (var lease = Assert.Single(await LeaseAsync("a")))
            Assert.Equal(["one@a.test", "two@a.test"], Addresses(await MoveAsync(lease, new("b", Only(item, 0)), new("c", Only(item, 1)))));

        await ReopenAndLoadAsync();

        Assert.Equal(["one@a.test"], await LeaseAndEndAsync("b"));
        Assert.Equal(["two@a.test"], await LeaseAndEndAsync("c"));
        await using (var rest = Assert.Single(await LeaseAsync("a")))
        {
            Assert.Equal("three@a.test", Pending(rest));
            Assert.Empty(await MoveAsync(rest));
            Assert.Equal(["three@a.test"], Addresses(await MoveAsync(rest, new QueueEntry("b", Only(item, 2)))));
            await rest.RemoveAsync(CancellationToken.None);
        }
        Assert.Equal(["one@a.test", "three@a.test"], (await LeaseAndEndAsync("b")).Order(StringComparer.Ordinal));
        Assert.Equal(3, _store.Overview.Count);
    }

    [Fact(DisplayName =
        "ND-4: what was leased when a process died is suspect, and comes apart from the others, until that is taken from it")]
    public async Task Remembers_what_was_in_hand()
    {
        await AddAsync("a", "one@a.test");
        await AddAsync("a", "two@a.test");
        _ = await _store.LeaseAsync(LeaseQuery.Due("a", DateTimeOffset.MaxValue), CancellationToken.None)
            .FirstAsync(TestContext.Current.CancellationToken);

        await ReopenAndLoadAsync();

        Assert.Equal(["two@a.test"], await LeaseAndEndAsync("a"));
        Assert.Equal((2, Start), (_store.Overview.Of("a")!.Count, _store.Overview.Of("a")!.NextSuspect));
        await using (var suspect = Assert.Single(await SuspectsAsync()))
        {
            Assert.True(suspect.IsSuspect);
            Assert.Equal("one@a.test", Pending(suspect));
            suspect.IsSuspect = false;
        }
        Assert.Empty(await SuspectsAsync());
        Assert.Equal(2, (await LeaseAndEndAsync("a")).Count);
        Assert.Empty(_judged);
    }

    [Theory(DisplayName =
        "ND-4: a process that dies after a quiet minute with a suspect alone has it judged, once: its state is saved, or it is set aside")]
    [InlineData(null)]
    [InlineData("poison")]
    public async Task Has_a_death_judged(string? setAside)
    {
        await AddAsync("a", "one@a.test");
        await LeaseAsync("a");
        await ReopenAndLoadAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        await SuspectsAsync();
        Assert.Empty(_judged);

        _store = Open(_time);
        await LoadAsync(setAside);
        await LoadAsync(setAside);

        var judged = Assert.Single(_judged);
        Assert.Equal(("a", 0), (judged.Connector, judged.State.Crashes));
        var entry = Assert.Single(await ListAsync());
        Assert.Equal(judged.Id, entry.Id);
        Assert.Equal((setAside is null ? null : SetAsideKind.Poison, setAside is null ? 1 : 0), (entry.SetAside, entry.State.Crashes));
        Assert.StartsWith(setAside ?? "", entry.Reason ?? "", StringComparison.Ordinal);
        Assert.Equal(setAside is null ? 1 : 0, _store.Overview.Count);
    }

    [Fact(DisplayName = "A lease that ended, or ran out, saves nothing; a renewed one does")]
    public async Task Ends_leases()
    {
        await AddAsync("a", "one@a.test");
        var ended = Assert.Single(await LeaseAsync("a"));
        await ended.DisposeAsync();
        await Assert.ThrowsAsync<LeaseLostException>(async () => await ended.SaveAsync(ended.Entry.State, CancellationToken.None));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await ended.RemoveAsync(CancellationToken.None));
        await using var lease = Assert.Single(await LeaseAsync("a"));
        // Of a store whose leases end with the process this is all there is.
        if (lease.ExpiresAt == DateTimeOffset.MaxValue)
            return;

        for (var i = 0; i < 3; i++)
        {
            _time.Advance((lease.ExpiresAt - _time.GetUtcNow()) * 0.9);
            await lease.RenewAsync(CancellationToken.None);
        }
        await lease.SaveAsync(lease.Entry.State with { Attempts = 1 }, CancellationToken.None);
        _time.SetUtcNow(lease.ExpiresAt);

        await using var next = Assert.Single(await LeaseAsync("a"));
        await Assert.ThrowsAsync<LeaseLostException>(
            async () => await lease.SaveAsync(lease.Entry.State with { Attempts = 9 }, CancellationToken.None));
        Assert.Equal(1, next.Entry.State.Attempts);
    }

    [Fact(DisplayName = "SE-4: new submissions can be named after the latest that is stored, unless a clock that was ahead gave it")]
    public async Task Tells_the_latest_submission()
    {
        var item = await AddAsync("a", "one@a.test");
        await AddAsync("a", Item("two@a.test") with { Id = item.Id with { AcceptedAt = Start.AddSeconds(1), Key = 2 } });

        Assert.InRange((await ReopenAndLoadAsync()).LatestSubmission, Start.AddSeconds(1), Start.AddMinutes(10));
    }

    private static RecipientOutcome Deferred(EnvelopeRecipient recipient) =>
        RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationUnavailable);

    private static string Pending(IQueueLease lease) => string.Join(' ', Addresses(lease.Entry.State.Pending(lease.Entry.Envelope!)));

    private static IEnumerable<string> Addresses(IEnumerable<EnvelopeRecipient> recipients) =>
        recipients.Select(recipient => recipient.Address);

    private static MailItem Only(MailItem item, int recipient) =>
        item with { Envelope = item.Envelope with { Recipients = [item.Envelope.Recipients[recipient]] } };

    private static async Task<int> EndAsync(List<IQueueLease> leases)
    {
        foreach (var lease in leases)
            await lease.DisposeAsync();
        return leases.Count;
    }

    private static ValueTask<ImmutableArray<EnvelopeRecipient>> MoveAsync(IQueueLease lease, params QueueEntry[] entries)
    {
        var state = lease.Entry.State;
        return lease.MoveAsync(entries, moved => state.AfterMove(lease.Entry.Envelope!, moved), CancellationToken.None);
    }

    private async Task<DeliveryState> SettleAsync(IQueueLease lease, Func<EnvelopeRecipient, int, RecipientOutcome> outcome)
    {
        var envelope = lease.Entry.Envelope!;
        var state = lease.Entry.State.AfterAttempt(envelope, [.. envelope.Recipients.Select(outcome)], Later, _time.GetUtcNow());
        await lease.SaveAsync(state, CancellationToken.None);
        return state;
    }

    private async ValueTask ReopenAsync()
    {
        _store = Open(_time);
        await LoadAsync();
    }

    private ValueTask<StoreContents> ReopenAndLoadAsync()
    {
        _store = Open(_time);
        return LoadAsync();
    }

    private ValueTask<StoreContents> LoadAsync(string? setAside = null) => _store.LoadAsync(
        crashed =>
        {
            _judged.Add(crashed);
            return new CrashDecision(crashed.State.AfterCrash(), setAside);
        },
        CancellationToken.None);

    private async Task ChangeAsync(string id, Func<DeliveryState, DeliveryState> change)
    {
        await using (var lease = (await _store.LeaseAsync(id, CancellationToken.None)).Lease!)
            await lease.SaveAsync(change(lease.Entry.State), CancellationToken.None);
        await _store.NotifyAsync(id, isRetryWanted: false, CancellationToken.None);
        await LoadAsync();
    }

    private async Task<MailItem> AddAsync(string connector, params string[] recipients)
    {
        var item = Item(recipients);
        await AddAsync(connector, item);
        return item;
    }

    private ValueTask AddAsync(string connector, MailItem item) =>
        _store.AddAsync([new QueueEntry(connector, item)], CancellationToken.None);

    private MailItem Item(params string[] recipients) => new(
        _ids.Next(),
        new MailEnvelope("sender@contoso.com", recipients.Select(address => new EnvelopeRecipient(address))) { CreatedBy = "test" },
        MessageContent.FromOctets(Encoding.ASCII.GetBytes("Subject: s\r\n\r\nbody\r\n")));

    private Task<List<IQueueLease>> LeaseAsync(string connector, DateTimeOffset? by = null) =>
        _store.LeaseAsync(LeaseQuery.Due(connector, by ?? DateTimeOffset.MaxValue), CancellationToken.None).ToListAsync().AsTask();

    private Task<List<IQueueLease>> SuspectsAsync() =>
        _store.LeaseAsync(LeaseQuery.Suspects("a", DateTimeOffset.MaxValue), CancellationToken.None).ToListAsync().AsTask();

    private Task<List<EntrySnapshot>> ListAsync() => _store.ListAsync(null, CancellationToken.None).ToListAsync().AsTask();

    private async Task<List<string>> OldAsync(QueueAge age, DateTimeOffset acceptedBy)
    {
        var leases = await _store.LeaseAsync(LeaseQuery.Old("a", age, acceptedBy), CancellationToken.None).ToListAsync();
        var recipients = leases.Select(Pending).ToList();
        await EndAsync(leases);
        return recipients;
    }

    private async Task<List<string>> LeaseAndEndAsync(string connector)
    {
        var leases = await LeaseAsync(connector);
        var recipients = leases.Select(Pending).ToList();
        await EndAsync(leases);
        return recipients;
    }
}
