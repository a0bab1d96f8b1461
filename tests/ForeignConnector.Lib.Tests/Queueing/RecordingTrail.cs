using System.Collections.Concurrent;
using ForeignConnector.Lib.Diagnostics;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>Remembers every event.</summary>
internal sealed class RecordingTrail : IMessageTrail
{
    private readonly ConcurrentQueue<TrackingEvent> _events = new();

    public IReadOnlyList<TrackingEvent> Events => [.. _events];

    public void Record(TrackingEvent happened) => _events.Enqueue(happened);
}
