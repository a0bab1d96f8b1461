using System.Threading.Channels;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>
/// Runs statements of concurrent callers in common transactions: what waits when one transaction ends goes into the next one. A statement
/// that fails takes no other along: then each is tried alone. Thread-safe.
/// </summary>
internal sealed class GroupCommit : IAsyncDisposable
{
    private readonly Channel<Work> _waiting = Channel.CreateUnbounded<Work>();
    private readonly NpgsqlDataSource _source;
    private readonly int _most;
    private readonly Task _workers;

    /// <summary>Begins to wait for statements.</summary>
    /// <param name="source">The database.</param>
    /// <param name="workers">Transactions at a time.</param>
    /// <param name="most">Statements in one transaction.</param>
    public GroupCommit(NpgsqlDataSource source, int workers, int most)
    {
        (_source, _most) = (source, most);
        _workers = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync)));
    }

    /// <summary>Runs a statement; its effect is durable when this returns.</summary>
    /// <param name="text">One statement that gives one result.</param>
    /// <param name="parameters">Makes its parameters; called again when the statement is tried alone.</param>
    /// <param name="read">Reads the result.</param>
    /// <exception cref="IOException">It failed; it may have had its effect when the connection broke.</exception>
    public async Task<T> RunAsync<T>(string text, Func<NpgsqlParameter[]> parameters, Func<NpgsqlDataReader, Task<T>> read)
    {
        var work = new Work<T>(text, parameters, read);
        if (!_waiting.Writer.TryWrite(work))
            throw new IOException("the store of the queue is closed");
        return await work.Completion.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _workers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WorkAsync()
    {
        var works = new List<Work>();
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            works.Clear();
            while (works.Count < _most && _waiting.Reader.TryRead(out var work))
                works.Add(work);
            if (works.Count == 0)
                continue;
            // Rows are locked in one order, so that transactions do not wait for each other in a circle.
            works.Sort((a, b) => string.CompareOrdinal(a.Text, b.Text));
            if (await TryRunAsync(works).ConfigureAwait(false) is not { } failure)
                continue;
            var isOfStatement = failure is PostgresException && works.Count > 1 && !DatabaseConnection.IsOutage(failure);
            foreach (var work in works)
            {
                var cause = isOfStatement ? await TryRunAsync([work]).ConfigureAwait(false) : failure;
                if (cause is not null)
                    work.Fail(DatabaseConnection.Explain(cause));
            }
        }
    }

    // A batch is one transaction: it is committed when its last result has been read.
    private async Task<Exception?> TryRunAsync(IReadOnlyList<Work> works)
    {
        try
        {
            var connection = await _source.OpenConnectionAsync().ConfigureAwait(false);
            await using var ofConnection = connection.ConfigureAwait(false);
            var batch = new NpgsqlBatch(connection);
            await using var ofBatch = batch.ConfigureAwait(false);
            foreach (var work in works)
                batch.BatchCommands.Add(Sql.Command(work.Text, work.Parameters()));
            var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                foreach (var work in works)
                {
                    await work.ReadAsync(reader).ConfigureAwait(false);
                    await reader.NextResultAsync().ConfigureAwait(false);
                }
            }
        }
#pragma warning disable CA1031 // The callers get it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
        foreach (var work in works)
            work.Succeed();
        return null;
    }

    private abstract class Work(string text, Func<NpgsqlParameter[]> parameters)
    {
        public string Text => text;

        public NpgsqlParameter[] Parameters() => parameters();

        public abstract Task ReadAsync(NpgsqlDataReader reader);

        public abstract void Succeed();

        public abstract void Fail(Exception e);
    }

    private sealed class Work<T>(string text, Func<NpgsqlParameter[]> parameters, Func<NpgsqlDataReader, Task<T>> read)
        : Work(text, parameters)
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Completion => _done.Task;

        public override async Task ReadAsync(NpgsqlDataReader reader) => _result = await read(reader).ConfigureAwait(false);

        public override void Succeed() => _done.TrySetResult(_result!);

        public override void Fail(Exception e) => _done.TrySetException(e);
    }
}
