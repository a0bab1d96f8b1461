namespace ForeignConnector.Lib.Queueing;

/// <summary>Limits of a <see cref="DirectoryDeliveryQueue"/>.</summary>
public sealed class DirectoryQueueOptions
{
    /// <summary>How many processes may die while they work on an entry alone before it is set aside (ND-4).</summary>
    /// <value>Default 2; 1 to 10.</value>
    public int PoisonThreshold { get; set; } = 2;

    /// <summary>How long this process must have run before its death counts against the one entry it works on (ND-4).</summary>
    /// <value>Default 1 minute; 0 or more.</value>
    public TimeSpan SuspectDelay { get; set; } = TimeSpan.FromMinutes(1);
}
