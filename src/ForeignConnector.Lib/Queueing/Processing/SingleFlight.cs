namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>Runs a piece of work in the background, one at a time. Thread-safe.</summary>
/// <param name="ended">Called each time it has ended, when it can be started again.</param>
internal sealed class SingleFlight(Action ended)
{
    private readonly Lock _gate = new();
    private bool _isRunning;

    /// <summary>Ends with the work that is under way, or was last.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts the work; false when it is running already.</summary>
    /// <param name="work">Must not throw, except for cancellation.</param>
    public bool TryStart(Func<Task> work)
    {
        lock (_gate)
        {
            if (_isRunning)
                return false;
            _isRunning = true;
            Completion = Task.Run(() => RunAsync(work));
            return true;
        }
    }

    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            // In this order: who is told must find that it can be started.
            lock (_gate)
                _isRunning = false;
            ended();
        }
    }
}
