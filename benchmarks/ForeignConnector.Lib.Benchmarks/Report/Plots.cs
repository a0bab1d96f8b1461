using ForeignConnector.Lib.Benchmarks.Drop;
using ForeignConnector.Lib.Benchmarks.Queueing;
using ForeignConnector.Lib.Benchmarks.Report.Charts;
using ForeignConnector.Lib.Benchmarks.Routing;
using ForeignConnector.Lib.Benchmarks.Serialization;

namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>Every chart of the report.</summary>
internal static class Plots
{
    private const double NanosecondsInSecond = 1e9;

    public static readonly Plot[] All =
    [
        new()
        {
            Type = typeof(SerializeOctets), File = "serialize-octets", Title = "A message in memory becomes a Drop file in memory",
            X = nameof(SerializeOctets.Octets), XAxis = new Axis("size of the message", Units.Size),
            Y = c => c.Number(nameof(SerializeOctets.Octets)) / c.Nanoseconds * NanosecondsInSecond, YAxis = new Axis("octets a second", Units.Count),
            Line = c => c.Title,
        },
        new()
        {
            Type = typeof(DropDurable), File = "drop-durable", Title = "Messages of 4 KB, safe on disk",
            X = nameof(DropDurable.Concurrent), XAxis = new Axis("deliveries at a time", Units.Count),
            Y = c => NanosecondsInSecond / c.Nanoseconds, YAxis = new Axis("messages a second", Units.Count),
            Line = c => c.Title,
        },
        new()
        {
            Type = typeof(QueueGrowth), File = "queue-growth", Title = "The queue, over the messages that wait in it",
            X = nameof(QueueGrowth.Messages), XAxis = new Axis("messages in the queue", Units.Count),
            Y = c => c.Nanoseconds, YAxis = new Axis("time of one operation", Units.Time),
            Line = c => c.Title,
        },
        new()
        {
            Type = typeof(RouteLookupBenchmarks), File = "route-lookup", Title = "One routing decision, over the number of address spaces",
            X = nameof(RouteLookupBenchmarks.Spaces), XAxis = new Axis("address spaces", Units.Count),
            Y = c => c.Nanoseconds, YAxis = new Axis("time of one lookup", Units.Time),
            Line = LookupLine,
        },
    ];

    // Each kind of domain for the library; for what stands beside it the kind that is the fastest there.
    private static string? LookupLine(CaseResult result)
    {
        var domain = result.Parameters[nameof(RouteLookupBenchmarks.Domain)];
        return result.Method switch
        {
            nameof(RouteLookupBenchmarks.Select) => $"Select, {domain.ToLowerInvariant()} domain",
            nameof(RouteLookupBenchmarks.SpacesOnly) => null,
            _ => domain == nameof(DomainKind.Exact) ? result.Title : null,
        };
    }
}
