namespace ForeignConnector.Lib.Intake;

/// <summary>How fast Pickup and Replay may take messages in.</summary>
public enum IntakePace
{
    /// <summary>As fast as they come.</summary>
    Open,

    /// <summary>A few at a time: something runs short.</summary>
    Slow,

    /// <summary>Not at all: files stay where they are until it changes.</summary>
    Closed,
}

/// <summary>Asked before files are claimed, so that intake stops in time when the place for messages runs out. Deliveries go on meanwhile. Thread-safe.</summary>
public interface IIntakeGate
{
    /// <summary>The pace now. Must be quick: it is asked for every batch of files.</summary>
    IntakePace Pace { get; }

    /// <summary>True when a message of this size fits: it leaves the reserve of the queue's volume alone (SE-5, BP-1). One that does not waits, unread. Must be quick.</summary>
    /// <param name="octets">The size.</param>
    bool HasRoomFor(long octets) => true;
}
