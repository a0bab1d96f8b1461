using System.Runtime.ExceptionServices;

namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>Adds up what one pass does, also while files are worked on in parallel, and knows when the last of them is done.
/// Thread-safe.</summary>
internal sealed class PassCounter
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PassResult _total;
    private ExceptionDispatchInfo? _failure;
    private int _running = 1;

    /// <summary>Files claimed so far; whoever claims adds to it.</summary>
    public int Claimed { get; set; }

    /// <summary>The sum so far.</summary>
    public PassResult Sum
    {
        get
        {
            lock (_gate)
                return _total;
        }
    }

    /// <summary>Counts something that happened at once.</summary>
    public void Add(PassResult result)
    {
        lock (_gate)
            _total += result;
    }

    /// <summary>Work on a claimed file begins.</summary>
    public void Begin() => Interlocked.Increment(ref _running);

    /// <summary>Work on a claimed file has ended.</summary>
    public void End(PassResult result, Exception? failure)
    {
        lock (_gate)
        {
            _total += result;
            if (failure is not null)
                _failure ??= ExceptionDispatchInfo.Capture(failure);
        }
        EndOne();
    }

    /// <summary>Waits for the last file. Called once, when no more work begins.</summary>
    public Task WhenDoneAsync()
    {
        EndOne();
        return _done.Task;
    }

    /// <summary>The sum; throws what ended the work on a file, cancellation for example.</summary>
    public PassResult Result()
    {
        _failure?.Throw();
        return _total;
    }

    private void EndOne()
    {
        if (Interlocked.Decrement(ref _running) == 0)
            _done.SetResult();
    }
}
