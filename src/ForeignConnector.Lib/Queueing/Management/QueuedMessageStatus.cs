namespace ForeignConnector.Lib.Queueing.Management;

/// <summary>What a queued message waits for.</summary>
public enum QueuedMessageStatus
{
    /// <summary>Its first attempt.</summary>
    Ready,

    /// <summary>Another attempt: some recipients were deferred.</summary>
    Retry,

    /// <summary>A connector that takes its recipients (RT-4).</summary>
    Unreachable,

    /// <summary>Its release by an administrator.</summary>
    Held,

    /// <summary>A decision: it failed, and nobody could be told. Set aside as <c>.bad</c>.</summary>
    Failed,

    /// <summary>A decision: the process died while it was worked on (ND-4). Set aside as <c>.poison</c>.</summary>
    Poison,
}
