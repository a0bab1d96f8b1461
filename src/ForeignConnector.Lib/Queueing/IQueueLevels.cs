using ForeignConnector.Lib.Diagnostics;

namespace ForeignConnector.Lib.Queueing;

/// <summary>A queue that can say what it holds without looking at every entry: metrics and health checks ask often. Thread-safe.</summary>
public interface IQueueLevels
{
    /// <summary>One level for each connector that has entries, <see cref="IDeliveryQueue.Unreachable"/> included.</summary>
    IReadOnlyList<QueueLevel> Levels { get; }
}
