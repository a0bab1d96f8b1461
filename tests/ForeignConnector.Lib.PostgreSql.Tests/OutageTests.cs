using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.Transport;

namespace ForeignConnector.Lib.PostgreSql.Tests;

/// <summary>The database goes away and comes back (SQ-4).</summary>
public sealed class OutageTests(Cluster cluster) : IClassFixture<Cluster>
{
    [Theory(DisplayName = "SQ-4: a database that stops fails every call, and a lease in hand is settled when it is back")]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task Settles_when_the_database_is_back(string mode)
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        var store = await queue.StartAsync("HUB01");
        await queue.AddAsync(store, "a", "one@a.test");
        await queue.AddAsync(store, "a", "two@a.test");
        var leases = await Queue.LeaseAsync(store, "a");
        await cluster.StopAsync(mode);
        try
        {
            await Assert.ThrowsAsync<IOException>(async () => await queue.AddAsync(store, "a", "three@a.test"));
            await Assert.ThrowsAsync<IOException>(async () => await leases[0].RemoveAsync(CancellationToken.None));
            await Assert.ThrowsAsync<IOException>(async () => await Queue.LeaseAsync(store, "a"));
            await Assert.ThrowsAsync<IOException>(async () => await Queue.LoadAsync(store));
            await leases[1].DisposeAsync();
            Assert.Equal(2, store.Overview.Count);
        }
        finally
        {
            await cluster.StartAsync();
        }

        await leases[0].RemoveAsync(CancellationToken.None);
        await leases[0].DisposeAsync();
        var again = await Queue.EventuallyAsync(async () => (await Queue.LeaseAsync(store, "a")).SingleOrDefault());
        Assert.Equal("two@a.test", again.Entry.Envelope!.Recipients[0].Address);
        await queue.AddAsync(store, "a", "three@a.test");
        await again.DisposeAsync();
        Assert.Equal(2, (await Queue.LeaseAsync(store, "a")).Count);
    }

    [Fact(DisplayName = "SQ-4: a host that starts while the database is away lives, refuses mail, and delivers when it is back")]
    public async Task Starts_without_the_database()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        await using (var before = await queue.StartAsync("HUB01"))
            await queue.AddAsync(before, "Fax", "first@fax.test");
        await cluster.StopAsync();
        var fax = new RecordingConnector();
        await using var transport = Transport(queue, fax);
        using var stop = new CancellationTokenSource();
        Task run;
        try
        {
            run = transport.RunAsync(stop.Token);
            await Assert.ThrowsAnyAsync<Exception>(() => SubmitAsync(transport));
            Assert.False(run.IsCompleted);
        }
        finally
        {
            await cluster.StartAsync();
        }

        await Queue.EventuallyAsync(() => Task.FromResult(fax.Deliveries.Count == 1 ? fax : null));
        await SubmitAsync(transport);
        await Queue.EventuallyAsync(() => Task.FromResult(fax.Deliveries.Count == 2 ? fax : null));
        await stop.CancelAsync();
        await run;
        Assert.Null(transport.Defect);
    }

    [Fact(DisplayName = "SQ-4: a database that is only read refuses, and says so")]
    public async Task Refuses_while_read_only()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync() + ";Options=-c default_transaction_read_only=off");
        var store = await queue.StartAsync("HUB01");
        var source = new Npgsql.NpgsqlConnectionStringBuilder(queue.ConnectionString) { Options = "-c default_transaction_read_only=on" };
        await using var readOnly = new Queue(source.ConnectionString);
        var other = readOnly.Open("HUB02");

        var e = await Assert.ThrowsAsync<IOException>(async () => await queue.AddAsync(other, "a", "one@a.test"));

        Assert.Contains("25006", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, store.Overview.Count);
    }

    private static Task<AcceptResult> SubmitAsync(ForeignConnectorTransport transport) => transport.SubmitAsync(
        new MailEnvelope("sender@contoso.com", [new EnvelopeRecipient("clerk@fax.test")]),
        MessageContent.FromOctets("Subject: s\r\n\r\nbody\r\n"u8.ToArray()), cancellationToken: CancellationToken.None).AsTask();

    private static ForeignConnectorTransport Transport(Queue queue, RecordingConnector connector)
    {
        var store = queue.Open("HUB01");
        return ForeignConnectorTransport.Create(
            options =>
            {
                options.Transport.AcceptedDomains.Add("contoso.com");
                options.Connectors["Fax"] = new() { AddressSpaces = { "fax.test" }, Factory = _ => connector };
            },
            new TransportServices { Store = _ => store });
    }
}
