using System.Buffers;
using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

public sealed partial class PostgreSqlQueueStore
{
    // Small messages go into common transactions. A large one has its own, so that it is streamed.
    private async Task AddSubmissionAsync(QueueEntry[] entries, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(entries, cancellationToken).ConfigureAwait(false);
        var content = entries[0].Item.Content;
        if (content.Length <= StoredContent.InlineSize)
        {
            var octets = await OctetsAsync(content, cancellationToken).ConfigureAwait(false);
            var stored = await _additions.RunAsync(
                Sql.Add, () => AddValues(entries[0].Item, rows, octets, content: null), ReadStoredAsync).ConfigureAwait(false);
            NoteStored(entries[0].Item.Id, rows, stored);
            return;
        }
        var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var ofConnection = connection.ConfigureAwait(false);
        var there = new HashSet<long>();
        await foreach (var row in ReadAsync(
            connection, Sql.FindMarks,
            [Sql.Value(EntryRow.ToGuid(entries[0].Item.Id.Key)), Sql.Values(rows.Select(row => row.Mark))], cancellationToken)
            .ConfigureAwait(false))
            there.Add(row.GetInt64(0));
        if (rows.All(row => there.Contains(row.Mark)))
            return;
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var ofTransaction = transaction.ConfigureAwait(false);
        var id = await StreamAsync(connection, content, cancellationToken).ConfigureAwait(false);
        var added = await AddAsync(connection, entries[0].Item, rows, octets: null, id, cancellationToken).ConfigureAwait(false);
        if (added.Count == 0)
            return;
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        NoteStored(entries[0].Item.Id, rows, added);
    }

    private static async Task<NewRow[]> RowsAsync(IReadOnlyList<QueueEntry> entries, CancellationToken cancellationToken)
    {
        var rows = new List<NewRow>();
        foreach (var entry in entries)
        {
            var mark = EntryRow.Mark(entry.Connector, entry.Item.Envelope);
            if (rows.Exists(row => row.Mark == mark))
                continue;
            rows.Add(new NewRow(
                EntryRow.IdOf(entry.Item.Id, mark), entry.Connector, mark,
                await EntryRow.WriteAsync(entry.Item.Envelope, cancellationToken).ConfigureAwait(false), entry.State, entry.IsTried));
        }
        return [.. rows];
    }

    private static async Task<byte[]> OctetsAsync(MessageContent content, CancellationToken cancellationToken)
    {
        var octets = new byte[content.Length];
        var stream = content.OpenRead();
        await using var _ = stream.ConfigureAwait(false);
        await stream.ReadExactlyAsync(octets, cancellationToken).ConfigureAwait(false);
        return octets;
    }

