using System.Collections.Concurrent;
using System.Globalization;
using ForeignConnector.Lib.Queueing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>
/// Shows that this host lives, sees which others do, and hears what they tell. A connection of its own holds a lock that ends with the
/// process; a heartbeat tells how long ago a host was there.
/// </summary>
internal sealed class HostPresence(PostgreSqlQueueStore store, NpgsqlDataSource source, ILogger logger) : IAsyncDisposable
{
    // A process that died has lost its lock at once as a rule; its server may need a moment to see it.
    private const int GoneQuestions = 20;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Watcher, bool> _watchers = new();
    private readonly ConcurrentQueue<string> _heard = new();
    private NpgsqlConnection? _connection;
    private Task _loop = Task.CompletedTask;
    private bool _isVerified;
    private bool _isLooping;
    private bool _isOut;
    private long _reachableSince;
    private long _lastNotice;
    private long _forgotten;

    /// <summary>The number of this process; 0 before it has one.</summary>
    public long Instance { get; private set; }

    /// <summary>True when the first look has been made.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>True when others may want to hear of what is stored.</summary>
    public bool IsOthers { get; private set; } = true;

    /// <summary>Makes sure that the schema is there; creates it where that is wanted.</summary>
    public async Task<bool> VerifyAsync(CancellationToken cancellationToken)
    {
        if (_isVerified)
            return true;
        if (store.Options.CreateSchema)
            await PostgreSqlSchema.CreateAsync(source, store.Options.Schema, cancellationToken).ConfigureAwait(false);
        else
            await PostgreSqlSchema.VerifyAsync(source, store.Options.Schema, cancellationToken).ConfigureAwait(false);
        return _isVerified = true;
    }

