namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>
/// When a deferred message is tried again (RY-1): one schedule for what the connector fails of, another for what the message or its
/// recipient is deferred for. Thread-safe.
/// </summary>
/// <remarks>
/// Each wait is the interval or up to 5 % less, so that what was deferred together does not come back together; never more than the
/// interval.
/// </remarks>
/// <param name="options">The intervals; read at every question.</param>
/// <param name="random">Where in the 5 %; used under a lock.</param>
/// <param name="time">Tells how long ago somebody asked for a longer wait.</param>
public sealed class RetrySchedule(QueueProcessorOptions options, Random random, TimeProvider time)
{
    /// <summary>The longest wait that a connector may ask for: a day.</summary>
    internal static readonly TimeSpan LongestAsked = TimeSpan.FromDays(1);

    private const double Jitter = 0.05;

    private readonly Lock _gate = new();
    private TimeSpan _asked;
    private long _askedAt;

    /// <summary>The longest wait there is: what is due later than that from now was put off by a clock that was wrong.</summary>
    public TimeSpan Longest => new[]
    {
        options.QueueGlitchRetryInterval, options.TransientFailureRetryInterval, options.OutboundConnectionFailureRetryInterval,
        options.MessageRetryInterval, Asked,
    }.Max();

    /// <summary>A connector asks for a wait. Counts as one that there is until it is over.</summary>
    /// <returns>The wait, or <see cref="LongestAsked"/> when it is longer.</returns>
    internal TimeSpan Ask(TimeSpan wait)
    {
        var granted = wait < LongestAsked ? wait : LongestAsked;
        lock (_gate)
        {
            if (granted > Left)
                (_asked, _askedAt) = (granted, time.GetTimestamp());
        }
        return granted;
    }

    /// <summary>How long to wait for a connector that fails.</summary>
    /// <param name="failures">How many times in a row it failed; 1 after the first.</param>
    public TimeSpan WaitForConnector(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        return Shorten(IntervalFor(failures));
    }

    /// <summary>The least that <see cref="WaitForConnector"/> says.</summary>
    internal TimeSpan LeastForConnector(int failures) => IntervalFor(failures) * (1 - Jitter);

    /// <summary>How long a message waits that is deferred for its own sake, or its recipient's.</summary>
    public TimeSpan WaitForMessage() => Shorten(options.MessageRetryInterval);

    /// <summary>How long to wait with a disk or a report that fails.</summary>
    public TimeSpan WaitForOutage() => Shorten(options.TransientFailureRetryInterval);

    private TimeSpan Asked
    {
        get
        {
            lock (_gate)
                return Left;
        }
    }

    private TimeSpan Left => _asked - (_asked > TimeSpan.Zero ? time.GetElapsedTime(_askedAt) : TimeSpan.Zero);

    private TimeSpan IntervalFor(int failures) =>
        failures <= options.QueueGlitchRetryCount ? options.QueueGlitchRetryInterval
        : failures - options.QueueGlitchRetryCount <= options.TransientFailureRetryCount ? options.TransientFailureRetryInterval
        : options.OutboundConnectionFailureRetryInterval;

    private TimeSpan Shorten(TimeSpan interval)
    {
        lock (_gate)
            return interval * (1 - (Jitter * random.NextDouble()));
    }
}
