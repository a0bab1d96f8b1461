using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>
/// What a host knows of the queue without asking: the least values come from the database whenever it is asked for something, and follow
/// what the host does itself meanwhile. Thread-safe.
/// </summary>
internal sealed class Backlogs
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Cell> _cells = new(StringComparer.Ordinal);
    private long _total;

    public long Total
    {
        get
        {
            lock (_gate)
                return _total;
        }
    }

    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_gate)
                return [.. _cells.Keys];
        }
    }

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
                return [.. _cells.Values.Where(cell => cell.Least.HasAny).Select(cell => cell.Connector)];
        }
    }

    public string NameOf(string key)
    {
        lock (_gate)
            return _cells.TryGetValue(key, out var cell) ? cell.Connector : key;
    }

    public QueueOverview ToOverview(Func<Age, DateTimeOffset> countsFrom)
    {
        lock (_gate)
        {
            return new QueueOverview(
                (int)Math.Clamp(_total, 0, int.MaxValue),
                [.. _cells.Values.Where(cell => cell.Least.HasAny).Select(cell => cell.ToBacklog(countsFrom))]);
        }
    }

    /// <summary>What to give to <see cref="Set"/> with an answer that is asked for now.</summary>
    public long VersionOf(string connector)
    {
        lock (_gate)
            return _cells.TryGetValue(connector, out var cell) ? cell.Version : 0;
    }

    /// <summary>Takes what the database says. True when something is due earlier than was known.</summary>
    public bool Set(string key, string? connector, Least least, long version)
    {
        lock (_gate)
        {
            if (!_cells.TryGetValue(key, out var cell))
            {
                if (!least.HasAny)
                    return false;
                _cells[key] = cell = new Cell { Connector = connector ?? key };
                version = 0;
            }
            var isEarlier = IsEarlier(least.Due, cell.Least.Due) || IsEarlier(least.SuspectDue, cell.Least.SuspectDue);
            // What the host did meanwhile may be missing in the answer.
            cell.Least = version == cell.Version ? least : cell.Least.With(least);
            cell.Count = cell.Least.HasAny ? Math.Max(cell.Count, 1) : 0;
            return isEarlier;
        }
    }

    public void SetCounts(IReadOnlyDictionary<string, (string Connector, long Count, long Total)> counts)
    {
        lock (_gate)
        {
            _total = counts.Values.Sum(count => count.Total);
            foreach (var (key, cell) in _cells)
                cell.Count = counts.TryGetValue(key, out var count) ? count.Count : 0;
            foreach (var key in _cells.Keys.Except(counts.Keys).ToArray())
                _cells.Remove(key);
        }
    }

    public void Added(string key, string connector, Least least)
    {
        lock (_gate)
        {
            _total++;
            Return(key, connector, least);
        }
    }

    /// <summary>An entry waits again.</summary>
    public void Returned(string key, string connector, Least least)
    {
        lock (_gate)
            Return(key, connector, least);
    }

    public void Leased(string key)
    {
        lock (_gate)
        {
            if (_cells.TryGetValue(key, out var cell))
                (cell.Count, cell.Version) = (Math.Max(0, cell.Count - 1), cell.Version + 1);
        }
    }

    /// <summary>An entry that was leased is no more, or is set aside.</summary>
    public void Ended()
    {
        lock (_gate)
            _total = Math.Max(0, _total - 1);
    }

    public void Limit(long latest)
    {
        lock (_gate)
        {
            foreach (var cell in _cells.Values)
            {
                cell.Least = cell.Least with
                {
                    Due = cell.Least.Due > latest ? latest : cell.Least.Due,
                    SuspectDue = cell.Least.SuspectDue > latest ? latest : cell.Least.SuspectDue,
                };
            }
        }
    }

    private static bool IsEarlier(long? a, long? b) => a is not null && (b is null || a < b);

    private void Return(string key, string connector, Least least)
    {
        if (!_cells.TryGetValue(key, out var cell))
            _cells[key] = cell = new Cell { Connector = connector };
        cell.Least = cell.Least.With(least);
        (cell.Count, cell.Version) = (cell.Count + 1, cell.Version + 1);
    }

    /// <summary>When an entry was accepted, by the clock of its host and by that of the database.</summary>
    internal readonly record struct Age(long Accepted, long AgedFrom);

    /// <summary>The least values of the entries of one connector that can be leased.</summary>
    internal sealed record Least
    {
        public long? Due { get; init; }

        public long? SuspectDue { get; init; }

        public Age? NotReported { get; init; }

        public Age? Reported { get; init; }

        public Age? TriedNotReported { get; init; }

        public Age? TriedReported { get; init; }

        public Age? Suspect { get; init; }

        public bool HasAny => Due is not null || SuspectDue is not null;

        public static Least Of(long due, Age age, bool isApart, bool isTried, bool isReported) => isApart
            ? new Least { SuspectDue = due, Suspect = age }
            : new Least
            {
                Due = due,
                NotReported = isReported ? null : age,
                Reported = isReported ? age : null,
                TriedNotReported = isTried && !isReported ? age : null,
                TriedReported = isTried && isReported ? age : null,
            };

        public Least With(Least other) => new()
        {
            Due = Min(Due, other.Due),
            SuspectDue = Min(SuspectDue, other.SuspectDue),
            NotReported = Older(NotReported, other.NotReported),
            Reported = Older(Reported, other.Reported),
            TriedNotReported = Older(TriedNotReported, other.TriedNotReported),
            TriedReported = Older(TriedReported, other.TriedReported),
            Suspect = Older(Suspect, other.Suspect),
        };

        public static Age? Older(Age? a, Age? b) => a is null || b?.Accepted < a.Value.Accepted ? b ?? a : a;

        private static long? Min(long? a, long? b) => a is null || b < a ? b ?? a : a;
    }

    private sealed class Cell
    {
        public required string Connector { get; init; }

        public Least Least { get; set; } = new();

        public long Count { get; set; }

        public long Version { get; set; }

        public ConnectorBacklog ToBacklog(Func<Age, DateTimeOffset> countsFrom)
        {
            return new ConnectorBacklog
            {
                Connector = Connector,
                Count = (int)Math.Clamp(Count, 1, int.MaxValue),
                NextDue = Time(Least.Due),
                NextSuspect = Time(Least.SuspectDue),
                Oldest = Counted(Least.Older(Least.NotReported, Least.Reported)),
                OldestTried = Counted(Least.Older(Least.TriedNotReported, Least.TriedReported)),
                OldestNotReported = Counted(Least.NotReported),
                OldestTriedNotReported = Counted(Least.TriedNotReported),
                OldestSuspect = Counted(Least.Suspect),
            };

            DateTimeOffset? Counted(Age? age) => age is { } known ? countsFrom(known) : null;

            static DateTimeOffset? Time(long? ticks) => ticks is { } known ? new DateTimeOffset(known, TimeSpan.Zero) : null;
        }
    }
}
