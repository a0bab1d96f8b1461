namespace ForeignConnector.Lib.Queueing.Management;

/// <summary>How an action on a queued message ended.</summary>
public enum QueueActionResult
{
    /// <summary>Done, and durable.</summary>
    Done,

    /// <summary>No message of that id is in the queue (any more).</summary>
    NotFound,

    /// <summary>It is being worked on at this moment; ask again.</summary>
    Busy,

    /// <summary>The action does not fit what the message waits for.</summary>
    NotApplicable,
}
