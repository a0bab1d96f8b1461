namespace ForeignConnector.Lib.Hosting;

/// <summary>When the health checks call something too old or too slow.</summary>
public sealed class ForeignConnectorHealthOptions
{
    /// <summary>How long a file may wait in Pickup or Replay.</summary>
    /// <value>Default 15 minutes.</value>
    public TimeSpan OldestIntakeFile { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a file may wait in a Drop directory for its gateway.</summary>
    /// <value>Default 1 hour.</value>
    public TimeSpan OldestDropFile { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a message may wait in the queue.</summary>
    /// <value>Default 1 hour.</value>
    public TimeSpan OldestQueueEntry { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How soon the file system must report a change in Pickup or Replay.</summary>
    /// <value>Default 2 seconds.</value>
    public TimeSpan WatcherTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Call it degraded when the queue and a Drop directory are on different volumes: deliveries then copy where they could rename.</summary>
    /// <value>Default true.</value>
    public bool ExpectOneVolume { get; set; } = true;
}
