namespace ForeignConnector.Lib.Queueing;

/// <summary>Which entries count when the oldest ones are asked for.</summary>
public enum QueueAge
{
    /// <summary>All of them: what expires next.</summary>
    All,

    /// <summary>Those whose sender has not been told of a delay yet.</summary>
    DelayNotReported,
}
