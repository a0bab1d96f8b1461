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

    /// <summary>
    /// How long 99 of 100 recipients of a delivery agent may wait from acceptance to outcome, over the last 30 minutes (DA-13).
    /// </summary>
    /// <value>Default 90 seconds.</value>
    public TimeSpan DeliveryLatency99 { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a file may lie aside as badmail or poison before somebody should have looked at it.</summary>
    /// <value>Default 7 days.</value>
    public TimeSpan OldestSetAsideFile { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Call it degraded when the queue and a Drop directory are on different volumes: deliveries then copy where they could
    /// rename.</summary>
    /// <value>Default true.</value>
    public bool ExpectOneVolume { get; set; } = true;
}
