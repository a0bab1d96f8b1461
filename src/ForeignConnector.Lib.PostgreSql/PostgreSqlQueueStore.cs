using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>
/// Keeps the entries of the queue in PostgreSQL, where several hosts share them (SQ). An entry is a row that one host holds for a time, by
/// the clock of the database; what a host writes after it lost a lease has no effect. A message is stored once, however many entries
/// share it, and streamed both ways. Thread-safe.
/// </summary>
/// <remarks>
/// Every member but <see cref="Overview"/> may throw an <see cref="IOException"/> that says what the database refuses, or that it does
/// not answer. Nothing is lost then: the caller tries again.
/// </remarks>
public sealed partial class PostgreSqlQueueStore : ISharedQueueStore, IWatchableQueueStore, IAsyncDisposable, IDisposable
{
    private const int Workers = 2;
    private const int MostAdded = 64;
    private const int MostSettled = 256;
    private const int LeastLeased = 2;
    private const int MostLeased = 32;
    private const int PageSize = 200;

    private readonly NpgsqlDataSource _source;
    private readonly ILogger _logger;
    private readonly long _started;
    private readonly GroupCommit _additions;
    private readonly ConcurrentDictionary<PostgreSqlLease, bool> _leases = new();
    private readonly ConcurrentQueue<PostgreSqlLease.Release> _unreleased = new();
    private readonly HostPresence _presence;
    private long _offset;
    private bool _isDisposed;

    /// <summary>A store over a database. Nothing is touched before it is used.</summary>
    /// <param name="source">The database; the store does not dispose it.</param>
    /// <param name="options">Which schema, and times.</param>
    /// <param name="time">The clock of this host.</param>
    /// <param name="logger">Ids and counts.</param>
    public PostgreSqlQueueStore(
        NpgsqlDataSource source, PostgreSqlQueueOptions options, TimeProvider time, ILogger<PostgreSqlQueueStore> logger)
        : this(source, options, time, logger, isDatabaseClock: true)
    {
    }

