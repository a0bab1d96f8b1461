namespace ForeignConnector.Lib.Storage;

/// <summary>One file on the way to its name: what a <see cref="CommitBatch"/> has to do for it, and what came of it.</summary>
internal sealed class CommitItem
{
    // A waiter must not run on the thread that does the next batch.
    private readonly TaskCompletionSource<MoveResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _cancellationToken;
    private Exception? _failure;

    /// <summary>A temporary file that is written but not flushed.</summary>
    /// <param name="file">Open; the batch closes it once the file has its name.</param>
    /// <param name="order">Of the opening, see <see cref="GroupCommit.NextOrder"/>.</param>
    /// <param name="from">Its name.</param>
    /// <param name="to">The name it shall have.</param>
    /// <param name="directory">The directory of both.</param>
    /// <param name="cancellationToken">Has no effect once the batch has begun.</param>
    public CommitItem(NewFile file, long order, string from, string to, string directory, CancellationToken cancellationToken)
        : this(from, to, directory, cancellationToken)
    {
        File = file;
        Order = order;
    }

    /// <summary>A file of another directory that was flushed before.</summary>
    public CommitItem(PreparedFile prepared, string to, string directory, CancellationToken cancellationToken)
        : this(prepared.Path, to, directory, cancellationToken) => Prepared = prepared;

    private CommitItem(string from, string to, string directory, CancellationToken cancellationToken)
    {
        From = from;
        To = to;
        Directory = directory;
        _cancellationToken = cancellationToken;
    }

    public NewFile? File { get; }

    public long Order { get; }

    public PreparedFile? Prepared { get; }

    public string From { get; }

    public string To { get; }

    public string Directory { get; }

    /// <summary>How the naming ended; null before.</summary>
    public MoveResult? Result { get; set; }

    /// <summary>False once something went wrong with it.</summary>
    public bool IsAlive => _failure is null;

    /// <summary>The new name leads to a file, by this attempt or an earlier one.</summary>
    public bool IsNamed => IsAlive && Result is MoveResult.Moved or MoveResult.Exists;

    public Task<MoveResult> Completion => _completion.Task;

    /// <summary>The last moment at which a cancellation can be honoured.</summary>
    public void Begin()
    {
        if (_cancellationToken.IsCancellationRequested)
            Fail(new OperationCanceledException(_cancellationToken));
    }

    public void Fail(Exception exception) => _failure ??= exception;

    /// <summary>Tells the waiter.</summary>
    public void Complete()
    {
        if (_failure is OperationCanceledException)
            _completion.SetCanceled(_cancellationToken);
        else if (_failure is not null)
            _completion.SetException(_failure);
        else
            _completion.SetResult(Result!.Value);
    }
}
