using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

public sealed partial class PostgreSqlQueueStore
{
    // Rows are leased in batches. What the caller has not come to when it stops goes back as it was.
    private async IAsyncEnumerable<IQueueLease> LeaseBatchesAsync(
        LeaseQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (before, size) = (long.MaxValue, query.Kind == LeaseKind.Suspect ? 1 : LeastLeased);
        while (true)
        {
            var batch = await GuardAsync(() => LeaseBatchAsync(query, before, size, cancellationToken)).ConfigureAwait(false);
            // What was leased since the first batch comes with the next enumeration.
            before = Math.Min(before, batch.Number);
            var next = 0;
            try
            {
                while (next < batch.Leases.Count)
                {
                    var lease = batch.Leases[next++];
                    if (await IsHeldAsync(lease).ConfigureAwait(false))
                        yield return lease;
                }
            }
            finally
            {
                if (next < batch.Leases.Count)
                    await Task.WhenAll(batch.Leases.Skip(next).Select(lease => lease.DisposeAsync().AsTask())).ConfigureAwait(false);
            }
            if (batch.Leases.Count < size)
                yield break;
            if (query.Kind != LeaseKind.Suspect)
                size = Math.Min(MostLeased, size * 2);
        }
    }

    // A lease that waited long for the caller is renewed first.
    private async Task<bool> IsHeldAsync(PostgreSqlLease lease)
    {
        if (lease.ExpiresAt - Time.GetUtcNow() > Options.LeaseTime / 2)
            return true;
        try
        {
            await lease.RenewAsync(CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is LeaseLostException or IOException)
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            return false;
        }
    }

    // The question is asked without a lease; the answer is checked with it.
    private async IAsyncEnumerable<IQueueLease> LeaseChosenAsync(
        LeaseQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isWanted = query.IsWanted ?? (_ => true);
        var (accepted, last) = (long.MinValue, "");
        while (true)
        {
            var page = await GuardAsync(() => PageAsync(query.Connector, accepted, last, cancellationToken)).ConfigureAwait(false);
            foreach (var entry in page.Where(row => row.Snapshot.Envelope is not null).Select(row => row.Snapshot).Where(isWanted))
            {
                var batch = await GuardAsync(() => LeaseBatchAsync(
                    Sql.LeaseChosen, query.Connector, long.MaxValue, 1, [Sql.Value(entry.Id)], cancellationToken)).ConfigureAwait(false);
                foreach (var lease in batch.Leases)
                    yield return lease;
            }
            if (page.Count < PageSize)
                yield break;
            (accepted, last) = (page[^1].Snapshot.Submission.AcceptedAt.UtcTicks, page[^1].Snapshot.Id);
        }
    }

    private async Task<List<EntryRow>> PageAsync(string connector, long accepted, string last, CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var page = new List<EntryRow>();
        await foreach (var row in ReadAsync(
            connection, Sql.Page,
            [Clock(), Sql.Value(EntryRow.Key(connector)), Sql.Value(accepted), Sql.Value(last), Sql.Value((long)PageSize)],
            cancellationToken).ConfigureAwait(false))
            page.Add(EntryRow.Read(row));
        return page;
    }

    private Task<Batch> LeaseBatchAsync(LeaseQuery query, long before, int most, CancellationToken cancellationToken)
    {
        var by = query.AcceptedBy.UtcTicks;
        return query.Kind switch
        {
            LeaseKind.Due or LeaseKind.Suspect => LeaseBatchAsync(
                Sql.LeaseDue, query.Connector, before, most,
                [Sql.Value(query.Kind == LeaseKind.Suspect), Sql.Value(query.DueBy.UtcTicks)], cancellationToken),
            LeaseKind.Old => LeaseBatchAsync(
                Sql.LeaseOld, query.Connector, before, most,
                [
                    Sql.Value(by),
                    Sql.Value(query.AcceptedBy == DateTimeOffset.MaxValue ? long.MaxValue : by - Interlocked.Read(ref _offset)),
                    Sql.Value(query.Age.HasFlag(QueueAge.DelayNotReported)), Sql.Value(query.Age.HasFlag(QueueAge.Tried)),
                    Sql.Value(query.Age.HasFlag(QueueAge.Untried)),
                ],
                cancellationToken),
            _ => LeaseBatchAsync(
                Sql.LeaseBeside, "", before, most,
                [
                    Sql.Value(EntryRow.ToGuid(query.Submission.Key)), Sql.Value(query.Submission.AcceptedAt.UtcTicks),
                    Sql.Value(query.Except ?? ""),
                ],
                cancellationToken),
        };
    }

