namespace ForeignConnector.Lib.Queueing;

/// <summary>Which entries count when the oldest ones are asked for.</summary>
[Flags]
public enum QueueAge
{
    /// <summary>All of them.</summary>
    All = 0,

    /// <summary>Only those whose sender has not been told of a delay yet.</summary>
    DelayNotReported = 1,

    /// <summary>Only those of which <see cref="QueueLease.IsTried"/> holds: what may be given up (ND-8).</summary>
    Tried = 2,

    /// <summary>Only those of which it does not hold.</summary>
    Untried = 4,
}
