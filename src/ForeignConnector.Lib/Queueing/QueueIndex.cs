namespace ForeignConnector.Lib.Queueing;

/// <summary>What is waiting, in memory: names, when they are due, and which submissions they belong to. Thread-safe.</summary>
internal sealed class QueueIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedSet<(DateTimeOffset Due, string Name)>> _waiting = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<(string Connector, UInt128 Key)> _known = [];

    public int Count
    {
        get
        {
            lock (_gate)
                return _known.Count;
        }
    }

    public IReadOnlyCollection<string> Connectors
    {
        get
        {
            lock (_gate)
                return [.. _waiting.Where(pair => pair.Value.Count > 0).Select(pair => pair.Key)];
        }
    }

    /// <summary>Notes a submission; false when it is there already.</summary>
    public bool Reserve(string connector, UInt128 key)
    {
        lock (_gate)
            return _known.Add((Fold(connector), key));
    }

    /// <summary>Forgets a submission.</summary>
    public void Forget(string connector, UInt128 key)
    {
        lock (_gate)
            _known.Remove((Fold(connector), key));
    }

    public void Add(string connector, string name, DateTimeOffset due)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(connector, out var set))
                _waiting[connector] = set = [];
            set.Add((due, name));
        }
    }

    /// <summary>Takes an entry out for work; false when somebody else has it.</summary>
    public bool Remove(string connector, (DateTimeOffset Due, string Name) entry)
    {
        lock (_gate)
            return _waiting.TryGetValue(connector, out var set) && set.Remove(entry);
    }

    public (DateTimeOffset Due, string Name)[] Due(string connector, DateTimeOffset dueBy)
    {
        lock (_gate)
            return _waiting.TryGetValue(connector, out var set) ? [.. set.TakeWhile(entry => entry.Due <= dueBy)] : [];
    }

    public DateTimeOffset? NextDue(string connector)
    {
        lock (_gate)
            return _waiting.TryGetValue(connector, out var set) && set.Count > 0 ? set.Min.Due : null;
    }

    private static string Fold(string connector) => connector.ToUpperInvariant();
}