    /// <summary>Gives this process its number.</summary>
    public async Task<bool> IdentifyAsync(CancellationToken cancellationToken)
    {
        if (Instance != 0)
            return true;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Instance != 0)
                return true;
            await VerifyAsync(cancellationToken).ConfigureAwait(false);
            var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            Instance = (long)(await PostgreSqlQueueStore.ScalarAsync(connection, store.Sql.NextNumber, [], cancellationToken)
                .ConfigureAwait(false))!;
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Looks who is there. The first time it takes what a dead process of this name had in hand, and makes everything due at once when no
    /// other host is there.
    /// </summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            var (now, others) = await OthersAsync(connection, cancellationToken).ConfigureAwait(false);
            var dead = others.Where(host => IsStale(host, now)).Select(host => host.Instance).ToList();
            if (!HasBegun)
            {
                foreach (var host in others.Where(host => host.Name == Name && !dead.Contains(host.Instance)))
                {
                    if (await IsGoneAsync(connection, host.Instance, cancellationToken).ConfigureAwait(false))
                        dead.Add(host.Instance);
                }
            }
            if (dead.Count > 0)
                await ReapAsync(connection, dead, cancellationToken).ConfigureAwait(false);
            IsOthers = others.Exists(host => !dead.Contains(host.Instance));
            if (HasBegun)
                return;
            if (!others.Exists(host => !dead.Contains(host.Instance) && now - host.Seen <= store.Options.LeaseTime.Ticks))
            {
                await PostgreSqlQueueStore.ScalarAsync(
                    connection, store.Sql.StartCold, [Sql.Value(store.Time.GetUtcNow().UtcTicks)], cancellationToken).ConfigureAwait(false);
            }
            _lastNotice = (long)(await PostgreSqlQueueStore.ScalarAsync(connection, store.Sql.LastNotice, [], cancellationToken)
                .ConfigureAwait(false))!;
            HasBegun = true;
            StartLoop();
        }
        catch
        {
            await DisconnectAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Notices of operators that are not known here yet.</summary>
    public async Task<List<QueueChange>> NoticesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var changes = new List<QueueChange>();
        await foreach (var row in PostgreSqlQueueStore.ReadAsync(
            connection, store.Sql.Notices, [Sql.Value(_lastNotice)], cancellationToken).ConfigureAwait(false))
        {
            _lastNotice = Math.Max(_lastNotice, row.GetInt64(0));
            changes.Add(new QueueChange(row.GetString(1), row.GetBoolean(2)));
        }
        return changes;
    }

    /// <summary>The database did not answer at the start: watchers are called when it does.</summary>
    public void WaitForDatabase(Exception cause)
    {
        Tell(cause);
        StartLoop();
    }

    public Watcher Watch(Action changed)
    {
        var watcher = new Watcher(this, changed);
        _watchers[watcher] = true;
        return watcher;
    }

    public ValueTask DisposeAsync() => DisposeAsync(isOrderly: false);

    public async ValueTask DisposeAsync(bool isOrderly)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            if (_connection is { } connection)
            {
                if (isOrderly)
                {
                    await PostgreSqlQueueStore.ScalarAsync(
                        connection, store.Sql.ForgetHost, [Sql.Value(Instance)], CancellationToken.None).ConfigureAwait(false);
                }
                await PostgreSqlQueueStore.ScalarAsync(connection, "select pg_advisory_unlock_all()::text", [], CancellationToken.None)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception e) when (DatabaseConnection.IsOutage(e) || e is InvalidOperationException)
        {
            // The others see in time that this host is gone.
        }
        await DisconnectAsync().ConfigureAwait(false);
        _stop.Dispose();
        _gate.Dispose();
    }

    private string Name => store.Options.HostName ?? Environment.MachineName;

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is { FullState: System.Data.ConnectionState.Open } open)
            return open;
        await DisconnectAsync().ConfigureAwait(false);
        var connection = _connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        connection.Notification += (_, told) => _heard.Enqueue(told.Payload);
        await PostgreSqlQueueStore.ScalarAsync(connection, store.Sql.ShowLife, [Sql.Value((int)Instance)], cancellationToken)
            .ConfigureAwait(false);
        await PostgreSqlQueueStore.ScalarAsync(connection, "listen " + store.Sql.Channel, [], cancellationToken).ConfigureAwait(false);
        _reachableSince = await BeatAsync(connection, cancellationToken).ConfigureAwait(false);
        return connection;
    }

    private async Task DisconnectAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<long> BeatAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var now = (long)(await PostgreSqlQueueStore.ScalarAsync(
            connection, store.Sql.Heartbeat, [store.Clock(), Sql.Value(Instance), Sql.Value(Name)], cancellationToken)
            .ConfigureAwait(false))!;
        store.NoteClock(now);
        return now;
    }

    private async Task<(long Now, List<Host> Hosts)> OthersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var now = await BeatAsync(connection, cancellationToken).ConfigureAwait(false);
        var hosts = new List<Host>();
        await foreach (var row in PostgreSqlQueueStore.ReadAsync(connection, store.Sql.Hosts, [], cancellationToken).ConfigureAwait(false))
            hosts.Add(new Host(row.GetInt64(0), row.GetString(1), row.GetInt64(2)));
        hosts.RemoveAll(host => host.Instance == Instance);
        return (now, hosts);
    }

    // While the database was away nobody could show that it lives.
    private bool IsStale(Host host, long now) => now - Math.Max(host.Seen, _reachableSince) > store.Options.LeaseTime.Ticks;

    private async Task<bool> IsGoneAsync(NpgsqlConnection connection, long instance, CancellationToken cancellationToken)
    {
        for (var i = 0; i < GoneQuestions; i++)
        {
            if (await PostgreSqlQueueStore.ScalarAsync(connection, store.Sql.IsGone, [Sql.Value((int)instance)], cancellationToken)
                .ConfigureAwait(false) is true)
                return true;
            await PostgreSqlQueueStore.ScalarAsync(connection, "select pg_sleep(0.05)::text", [], cancellationToken).ConfigureAwait(false);
        }
        return false;
    }

    private async Task ReapAsync(NpgsqlConnection connection, List<long> dead, CancellationToken cancellationToken)
    {
        var quiet = store.Options.SuspectDelay > store.Steady ? store.Options.SuspectDelay - store.Steady : TimeSpan.Zero;
        var quietFrom = (store.Time.GetUtcNow() + quiet).UtcTicks;
        await PostgreSqlQueueStore.ScalarAsync(
            connection, store.Sql.Reap, [Sql.Values(dead), Sql.Value(store.Options.SuspectDelay.Ticks), Sql.Value(quietFrom)],
            cancellationToken).ConfigureAwait(false);
        logger.HostsGone(dead.Count);
    }

    private void StartLoop()
    {
        if (_isLooping || !store.IsDatabaseClock)
            return;
        _isLooping = true;
        _loop = Task.Run(LoopAsync);
    }

    private async Task LoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (HasBegun)
                    await ListenAsync().ConfigureAwait(false);
                else
                    await TryReachAsync().ConfigureAwait(false);
                if (_isOut)
                    logger.DatabaseBack();
                _isOut = false;
                if (!HasBegun)
                    await Task.Delay(store.Options.PollingInterval, store.Time, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The loop is what finds out that the database is back.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Tell(DatabaseConnection.Explain(e));
                await DisconnectAsync().ConfigureAwait(false);
                await Task.Delay(store.Options.PollingInterval, store.Time, _stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TryReachAsync()
    {
        var connection = await source.OpenConnectionAsync(_stop.Token).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
        TellWatchers();
    }

    // Hears what others tell until it is time to look without being told.
    private async Task ListenAsync()
    {
        await _gate.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            var connection = await ConnectAsync(_stop.Token).ConfigureAwait(false);
            if (await HearAsync(connection).ConfigureAwait(false))
                return;
            var (now, others) = await OthersAsync(connection, _stop.Token).ConfigureAwait(false);
            IsOthers = others.Exists(host => !IsStale(host, now));
            if (others.Exists(host => IsStale(host, now)))
                TellWatchers();
            await PollAsync(connection, now).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
        await store.ReleaseLateAsync().ConfigureAwait(false);
    }

    // True when something was heard.
    private async Task<bool> HearAsync(NpgsqlConnection connection)
    {
        if (_heard.IsEmpty && !await connection.WaitAsync(store.Options.PollingInterval, _stop.Token).ConfigureAwait(false))
            return false;
        var (added, isNotice) = (new HashSet<string>(StringComparer.Ordinal), false);
        while (_heard.TryDequeue(out var payload))
        {
            if (payload.Split('|', 3) is not [var instance, var kind, var connector]
                || instance == Instance.ToString(CultureInfo.InvariantCulture))
                continue;
            isNotice |= kind == "1";
            added.Add(connector);
        }
        foreach (var connector in added)
        {
            await store.RefreshAsync(connection, EntryRow.Key(connector), _stop.Token).ConfigureAwait(false);
            store.Raise(new QueueChange(connector, IsRetryWanted: false));
        }
        if (isNotice)
            await TellNoticesAsync(connection).ConfigureAwait(false);
        return added.Count > 0;
    }

    private async Task PollAsync(NpgsqlConnection connection, long now)
    {
        await TellNoticesAsync(connection).ConfigureAwait(false);
        var keys = new HashSet<string>(store.Backlogs.Keys, StringComparer.Ordinal);
        await foreach (var row in PostgreSqlQueueStore.ReadAsync(connection, store.Sql.Connectors, [], _stop.Token).ConfigureAwait(false))
            keys.Add(row.GetString(0));
        foreach (var key in keys)
        {
            if (await store.RefreshAsync(connection, key, _stop.Token).ConfigureAwait(false))
                store.Raise(new QueueChange(store.Backlogs.NameOf(key), IsRetryWanted: false));
        }
        if (now - _forgotten < TimeSpan.TicksPerHour)
            return;
        _forgotten = now;
        await PostgreSqlQueueStore.ScalarAsync(
            connection, store.Sql.ForgetNotices, [Sql.Value(now - TimeSpan.TicksPerHour)], _stop.Token).ConfigureAwait(false);
    }

    private async Task TellNoticesAsync(NpgsqlConnection connection)
    {
        foreach (var change in await NoticesAsync(connection, _stop.Token).ConfigureAwait(false))
        {
            await store.RefreshAsync(connection, EntryRow.Key(change.Connector), _stop.Token).ConfigureAwait(false);
            store.Raise(change);
        }
    }

    private void Tell(Exception e)
    {
        if (!_isOut)
            logger.DatabaseAway(e.Message);
        _isOut = true;
    }

    private void TellWatchers()
    {
        foreach (var watcher in _watchers.Keys)
            watcher.Call();
    }

    private readonly record struct Host(long Instance, string Name, long Seen);

    /// <summary>Calls back until it is disposed.</summary>
    internal sealed class Watcher(HostPresence presence, Action changed) : IDisposable
    {
        public void Call() => changed();

        public void Dispose() => presence._watchers.TryRemove(this, out _);
    }
}
