namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>How a Pickup or Replay directory is watched.</summary>
public sealed class WatchedDirectoryOptions
{
    /// <summary>How long to wait between two polls of the directory; changes that the file system reports are seen at once
    /// (PU-1).</summary>
    /// <value>Default 5 seconds, as Exchange.</value>
    public TimeSpan PollingInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a file must have been left alone before it is taken (PU-2): on systems without mandatory locks this keeps half-written
    /// files out. Programs that write under another name and rename need none.
    /// </summary>
    /// <value>Default 1 second; zero turns it off.</value>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Take back every <c>.tmp</c> that has been quiet for 10 seconds and that nobody has locked, as Exchange does at start (PU-14). Only
    /// for directories in which nobody composes under such a name.
    /// </summary>
    /// <value>Default false: only claims that this host has written down are taken back, everybody else's are told of once.</value>
    public bool RecoverForeignClaims { get; set; }

    /// <summary>The most messages taken from the directory in any 60 seconds (PU-3); null is unlimited.</summary>
    /// <value>Default 100, as Exchange; 1 to 20,000.</value>
    public int? MaxMessagesPerMinute { get; set; } = 100;
}
