namespace ForeignConnector.Lib.Queueing.Management;

/// <summary>
/// Looks into a queue and acts on single messages: for administrators. Works beside running transports, also from another process; they see
/// every change at once. Thread-safe.
/// </summary>
public interface IQueueManager
{
    /// <summary>The messages that a filter chooses, connector by connector, in the order of acceptance.</summary>
    /// <exception cref="IOException">The queue cannot be read.</exception>
    IAsyncEnumerable<QueuedMessage> ListAsync(QueueFilter filter, CancellationToken cancellationToken);

    /// <summary>One message; null when it is not there.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    ValueTask<QueuedMessage?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Keeps a message from being attempted, and from being given up, until it is released.</summary>
    ValueTask<QueueActionResult> HoldAsync(string id, CancellationToken cancellationToken);

    /// <summary>Lets a held message go on, and gives one that was set aside (failed, poison) a new start.</summary>
    ValueTask<QueueActionResult> ReleaseAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a waiting message due now. When its connector fails that one gets an attempt now, and if it goes through the others follow.
    /// </summary>
    ValueTask<QueueActionResult> RetryAsync(string id, CancellationToken cancellationToken);

    /// <summary>Takes a message out of the queue for good.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="report">True tells the sender that its remaining recipients will not get it, if NOTIFY allows that.</param>
    /// <param name="cancellationToken">Nothing is removed when it ends the call.</param>
    ValueTask<QueueActionResult> RemoveAsync(string id, bool report, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a message with its remaining recipients as a Replay file; the queue keeps it. Put into a Replay directory, the file is a new
    /// submission: remove the message first if it must not come twice.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="path">The file; nobody sees part of it. It must not exist.</param>
    /// <param name="cancellationToken">Nothing is written when it ends the call.</param>
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    ValueTask<QueueActionResult> ExportAsync(string id, string path, CancellationToken cancellationToken);
}

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