    internal PostgreSqlQueueStore(
        NpgsqlDataSource source, PostgreSqlQueueOptions options, TimeProvider time, ILogger<PostgreSqlQueueStore> logger,
        bool isDatabaseClock)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        (_source, Options, Time, _logger, IsDatabaseClock) = (source, options, time, logger, isDatabaseClock);
        _started = time.GetTimestamp();
        Sql = new Sql(options.Schema);
        _additions = new GroupCommit(source, Workers, MostAdded);
        Settlements = new GroupCommit(source, Workers, MostSettled);
        _presence = new HostPresence(this, source, logger);
    }

    /// <inheritdoc/>
    public event Action<QueueChange>? Changed;

    /// <inheritdoc/>
    public QueueOverview Overview => Backlogs.ToOverview(CountsFrom);

    internal PostgreSqlQueueOptions Options { get; }

    internal TimeProvider Time { get; }

    internal Sql Sql { get; }

    internal Backlogs Backlogs { get; } = new();

    internal GroupCommit Settlements { get; }

    internal bool IsDatabaseClock { get; }

    /// <summary>The number of this process; 0 before it has one.</summary>
    internal long Instance => _presence.Instance;

    internal TimeSpan Steady => Time.GetElapsedTime(_started);

    /// <inheritdoc/>
    public async ValueTask<StoreContents> LoadAsync(Func<CrashedEntry, CrashDecision> decide, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decide);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await GuardAsync(() => LookAsync(decide, cancellationToken)).ConfigureAwait(false);
        }
        catch (IOException e) when (!_presence.HasBegun && DatabaseConnection.IsOutage(e))
        {
            // The host lives while the database does not answer; the first look is made when it does.
            _presence.WaitForDatabase(e);
            return new StoreContents(0, DateTimeOffset.MinValue);
        }
    }

    /// <inheritdoc/>
    public async ValueTask AddAsync(IReadOnlyList<QueueEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        cancellationToken.ThrowIfCancellationRequested();
        await GuardAsync(async () =>
        {
            await _presence.IdentifyAsync(cancellationToken).ConfigureAwait(false);
            foreach (var group in entries.GroupBy(entry => entry.Item.Id.Key))
                await AddSubmissionAsync([.. group], cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        foreach (var entry in entries)
            Raise(new QueueChange(entry.Connector, IsRetryWanted: false));
    }

    /// <inheritdoc/>
    public ValueTask<StoredSubmission?> FindSubmissionAsync(UInt128 key, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await _presence.VerifyAsync(cancellationToken).ConfigureAwait(false);
        var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        SubmissionId? id = null;
        var recipients = ImmutableArray.CreateBuilder<EnvelopeRecipient>();
        await foreach (var row in ReadAsync(connection, Sql.FindSubmission, [Sql.Value(EntryRow.ToGuid(key))], cancellationToken)
            .ConfigureAwait(false))
        {
            id ??= new SubmissionId(new DateTimeOffset(row.GetInt64(0), TimeSpan.Zero), key);
            recipients.AddRange(EntryRow.ReadEnvelope(row.GetFieldValue<byte[]>(1))?.Recipients ?? []);
        }
        return id is { } found ? new StoredSubmission(found, recipients.ToImmutable()) : null;
    });

    /// <inheritdoc/>
    public async IAsyncEnumerable<IQueueLease> LeaseAsync(LeaseQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await GuardAsync(() => _presence.IdentifyAsync(cancellationToken)).ConfigureAwait(false);
        var leases = query.Kind == LeaseKind.Chosen
            ? LeaseChosenAsync(query, cancellationToken)
            : LeaseBatchesAsync(query, cancellationToken);
        await foreach (var lease in leases.ConfigureAwait(false))
            yield return lease;
    }

    /// <inheritdoc/>
    public ValueTask<LeaseResult> LeaseAsync(string id, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        ArgumentNullException.ThrowIfNull(id);
        await _presence.IdentifyAsync(cancellationToken).ConfigureAwait(false);
        if (id.Contains('\0', StringComparison.Ordinal))
            return default;
        var batch = await LeaseBatchAsync(
            Sql.LeaseForOperator, "", before: long.MaxValue, most: 1, [Sql.Value(id)], cancellationToken).ConfigureAwait(false);
        if (batch.Leases is [var lease])
            return new LeaseResult(lease, IsBusy: false);
        return new LeaseResult(null, IsBusy: await FindRowAsync(id, cancellationToken).ConfigureAwait(false) is not null);
    });

    /// <inheritdoc/>
    public ValueTask<bool> PutBackAsync(string id, Func<DeliveryState, DeliveryState> state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        return GuardAsync(async () =>
        {
            await _presence.IdentifyAsync(cancellationToken).ConfigureAwait(false);
            var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var ofConnection = connection.ConfigureAwait(false);
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using var ofTransaction = transaction.ConfigureAwait(false);
            if (await ScalarAsync(connection, Sql.FindSetAside, [Sql.Value(id)], cancellationToken)
                .ConfigureAwait(false) is not byte[] json)
                return false;
            var next = state(EntryRow.ReadState(json));
            var connector = (string?)await ScalarAsync(
                connection, Sql.PutBack,
                [Sql.Value(id), .. StateValues(next), Sql.Value(Time.GetUtcNow().UtcTicks)], cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            await RefreshAsync(connection, EntryRow.Key(connector!), cancellationToken).ConfigureAwait(false);
            return true;
        });
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<EntrySnapshot> ListAsync(string? connector, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await GuardAsync(() => _presence.VerifyAsync(cancellationToken)).ConfigureAwait(false);
        var connection = await GuardAsync(async () => await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var key = connector is null ? null : EntryRow.Key(connector);
        await foreach (var row in ReadAsync(connection, Sql.List, [Sql.Value(key)], cancellationToken).ConfigureAwait(false))
            yield return EntryRow.Read(row).Snapshot;
    }

    /// <inheritdoc/>
    public ValueTask<EntrySnapshot?> FindAsync(string id, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await _presence.VerifyAsync(cancellationToken).ConfigureAwait(false);
        return (await FindRowAsync(id, cancellationToken).ConfigureAwait(false))?.Snapshot;
    });

    /// <inheritdoc/>
    public async ValueTask NotifyAsync(string id, bool isRetryWanted, CancellationToken cancellationToken)
    {
        var connector = await GuardAsync(async () =>
        {
            await _presence.IdentifyAsync(cancellationToken).ConfigureAwait(false);
            var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            var changed = (string?)await ScalarAsync(
                connection, Sql.Notify,
                [
                    Sql.Value(id), Sql.Value(Time.GetUtcNow().UtcTicks), Sql.Value(isRetryWanted), Sql.Value(Instance), Clock(),
                    Sql.Value(Sql.Channel),
                ],
                cancellationToken).ConfigureAwait(false);
            if (changed is not null)
                await RefreshAsync(connection, EntryRow.Key(changed), cancellationToken).ConfigureAwait(false);
            return changed;
        }).ConfigureAwait(false);
        if (connector is not null)
            Raise(new QueueChange(connector, isRetryWanted));
    }

    /// <inheritdoc/>
    public async ValueTask LimitDueAsync(DateTimeOffset latest, CancellationToken cancellationToken)
    {
        if (Backlogs.Keys is not { Count: > 0 } keys)
            return;
        await GuardAsync(async () =>
        {
            await _presence.VerifyAsync(cancellationToken).ConfigureAwait(false);
            var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            await ScalarAsync(connection, Sql.LimitDue, [Sql.Values(keys), Sql.Value(latest.UtcTicks)], cancellationToken)
                .ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        Backlogs.Limit(latest.UtcTicks);
    }

    /// <inheritdoc/>
    public IDisposable? Watch(Action changed) => _presence.Watch(changed);

    /// <summary>
    /// Ends the presence of this host, once everything that is under way has been written. Leases that were not disposed run out, and their
    /// entries count as in the hand of a process that died.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _additions.DisposeAsync().ConfigureAwait(false);
        await Settlements.DisposeAsync().ConfigureAwait(false);
        await _presence.DisposeAsync(isOrderly: _leases.IsEmpty).ConfigureAwait(false);
    }

    /// <summary>As <see cref="DisposeAsync"/>.</summary>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    /// <summary>What a process that dies does: nothing more.</summary>
    internal async ValueTask AbandonAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _additions.DisposeAsync().ConfigureAwait(false);
        await Settlements.DisposeAsync().ConfigureAwait(false);
        await _presence.DisposeAsync(isOrderly: false).ConfigureAwait(false);
    }

    internal NpgsqlParameter Clock() => Sql.Value(IsDatabaseClock ? null : Time.GetUtcNow().UtcTicks);

    internal void Raise(QueueChange change) => Changed?.Invoke(change);

    internal void End(PostgreSqlLease lease) => _leases.TryRemove(lease, out _);

    /// <summary>Gives a row back; when the database does not answer, later.</summary>
    internal async Task ReleaseAsync(PostgreSqlLease.Release release)
    {
        try
        {
            await release.RunAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            _unreleased.Enqueue(release);
        }
    }

    /// <summary>Gives back what could not be given back before.</summary>
    internal async Task ReleaseLateAsync()
    {
        for (var left = _unreleased.Count; left > 0 && _unreleased.TryDequeue(out var release); left--)
        {
            if (release.ExpiresAt > Time.GetUtcNow())
                await ReleaseAsync(release).ConfigureAwait(false);
        }
    }

    internal async Task RemoveUnusedAsync(long content) =>
        await Settlements.RunAsync(Sql.RemoveUnused, () => [Sql.Value(content)], reader => reader.ReadAsync()).ConfigureAwait(false);

    /// <summary>The clock of this host at the moment that the database calls so.</summary>
    internal void NoteClock(long databaseTicks) => Interlocked.Exchange(ref _offset, Time.GetUtcNow().UtcTicks - databaseTicks);

    /// <summary>Asks the database what waits for a connector; true when something is due earlier than was known.</summary>
    internal async Task<bool> RefreshAsync(NpgsqlConnection connection, string key, CancellationToken cancellationToken)
    {
        var version = Backlogs.VersionOf(key);
        var isEarlier = false;
        await foreach (var row in ReadAsync(connection, Sql.Stats, StatsValues(key), cancellationToken).ConfigureAwait(false))
            isEarlier = TakeStats(row, key, version);
        return isEarlier;
    }

    internal async Task CountAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, (string, long, long)>(StringComparer.Ordinal);
        await foreach (var row in ReadAsync(connection, Sql.Counts, [Clock()], cancellationToken).ConfigureAwait(false))
            counts[row.GetString(0)] = (row.GetString(1), row.GetInt64(2), row.GetInt64(3));
        foreach (var key in counts.Keys)
            await RefreshAsync(connection, key, cancellationToken).ConfigureAwait(false);
        Backlogs.SetCounts(counts);
    }

    internal static async Task<object?> ScalarAsync(
        NpgsqlConnection connection, string text, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(text, connection);
        await using var _ = command.ConfigureAwait(false);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is { } value and not DBNull ? value : null;
    }

    internal static async IAsyncEnumerable<NpgsqlDataReader> ReadAsync(
        NpgsqlConnection connection, string text, NpgsqlParameter[] parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(text, connection);
        await using var ofCommand = command.ConfigureAwait(false);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ofReader = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            yield return reader;
    }

    internal static NpgsqlParameter[] StateValues(DeliveryState state) =>
        [Sql.Value(state.Write()), Sql.Value(state.IsLeasable), Sql.Value(state.DelayReported), Sql.Value(state.Crashes)];

    /// <summary>What the database says in place of an answer becomes one kind of exception.</summary>
    internal static async ValueTask<T> GuardAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception e) when (DatabaseConnection.Explain(e) is var explained && explained != e)
        {
            throw explained;
        }
    }

    private NpgsqlParameter[] StatsValues(string key) => [Clock(), Sql.Value(Instance), Sql.Value(key)];

    private bool TakeStats(NpgsqlDataReader row, string key, long version)
    {
        NoteClock(row.GetInt64(0));
        var connector = row.IsDBNull(1) ? null : row.GetString(1);
        var least = new Backlogs.Least
        {
            Due = Ticks(2),
            SuspectDue = Ticks(3),
            NotReported = Age(4),
            Reported = Age(5),
            TriedNotReported = Age(6),
            TriedReported = Age(7),
            Suspect = Backlogs.Least.Older(Age(8), Age(9)),
        };
        return Backlogs.Set(key, connector, least, version);

        long? Ticks(int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

        Backlogs.Age? Age(int column) => row.IsDBNull(column)
            ? null : row.GetFieldValue<long[]>(column) is var age ? new Backlogs.Age(age[0], age[1]) : null;
    }

    // An entry is as old as both clocks say: that of the host, and that of the database since it was stored (SE-4).
    private DateTimeOffset CountsFrom(Backlogs.Age age)
    {
        var seen = age.AgedFrom + Interlocked.Read(ref _offset);
        var isAhead = age.Accepted > Time.GetUtcNow().UtcTicks;
        return new DateTimeOffset(isAhead || seen > age.Accepted ? seen : age.Accepted, TimeSpan.Zero);
    }

    private async Task<EntryRow?> FindRowAsync(string id, CancellationToken cancellationToken)
    {
        if (id.Contains('\0', StringComparison.Ordinal))
            return null;
        var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        EntryRow? found = null;
        await foreach (var row in ReadAsync(connection, Sql.Find, [Sql.Value(id)], cancellationToken).ConfigureAwait(false))
            found = EntryRow.Read(row);
        return found;
    }
}
