namespace ForeignConnector.Lib.Queueing;

/// <summary>When deferred recipients are tried again, and when they are given up. Exchange's parameter names.</summary>
public sealed class QueueProcessorOptions
{
    /// <summary>How long to wait after each of the first deferrals; also between two probes of a connector that fails.</summary>
    /// <value>Default 5 minutes; 1 second or more.</value>
    public TimeSpan TransientFailureRetryInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many retries wait for <see cref="TransientFailureRetryInterval"/>; those after them wait for <see cref="MessageRetryInterval"/>.</summary>
    /// <value>Default 6; 0 to 15.</value>
    public int TransientFailureRetryCount { get; set; } = 6;

    /// <summary>How long to wait after the later deferrals.</summary>
    /// <value>Default 15 minutes; 1 second to 1 day.</value>
    public TimeSpan MessageRetryInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long after its acceptance a message is given up: what waits then, whatever for, fails with 5.4.7 and is not tried again.</summary>
    /// <value>Default 2 days; 5 seconds to 90 days.</value>
    public TimeSpan MessageExpirationTimeout { get; set; } = TimeSpan.FromDays(2);

    /// <summary>How long after its acceptance the sender of a message that still waits is told so, once for each entry of the queue and where NOTIFY allows it; null is never.</summary>
    /// <value>Default 4 hours; 1 second to 30 days, or null.</value>
    public TimeSpan? DelayNotificationTimeout { get; set; } = TimeSpan.FromHours(4);
}
