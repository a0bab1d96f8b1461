using ForeignConnector.Lib.Queueing;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

public sealed partial class PostgreSqlQueueStore
{
    private async Task<StoreContents> LookAsync(Func<CrashedEntry, CrashDecision> decide, CancellationToken cancellationToken)
    {
        await _presence.IdentifyAsync(cancellationToken).ConfigureAwait(false);
        var known = _presence.HasBegun ? Backlogs.Total : 0;
        await _presence.LookAsync(cancellationToken).ConfigureAwait(false);
        var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        while (await JudgeAsync(connection, decide, cancellationToken).ConfigureAwait(false))
        {
        }
        var notices = await _presence.NoticesAsync(connection, cancellationToken).ConfigureAwait(false);
        await CountAsync(connection, cancellationToken).ConfigureAwait(false);
        // A clock that was ahead does not name what comes (SE-4).
        var latest = (Time.GetUtcNow() + TimeSpan.FromMinutes(1)).UtcTicks;
        var accepted = await ScalarAsync(connection, Sql.Latest, [Sql.Value(latest)], cancellationToken).ConfigureAwait(false);
        var found = (int)Math.Clamp(Backlogs.Total - known, 0, int.MaxValue);
        notices.ForEach(Raise);
        if (found > 0)
        {
            foreach (var connector in Backlogs.Names)
                Raise(new QueueChange(connector, IsRetryWanted: false));
        }
        return new StoreContents(found, accepted is long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : DateTimeOffset.MinValue);
    }

    // One entry that a process died with; false when there is none. Nothing of its message is read.
    private async Task<bool> JudgeAsync(
        NpgsqlConnection connection, Func<CrashedEntry, CrashDecision> decide, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        CrashedEntry? crashed = null;
        await foreach (var row in ReadAsync(connection, Sql.FindJudged, [], cancellationToken).ConfigureAwait(false))
        {
            crashed = new CrashedEntry(
                row.GetString(0), row.GetString(1), EntryRow.ToSubmission(row.GetGuid(2), row.GetInt64(3)),
                EntryRow.ReadState(row.GetFieldValue<byte[]>(4)));
        }
        if (crashed is null)
            return false;
        var decision = decide(crashed);
        if (decision.SetAside is { } reason)
        {
            await ScalarAsync(
                connection, Sql.SetAsideJudged,
                [Sql.Value(crashed.Id), Sql.Value((short)SetAsideKind.Poison), Sql.Value(reason)], cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await ScalarAsync(connection, Sql.Judge, [Sql.Value(crashed.Id), .. StateValues(decision.State)], cancellationToken)
                .ConfigureAwait(false);
        }
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return true;
    }
}
