using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>
/// One file on the way to its name: what a <see cref="CommitBatch"/> has to do for it, and what came of it. A temporary file that is large
/// or comes from elsewhere is written by its writer before it joins a batch; one whose octets are in memory is left to the batch: while the
/// disk flushes, nobody else makes entries in the directory that is being flushed.
/// </summary>
internal sealed class CommitItem : IDisposable
{
    private static long _lastOrder;

    private readonly TaskCompletionSource<MoveResult> _completion = new();
    private readonly Func<NewFile>? _create;
    private readonly Func<Stream, CancellationToken, ValueTask>? _write;
    private readonly CancellationToken _cancellationToken;
    private Exception? _failure;

    /// <summary>A temporary file that is still to be created.</summary>
    /// <param name="create">Creates it.</param>
    /// <param name="write">Writes the octets; called at most once.</param>
    /// <param name="from">The name of the temporary file.</param>
    /// <param name="to">The name that it shall have.</param>
    /// <param name="directory">The directory of both.</param>
    /// <param name="cancellationToken">For the writer; has no effect once the batch has begun.</param>
    public CommitItem(
        Func<NewFile> create, Func<Stream, CancellationToken, ValueTask> write, string from, string to, string directory,
        CancellationToken cancellationToken)
        : this(from, to, directory, cancellationToken) => (_create, _write) = (create, write);

    /// <summary>A file of another directory that was flushed before.</summary>
    public CommitItem(PreparedContent prepared, string to, string directory, CancellationToken cancellationToken)
        : this(prepared.Path, to, directory, cancellationToken) => Prepared = prepared;

    private CommitItem(string from, string to, string directory, CancellationToken cancellationToken)
    {
        From = from;
        To = to;
        Directory = directory;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The temporary file once it is being written, or was; null for a prepared file.</summary>
    public NewFile? File { get; private set; }

    /// <summary>The lowest of several: errors since that file was opened are errors since the first octet of any of them.</summary>
    public long Order { get; private set; }

    public PreparedContent? Prepared { get; }

    public string From { get; }

    public string To { get; }

    public string Directory { get; }

    /// <summary>How the naming ended; null before.</summary>
    public MoveResult? Result { get; set; }

    /// <summary>False once something went wrong with the file.</summary>
    public bool IsAlive => _failure is null;

    /// <summary>The new name leads to a file, by this attempt or an earlier one.</summary>
    public bool IsNamed => IsAlive && Result is MoveResult.Moved or MoveResult.Exists;

    public Task<MoveResult> Completion => _completion.Task;

    /// <summary>Creates and writes the temporary file.</summary>
    public ValueTask WriteAsync()
    {
        File = _create!();
        // Between opening and writing: a file of a lower order was open before this file's first octet was written.
        Order = Interlocked.Increment(ref _lastOrder);
        return _write!(File.Stream, _cancellationToken);
    }

    /// <summary>
    /// The last moment at which a cancellation can be honoured; then a file that was left to the batch is written. A writer that waits for
    /// something all the same is waited for.
    /// </summary>
    public void Begin()
    {
        if (_cancellationToken.IsCancellationRequested)
            Fail(new OperationCanceledException(_cancellationToken));
        if (!IsAlive || _create is null || File is not null)
            return;
        try
        {
            WriteAsync().AsTask().GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // Whatever its writer throws is the result of this item alone.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    public void Fail(Exception exception) => _failure ??= exception;

    /// <summary>Tells the waiter, who goes on at once, on this thread.</summary>
    public void Complete()
    {
        if (_failure is OperationCanceledException)
            _completion.SetCanceled(_cancellationToken);
        else if (_failure is not null)
            _completion.SetException(_failure);
        else
            _completion.SetResult(Result!.Value);
    }

    /// <summary>Closes the temporary file.</summary>
    public void Dispose() => File?.Dispose();
}
