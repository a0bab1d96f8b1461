using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>One file on the way to its name: what a <see cref="CommitBatch"/> has to do for it, and what came of it.</summary>
internal sealed class CommitItem
{
    private readonly TaskCompletionSource<MoveResult> _completion = new();
    private readonly CancellationToken _cancellationToken;
    private Exception? _failure;

    /// <summary>A temporary file that is not flushed.</summary>
    /// <param name="file">Open once it is written; the batch closes it when the file has its name.</param>
    /// <param name="from">Its name.</param>
    /// <param name="to">The name it shall have.</param>
    /// <param name="directory">The directory of both.</param>
    /// <param name="cancellationToken">Has no effect once the batch has begun.</param>
    public CommitItem(PendingFile file, string from, string to, string directory, CancellationToken cancellationToken)
        : this(from, to, directory, cancellationToken) => File = file;

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

    public PendingFile? File { get; }

    public PreparedContent? Prepared { get; }

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

    /// <summary>The last moment at which a cancellation can be honoured; then what was left to the batch is written.</summary>
    public void Begin()
    {
        if (_cancellationToken.IsCancellationRequested)
            Fail(new OperationCanceledException(_cancellationToken));
        if (!IsAlive || File is not { IsOpen: false })
            return;
        try
        {
            File.Write();
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
}
