namespace ForeignConnector.Lib.Transport.Health;

/// <summary>What a directory of the transport is for.</summary>
public enum TransportDirectoryKind
{
    /// <summary>Keeps accepted messages. Without it mail stops.</summary>
    Queue,

    /// <summary>Pickup or Replay. Without it mail from there stops.</summary>
    Intake,

    /// <summary>The Drop directory of a connector. Without it the connector's mail waits.</summary>
    Drop,
}

/// <summary>How one directory is.</summary>
public sealed record DirectoryHealth
{
    /// <summary>What it is called in texts: <c>queue</c>, <c>Pickup</c>, <c>Replay</c> or <c>drop of …</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its full path.</summary>
    public required string Path { get; init; }

    /// <summary>What it is for.</summary>
    public required TransportDirectoryKind Kind { get; init; }

    /// <summary>What is wrong, to follow the path in a sentence: <c>does not exist</c>, for example. Null when nothing is.</summary>
    public string? Trouble { get; init; }

    /// <summary>False when it is known to be on another volume than the queue: deliveries copy then instead of renaming.</summary>
    /// <value>Default true.</value>
    public bool IsOnVolumeOfQueue { get; init; } = true;
}

/// <summary>What has waited longest in one place.</summary>
public sealed record WaitingMail
{
    /// <summary>Where, as texts say it: <c>Pickup</c>, <c>Replay</c>, <c>drop of …</c> or <c>queue of …</c>.</summary>
    public required string Place { get; init; }

    /// <summary>What kind of place.</summary>
    public required TransportDirectoryKind Kind { get; init; }

    /// <summary>The oldest file, safe to be shown; null for the queue.</summary>
    public string? FileName { get; init; }

    /// <summary>How many messages wait; null for a directory, which is not counted.</summary>
    public int? Messages { get; init; }

    /// <summary>How long the oldest one has waited.</summary>
    public required TimeSpan OldestAge { get; init; }
}

/// <summary>Whether changes of one directory are reported.</summary>
public sealed record WatcherHealth
{
    /// <summary><c>Pickup</c> or <c>Replay</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The full path.</summary>
    public required string Path { get; init; }

    /// <summary>False where new files are found at the next poll only.</summary>
    public required bool IsReported { get; init; }
}
