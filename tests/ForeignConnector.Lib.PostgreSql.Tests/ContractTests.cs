using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql.Tests;

/// <summary>The one suite of all stores. Its clock is the one of the test, also for leases.</summary>
public sealed class ContractTests(Cluster cluster) : QueueStoreContract, IClassFixture<Cluster>
{
    private readonly List<PostgreSqlQueueStore> _opened = [];
    private NpgsqlDataSource? _source;

    public override async ValueTask DisposeAsync()
    {
        foreach (var store in _opened)
            await store.AbandonAsync();
        if (_source is not null)
            await _source.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override IQueueStore Open(TimeProvider time)
    {
        _source ??= NpgsqlDataSource.Create(Task.Run(cluster.CreateDatabaseAsync).GetAwaiter().GetResult());
        if (_opened is [.., var last])
            Task.Run(() => last.AbandonAsync().AsTask()).GetAwaiter().GetResult();
        var options = new PostgreSqlQueueOptions { Provider = "PostgreSql", CreateSchema = true, HostName = "HUB01" };
        var store = new PostgreSqlQueueStore(_source, options, time, NullLogger<PostgreSqlQueueStore>.Instance, isDatabaseClock: false);
        _opened.Add(store);
        return store;
    }
}
