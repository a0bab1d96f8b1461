namespace ForeignConnector.Lib.Queueing;

/// <summary>When a deferred message is tried again. Thread-safe.</summary>
/// <remarks>
/// Each wait is the interval or up to 5 % less, so that what was deferred together does not come back together; never more than the interval.
/// </remarks>
/// <param name="options">The intervals; read at every question.</param>
/// <param name="random">Where in the 5 %; used under a lock.</param>
public sealed class RetrySchedule(QueueProcessorOptions options, Random random)
{
    private const double Jitter = 0.05;

    private readonly Lock _gate = new();

    /// <summary>The longest wait there is: what is due later than that from now was put off by a clock that was wrong.</summary>
    public TimeSpan Longest =>
        options.MessageRetryInterval > options.TransientFailureRetryInterval ? options.MessageRetryInterval : options.TransientFailureRetryInterval;

    /// <summary>How long to wait.</summary>
    /// <param name="attempts">How many attempts were made; 1 after the first.</param>
    public TimeSpan Wait(int attempts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        return Shorten(attempts <= options.TransientFailureRetryCount ? options.TransientFailureRetryInterval : options.MessageRetryInterval);
    }

    /// <summary>How long to wait with a connector that fails, or a disk that does.</summary>
    public TimeSpan WaitForOutage() => Shorten(options.TransientFailureRetryInterval);

    private TimeSpan Shorten(TimeSpan interval)
    {
        lock (_gate)
            return interval * (1 - (Jitter * random.NextDouble()));
    }
}
