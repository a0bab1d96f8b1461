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

/// <summary>Asked before files are claimed, so that intake stops in time when the place for messages runs out. Deliveries go on meanwhile.
/// Thread-safe.</summary>
public interface IIntakeGate
{
    /// <summary>The pace now. Must be quick and must not wait for a disk: it is asked for every batch of files.</summary>
    IntakePace Pace { get; }

    /// <summary>Whether a message of this size fits the volume of the queue and leaves its reserve free (SE-5). Must be quick: it is asked
    /// for every file.</summary>
    /// <param name="octets">The size of the file, in octets.</param>
    /// <returns>False when the file has to wait, unread. True by default.</returns>
    bool HasRoomFor(long octets) => true;
}
