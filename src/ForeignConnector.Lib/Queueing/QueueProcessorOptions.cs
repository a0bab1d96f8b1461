namespace ForeignConnector.Lib.Queueing;

/// <summary>When deferred recipients are tried again. Exchange's parameter names.</summary>
public sealed class QueueProcessorOptions
{
    /// <summary>How long to wait after a deferral.</summary>
    /// <value>Default 5 minutes; 1 second or more.</value>
    public TimeSpan TransientFailureRetryInterval { get; set; } = TimeSpan.FromMinutes(5);
}
