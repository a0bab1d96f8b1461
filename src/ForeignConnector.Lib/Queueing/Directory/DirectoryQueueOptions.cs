namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>Limits of a <see cref="DirectoryQueueStore"/>.</summary>
public sealed class DirectoryQueueOptions
{
    /// <summary>How long this process must have run before its death counts against the one entry it works on (ND-4).</summary>
    /// <value>Default 1 minute; 0 or more.</value>
    public TimeSpan SuspectDelay { get; set; } = TimeSpan.FromMinutes(1);
}
