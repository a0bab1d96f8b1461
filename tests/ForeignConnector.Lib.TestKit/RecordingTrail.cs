using ForeignConnector.Lib.Diagnostics;

namespace ForeignConnector.Lib.TestKit;

/// <summary>Remembers every event.</summary>
public sealed class RecordingTrail : IMessageTrail
{
    private readonly List<TrackingEvent> _events = [];

    /// <summary>What happened, in order. The content of an event is not valid any more.</summary>
    public IReadOnlyList<TrackingEvent> Events
    {
        get
        {
            lock (_events)
                return [.. _events];
        }
    }

    /// <inheritdoc/>
    public void Record(TrackingEvent happened)
    {
        lock (_events)
            _events.Add(happened);
    }
}
