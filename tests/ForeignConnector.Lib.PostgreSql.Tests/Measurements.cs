using System.Diagnostics;
using System.Globalization;
using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.PostgreSql.Tests;

/// <summary>Figures for people, on request: <c>-explicit only</c>.</summary>
public sealed class Measurements(Cluster cluster, ITestOutputHelper output) : IClassFixture<Cluster>
{
    private const int Callers = 64;

    [Fact(DisplayName = "Messages a second: stored from 64 callers, leased and removed", Explicit = true)]
    public async Task Measures_the_way_through()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        var store = await queue.StartAsync("HUB01");
        foreach (var count in new[] { 1000, 10_000 })
        {
            var items = Enumerable.Range(0, count).Select(i => queue.Item(null, $"{i}@a.test")).ToArray();
            var watch = Stopwatch.StartNew();
            await Parallel.ForEachAsync(
                items, new ParallelOptions { MaxDegreeOfParallelism = Callers },
                async (item, _) => await store.AddAsync([new QueueEntry("a", item)], CancellationToken.None));
            Tell("stored", count, watch);
            watch.Restart();
            await Parallel.ForEachAsync(
                store.LeaseAsync(LeaseQuery.Due("a", DateTimeOffset.MaxValue), CancellationToken.None),
                new ParallelOptions { MaxDegreeOfParallelism = Callers },
                async (lease, _) =>
                {
                    await lease.RemoveAsync(CancellationToken.None);
                    await lease.DisposeAsync();
                });
            Tell("leased and removed", count, watch);
        }
    }

    [Theory(DisplayName = "The next due entry among many that wait, and the start of a host", Explicit = true)]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public async Task Measures_growth(int count)
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        var store = await queue.StartAsync("HUB01");
        await queue.AddAsync(store, "a", "one@a.test");
        await Cluster.ExecuteAsync(queue.ConnectionString + ";Command Timeout=300", string.Create(CultureInfo.InvariantCulture, $"""
            insert into foreignconnector.entry (id, connector, connector_key, submission, accepted, mark, envelope, content, content_length,
              state, leasable, reported, crashes, waits, apart, due, aged_from)
            select 'x' || i, connector, connector_key, gen_random_uuid(), accepted + i, i, envelope, content, content_length,
              state, leasable, reported, crashes, waits, apart, due + i, aged_from + i
            from foreignconnector.entry, generate_series(1, {count}) i
            """));
        await Cluster.ExecuteAsync(Cluster.AsAdministrator(queue.ConnectionString) + ";Command Timeout=300", "vacuum analyze");
        var watch = Stopwatch.StartNew();
        var other = await queue.StartAsync("HUB02");
        Tell("start of a host beside", count, watch);
        for (var round = 0; round < 3; round++)
        {
            watch.Restart();
            for (var i = 0; i < 20; i++)
            {
                var lease = await other.LeaseAsync(LeaseQuery.Due("a", DateTimeOffset.MaxValue), CancellationToken.None).FirstAsync();
                await lease.DisposeAsync();
            }
            Tell("20 times first due and back of", count, watch);
        }
    }

    private void Tell(string what, int count, Stopwatch watch) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what} {count}: {watch.ElapsedMilliseconds} ms, {count / watch.Elapsed.TotalSeconds:0}/s"));
}
