namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>When deferred recipients are tried again, and when they are given up. Exchange's parameter names.</summary>
public sealed class QueueProcessorOptions
{
    /// <summary>How many retries after a failure of a connector wait for <see cref="QueueGlitchRetryInterval"/> (RY-1).</summary>
    /// <value>Default 4; 0 to 15.</value>
    public int QueueGlitchRetryCount { get; set; } = 4;

    /// <summary>How long the first retries after a failure of a connector wait.</summary>
    /// <value>Default 1 minute; 1 second to 1 day.</value>
    public TimeSpan QueueGlitchRetryInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many of the retries after those wait for <see cref="TransientFailureRetryInterval"/>.</summary>
    /// <value>Default 6; 0 to 15.</value>
    public int TransientFailureRetryCount { get; set; } = 6;

    /// <summary>
    /// How long the next retries after a failure of a connector wait; also reports that cannot be made, and messages whose outcome cannot
    /// be written down.
    /// </summary>
    /// <value>Default 5 minutes; 1 second to 1 day.</value>
    public TimeSpan TransientFailureRetryInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long all later retries after a failure of a connector wait.</summary>
    /// <value>Default 10 minutes; 1 second to 1 day.</value>
    public TimeSpan OutboundConnectionFailureRetryInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a message waits that was deferred for its own sake or its recipient's.</summary>
    /// <value>Default 5 minutes; 1 second to 1 day.</value>
    public TimeSpan MessageRetryInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long after its acceptance a message is given up: what waits then, whatever for, fails with 5.4.7. What was not tried since the
    /// process began is tried once before (ND-8).
    /// </summary>
    /// <value>Default 2 days; 5 seconds to 90 days.</value>
    public TimeSpan MessageExpirationTimeout { get; set; } = TimeSpan.FromDays(2);

    /// <summary>
    /// How long after its acceptance the sender of a message that still waits is told so, once for each entry of the queue and where NOTIFY
    /// allows it; null is never.
    /// </summary>
    /// <value>Default 4 hours; 1 second to 30 days, or null.</value>
    public TimeSpan? DelayNotificationTimeout { get; set; } = TimeSpan.FromHours(4);

    /// <summary>
    /// How long a connector may have no success, by the time that the process has seen, until what waits for it is routed again; and then
    /// each time as long again (RT-8). What still matches it stays.
    /// </summary>
    /// <value>Default 12 hours; 1 minute to 30 days.</value>
    public TimeSpan MaxIdleTimeBeforeResubmit { get; set; } = TimeSpan.FromHours(12);
}
