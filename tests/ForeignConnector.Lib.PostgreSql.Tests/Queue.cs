using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql.Tests;

/// <summary>A database of one test, and the hosts that share it.</summary>
internal sealed class Queue(string connectionString) : IAsyncDisposable
{
    private readonly SubmissionIdSource _ids = new(TimeProvider.System, new Random(1));
    private readonly List<PostgreSqlQueueStore> _stores = [];
    private readonly List<NpgsqlDataSource> _sources = [];

    public string ConnectionString => connectionString;

    public PostgreSqlQueueStore Open(string host, TimeSpan? leaseTime = null)
    {
        var source = DatabaseConnection.Create(connectionString);
        var options = new PostgreSqlQueueOptions
        {
            Provider = "PostgreSql",
            CreateSchema = true,
            HostName = host,
            LeaseTime = leaseTime ?? TimeSpan.FromMinutes(2),
            PollingInterval = TimeSpan.FromMilliseconds(200),
        };
        var store = new PostgreSqlQueueStore(source, options, TimeProvider.System, NullLogger<PostgreSqlQueueStore>.Instance);
        _stores.Add(store);
        _sources.Add(source);
        return store;
    }

    public async Task<PostgreSqlQueueStore> StartAsync(string host, TimeSpan? leaseTime = null)
    {
        var store = Open(host, leaseTime);
        await LoadAsync(store);
        return store;
    }

    public static ValueTask<StoreContents> LoadAsync(PostgreSqlQueueStore store) =>
        store.LoadAsync(crashed => new CrashDecision(crashed.State.AfterCrash(), null), CancellationToken.None);

    public MailItem Item(MessageContent? content, params string[] recipients) => new(
        _ids.Next(), new MailEnvelope("sender@contoso.com", recipients.Select(address => new EnvelopeRecipient(address))),
        content ?? MessageContent.FromOctets(Encoding.ASCII.GetBytes("Subject: s\r\n\r\nbody\r\n")));

    public ValueTask AddAsync(PostgreSqlQueueStore store, string connector, params string[] recipients) =>
        store.AddAsync([new QueueEntry(connector, Item(null, recipients))], CancellationToken.None);

    public static Task<List<IQueueLease>> LeaseAsync(PostgreSqlQueueStore store, string connector) =>
        store.LeaseAsync(LeaseQuery.Due(connector, DateTimeOffset.MaxValue), CancellationToken.None).ToListAsync().AsTask();

    public static async Task<T> EventuallyAsync<T>(Func<Task<T?>> find, int seconds = 30)
        where T : class
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            if (await find() is { } found)
                return found;
            await Task.Delay(50, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        foreach (var source in _sources)
            await source.DisposeAsync();
    }
}
