namespace ForeignConnector.Lib.Queueing;

/// <summary>Limits of a <see cref="DirectoryDeliveryQueue"/>.</summary>
public sealed class DirectoryQueueOptions
{
    /// <summary>How many processes in a row may die while they work on an entry before it is set aside (ND-4).</summary>
    /// <value>Default 2; 1 to 10.</value>
    public int PoisonThreshold { get; set; } = 2;
}