    private async Task<long> StreamAsync(NpgsqlConnection connection, MessageContent content, CancellationToken cancellationToken)
    {
        var id = (long)(await ScalarAsync(connection, Sql.AddContent, [Sql.Value(content.Length)], cancellationToken)
            .ConfigureAwait(false))!;
        var stream = content.OpenRead();
        await using var _ = stream.ConfigureAwait(false);
        var chunk = ArrayPool<byte>.Shared.Rent(StoredContent.ChunkSize);
        try
        {
            var left = content.Length;
            for (var place = 0; left > 0; place++)
            {
                var count = (int)Math.Min(left, StoredContent.ChunkSize);
                await stream.ReadExactlyAsync(chunk.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                await ScalarAsync(
                    connection, Sql.AddChunk, [Sql.Value(id), Sql.Value(place), Sql.Value((ReadOnlyMemory<byte>)chunk.AsMemory(0, count))],
                    cancellationToken).ConfigureAwait(false);
                left -= count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
        return id;
    }

    private async Task<List<Stored>> AddAsync(
        NpgsqlConnection connection, MailItem item, NewRow[] rows, byte[]? octets, long? content, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(Sql.Add, connection);
        await using var ofCommand = command.ConfigureAwait(false);
        foreach (var parameter in AddValues(item, rows, octets, content))
            command.Parameters.Add(parameter);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ofReader = reader.ConfigureAwait(false);
        return await ReadStoredAsync(reader).ConfigureAwait(false);
    }

    private NpgsqlParameter[] AddValues(MailItem item, NewRow[] rows, byte[]? octets, long? content)
    {
        var (now, accepted) = (Time.GetUtcNow().UtcTicks, item.Id.AcceptedAt.UtcTicks);
        return
        [
            Clock(), Sql.Value(EntryRow.ToGuid(item.Id.Key)), Sql.Value(accepted), Sql.Value(item.Content.Length), Sql.Value(octets),
            Sql.Value(Math.Max(0, now - accepted)), Sql.Value(Math.Min(now, accepted)), Sql.Value(Instance),
            Sql.Value(_presence.IsOthers ? Sql.Channel : null), Sql.Value(content),
            Sql.Values(rows.Select(row => row.Id)), Sql.Values(rows.Select(row => row.Connector)),
            Sql.Values(rows.Select(row => EntryRow.Key(row.Connector))), Sql.Values(rows.Select(row => row.Mark)),
            Sql.Values(rows.Select(row => row.Envelope)), Sql.Values(rows.Select(row => row.State.Write())),
            Sql.Values(rows.Select(row => row.State.IsLeasable)), Sql.Values(rows.Select(row => row.State.DelayReported)),
            Sql.Values(rows.Select(row => row.State.Crashes)), Sql.Values(rows.Select(row => row.IsTried)),
        ];
    }

    private static async Task<List<Stored>> ReadStoredAsync(NpgsqlDataReader reader)
    {
        var stored = new List<Stored>();
        while (await reader.ReadAsync().ConfigureAwait(false))
            stored.Add(new Stored(reader.GetString(0), reader.GetInt64(1)));
        return stored;
    }

    private void NoteStored(SubmissionId id, NewRow[] rows, List<Stored> stored)
    {
        var now = Time.GetUtcNow().UtcTicks;
        foreach (var (connector, agedFrom) in stored)
        {
            var row = rows.First(row => row.Connector == connector);
            var least = Backlogs.Least.Of(
                Math.Min(now, id.AcceptedAt.UtcTicks), new Backlogs.Age(id.AcceptedAt.UtcTicks, agedFrom),
                row.State.Crashes > 0, row.IsTried, row.State.DelayReported);
            if (row.State.IsLeasable)
                Backlogs.Added(EntryRow.Key(connector), connector, least);
        }
    }

    /// <summary>Moves recipients of a leased entry to others of the submission, in one transaction (RT-8).</summary>
    internal async ValueTask<(ImmutableArray<EnvelopeRecipient> Moved, DeliveryState? State)> MoveAsync(
        PostgreSqlLease lease, EntryRow row, IReadOnlyList<QueueEntry> entries,
        Func<ImmutableArray<EnvelopeRecipient>, DeliveryState> after, CancellationToken cancellationToken)
    {
        var stored = new List<QueueEntry>();
        var result = await GuardAsync(async () =>
        {
            stored.Clear();
            var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var ofConnection = connection.ConfigureAwait(false);
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using var ofTransaction = transaction.ConfigureAwait(false);
            var key = EntryRow.ToGuid(row.Snapshot.Submission.Key);
            await ScalarAsync(connection, Sql.LockSubmission, [Sql.Value(key.ToString())], cancellationToken).ConfigureAwait(false);
            if (await ScalarAsync(connection, Sql.Lock, Identity(lease), cancellationToken).ConfigureAwait(false) is null)
                throw new LeaseLostException();
            var (held, marks) = await HeldBesideAsync(connection, key, lease.Entry.Id, cancellationToken).ConfigureAwait(false);
            var moved = ImmutableArray.CreateBuilder<EnvelopeRecipient>();
            foreach (var entry in entries)
            {
                ImmutableArray<EnvelopeRecipient> rest = [.. entry.Item.Envelope.Recipients.Where(recipient => !held.Remove(recipient))];
                var next = rest.IsEmpty ? null : entry.For(rest);
                // They have left an entry that is to be removed still; afterwards they can come back.
                if (next is not null && !marks.Add(EntryRow.Mark(next.Connector, next.Item.Envelope)))
                    continue;
                if (next is not null)
                    stored.Add(next);
                moved.AddRange(entry.Item.Envelope.Recipients);
            }
            if (moved.Count == 0)
                return (ImmutableArray<EnvelopeRecipient>.Empty, (DeliveryState?)null);
            var state = after(moved.ToImmutable());
            foreach (var entry in stored)
                await MoveAsync(connection, lease, row, entry, cancellationToken).ConfigureAwait(false);
            if (await ScalarAsync(connection, Sql.Save, [.. Identity(lease), .. StateValues(state)], cancellationToken)
                .ConfigureAwait(false) is null)
                throw new LeaseLostException();
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return (moved.ToImmutable(), state);
        }).ConfigureAwait(false);
        foreach (var entry in stored)
            Raise(new QueueChange(entry.Connector, IsRetryWanted: false));
        return result;
    }

    private NpgsqlParameter[] Identity(PostgreSqlLease lease) => [Clock(), Sql.Value(lease.Entry.Id), Sql.Value(lease.Number)];

    private async Task MoveAsync(
        NpgsqlConnection connection, PostgreSqlLease lease, EntryRow row, QueueEntry entry, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync([entry], cancellationToken).ConfigureAwait(false);
        var (isShared, content) = (entry.Item.Content == lease.Content, entry.Item.Content);
        byte[]? octets = null;
        long? body = isShared ? row.Content : null;
        if (!isShared && content.Length <= StoredContent.InlineSize)
            octets = await OctetsAsync(content, cancellationToken).ConfigureAwait(false);
        else if (!isShared)
            body = await StreamAsync(connection, content, cancellationToken).ConfigureAwait(false);
        lease.Share();
        var added = await AddAsync(connection, entry.Item, rows, octets, body, cancellationToken).ConfigureAwait(false);
        NoteStored(entry.Item.Id, rows, added);
    }

    // One that two entries hold is there twice.
    private static async Task<(List<EnvelopeRecipient> Held, HashSet<long> Marks)> HeldBesideAsync(
        NpgsqlConnection connection, string text, Guid key, string except, CancellationToken cancellationToken)
    {
        var (held, marks) = (new List<EnvelopeRecipient>(), new HashSet<long>());
        await foreach (var row in ReadAsync(connection, text, [Sql.Value(key)], cancellationToken).ConfigureAwait(false))
        {
            if (row.GetString(3) == except || EntryRow.ReadEnvelope(row.GetFieldValue<byte[]>(1)) is not { } envelope)
                continue;
            var state = EntryRow.ReadState(row.GetFieldValue<byte[]>(2));
            held.AddRange(envelope.Recipients.Where((_, i) => !state.Recipients.Any(recipient => recipient.Index == i && recipient.Moved)));
            marks.Add(row.GetInt64(4));
        }
        return (held, marks);
    }

    private Task<(List<EnvelopeRecipient> Held, HashSet<long> Marks)> HeldBesideAsync(
        NpgsqlConnection connection, Guid key, string except, CancellationToken cancellationToken) =>
        HeldBesideAsync(connection, Sql.FindSubmission, key, except, cancellationToken);

    private sealed record NewRow(string Id, string Connector, long Mark, byte[] Envelope, DeliveryState State, bool IsTried);

    private readonly record struct Stored(string Connector, long AgedFrom);
}