    private async Task<Batch> LeaseBatchAsync(
        string text, string connector, long before, int most, NpgsqlParameter[] which, CancellationToken cancellationToken)
    {
        var (key, rows) = (EntryRow.Key(connector), new List<(EntryRow Row, byte[]? Octets, int Refs, long Now)>());
        var isAlone = _leases.IsEmpty && Steady >= Options.SuspectDelay;
        var asked = Time.GetUtcNow();
        var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var ofConnection = connection.ConfigureAwait(false);
        var batch = new NpgsqlBatch(connection);
        await using var ofBatch = batch.ConfigureAwait(false);
        var isMany = text == Sql.LeaseDue || text == Sql.LeaseOld;
        batch.BatchCommands.Add(Sql.Command(
            text,
            [
                Clock(), Sql.Value(Instance), Sql.Value(key), Sql.Value(before), Sql.Value((long)most), Sql.Value(Options.LeaseTime.Ticks),
                Sql.Value(isAlone), .. which,
            ]));
        var version = Backlogs.VersionOf(key);
        if (isMany)
            batch.BatchCommands.Add(Sql.Command(Sql.Stats, StatsValues(key)));
        // Rows that are leased and not known here would be nobody's until their leases have run out.
        var reader = await batch.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                rows.Add((
                    EntryRow.Read(reader), reader.IsDBNull(Sql.ColumnCount) ? null : reader.GetFieldValue<byte[]>(Sql.ColumnCount),
                    reader.IsDBNull(Sql.ColumnCount + 1) ? 0 : reader.GetInt32(Sql.ColumnCount + 1), reader.GetInt64(Sql.ColumnCount + 2)));
            }
            if (isMany && await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false)
                && await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false))
                TakeStats(reader, key, version);
        }
        if (rows.Count > 0)
        {
            NoteClock(rows[0].Now);
            await EndSolitudeAsync(connection).ConfigureAwait(false);
        }
        var leases = rows.OrderBy(row => Order(text, row.Row)).ThenBy(row => row.Row.Snapshot.Submission.AcceptedAt)
            .ThenBy(row => row.Row.Snapshot.Id, StringComparer.Ordinal)
            .Select(row => Begin(row.Row, row.Octets, row.Refs, asked, isAlone && row.Row.IsApart)).ToList();
        // The answer about the rest does not count what was leased here.
        if (!isMany)
        {
            foreach (var changed in leases.Select(lease => EntryRow.Key(lease.Entry.Connector)).Distinct())
                await RefreshAsync(connection, changed, CancellationToken.None).ConfigureAwait(false);
        }
        return new Batch(leases, leases.Count > 0 ? leases[0].Number : before);
    }

    // A process that dies from now on had others in hand as well (ND-4).
    private async Task EndSolitudeAsync(NpgsqlConnection connection)
    {
        var alone = _leases.Where(lease => lease.Value).Select(lease => lease.Key).ToArray();
        if (alone.Length == 0)
            return;
        foreach (var lease in alone)
            _leases.TryUpdate(lease, newValue: false, comparisonValue: true);
        await ScalarAsync(connection, Sql.NotAlone, [Sql.Values(alone.Select(lease => lease.Entry.Id))], CancellationToken.None)
            .ConfigureAwait(false);
    }

    private long Order(string text, EntryRow row) => text == Sql.LeaseDue ? row.Due : 0;

    private PostgreSqlLease Begin(EntryRow row, byte[]? octets, int refs, DateTimeOffset asked, bool isAlone)
    {
        if (row.Waits)
            Backlogs.Leased(EntryRow.Key(row.Snapshot.Connector));
        var content = octets is not null
            ? MessageContent.FromOctets(octets)
            : new StoredContent(_source, Sql, row.Content, row.Snapshot.ContentLength);
        var age = new Backlogs.Age(row.Snapshot.Submission.AcceptedAt.UtcTicks, row.AgedFrom);
        var lease = new PostgreSqlLease(
            this, row, content, isSole: refs <= 1, CountsFrom(age), asked + Options.LeaseTime, isTried: row.TriedBy == Instance);
        _leases[lease] = isAlone;
        return lease;
    }

    private readonly record struct Batch(List<PostgreSqlLease> Leases, long Number);
}
