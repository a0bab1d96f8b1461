namespace ForeignConnector.Lib.Queueing;

/// <summary>Limits of a <see cref="DeliveryQueue"/>.</summary>
public sealed class DeliveryQueueOptions
{
    /// <summary>How many processes may die while they work on an entry alone before it is set aside (ND-4).</summary>
    /// <value>Default 2; 1 to 10.</value>
    public int PoisonThreshold { get; set; } = 2;
}
