using System.Collections.Concurrent;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>
/// How long the recipients of each delivery agent waited from acceptance to outcome, over the last 30 minutes (DA-13). Deferrals do not
/// count. Thread-safe.
/// </summary>
internal sealed class DeliveryLatencies(TimeProvider time) : IMessageTrail
{
    private const int Minutes = 30;

    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.OrdinalIgnoreCase);

    public void Record(TrackingEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (happened is
            {
                Source: TrackingSource.Agent or TrackingSource.Smtp, Connector: { } connector, Age: { } age,
                Kind: TrackingEventKind.Send or TrackingEventKind.Relay or TrackingEventKind.Fail
            })
            _windows.GetOrAdd(connector, _ => new Window()).Add(Minute, age, happened.Outcomes.Length);
    }

    /// <summary>The latency that 99 of 100 recipients stayed below, for each connector that had an outcome.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Percentile99 => _windows
        .Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Percentile99(Minute)))
        .Where(pair => pair.Value > TimeSpan.Zero)
        .ToDictionary(StringComparer.OrdinalIgnoreCase);

    private long Minute => time.GetTimestamp() / (time.TimestampFrequency * 60);

    // A ring of minutes, each with counts of latencies in steps of 20 %.
    private sealed class Window
    {
        private const double Step = 1.2;
        private const double First = 0.01;
        private const int Steps = 96;

        private readonly Lock _gate = new();
        private readonly int[,] _counts = new int[Minutes, Steps];
        private long _latest = long.MinValue;

        public void Add(long minute, TimeSpan latency, int recipients)
        {
            lock (_gate)
            {
                Advance(minute);
                _counts[minute % Minutes, StepOf(latency)] += recipients;
            }
        }

        public TimeSpan Percentile99(long minute)
        {
            lock (_gate)
            {
                Advance(minute);
                var sums = Enumerable.Range(0, Steps)
                    .Select(step => Enumerable.Range(0, Minutes).Sum(each => (long)_counts[each, step])).ToArray();
                var (all, below) = (sums.Sum(), 0L);
                for (var step = 0; step < Steps && all > 0; step++)
                {
                    below += sums[step];
                    if (below * 100 >= all * 99)
                        return TimeSpan.FromSeconds(First * Math.Pow(Step, step));
                }
                return TimeSpan.Zero;
            }
        }

        private static int StepOf(TimeSpan latency) => latency.TotalSeconds <= First
            ? 0
            : Math.Min(Steps - 1, (int)Math.Ceiling(Math.Log(latency.TotalSeconds / First, Step)));

        // Minutes that nobody wrote to are empty.
        private void Advance(long minute)
        {
            for (var next = Math.Max(_latest + 1, minute - Minutes + 1); next <= minute; next++)
            {
                for (var step = 0; step < Steps; step++)
                    _counts[next % Minutes, step] = 0;
            }
            _latest = Math.Max(_latest, minute);
        }
    }
}
