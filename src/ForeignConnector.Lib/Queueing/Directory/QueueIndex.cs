namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// The entries of the queue, in memory. An entry is known from its reservation until it is forgotten; it stands among the entries of its
/// connector while it can be leased. Thread-safe.
/// </summary>
internal sealed class QueueIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ConnectorIndex> _connectors = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<UInt128, IndexedEntry> _bySubmission = [];
    private readonly List<IndexedEntry> _held = [];
    private int _count;

    public QueueOverview Overview(QueueNow now)
    {
        lock (_gate)
            return new QueueOverview(
                _count, [.. _connectors.Where(pair => pair.Value.Count > 0).Select(pair => pair.Value.Backlog(pair.Key, now))]);
    }

    public IReadOnlyCollection<string> Connectors
    {
        get
        {
            lock (_gate)
                return [.. _connectors.Where(pair => pair.Value.Count > 0).Select(pair => pair.Key)];
        }
    }

    /// <summary>Notes an entry; false when it is known already. It cannot be taken before <see cref="Add"/>.</summary>
    public bool Reserve(IndexedEntry entry)
    {
        lock (_gate)
        {
            _bySubmission.TryGetValue(entry.Key, out var first);
            if (IsKnown(first, entry))
                return false;
            entry.Sibling = first;
            _bySubmission[entry.Key] = entry;
            _count++;
            return true;
        }
    }

    /// <summary>Forgets an entry that cannot be leased.</summary>
    public void Forget(IndexedEntry entry)
    {
        lock (_gate)
        {
            if (!_bySubmission.TryGetValue(entry.Key, out var first))
                return;
            if (first != entry && !Unlink(first, entry))
                return;
            if (first == entry && entry.Sibling is { } sibling)
                _bySubmission[entry.Key] = sibling;
            else if (first == entry)
                _bySubmission.Remove(entry.Key);
            _count--;
        }
    }

    /// <summary>Lets an entry be taken; <paramref name="change"/> may change when.</summary>
    public void Add(IndexedEntry entry, Action<IndexedEntry>? change = null)
    {
        lock (_gate)
        {
            change?.Invoke(entry);
            if (entry.IsHeld)
                _held.Add(entry);
            else
                Of(entry.Connector).Add(entry);
        }
    }

    /// <summary>Takes an entry out for work; false when somebody else has it.</summary>
    public bool Remove(IndexedEntry entry)
    {
        lock (_gate)
            return Of(entry.Connector).Remove(entry);
    }

    /// <summary>True when this process leases an entry of that name, or stores it.</summary>
    public bool IsInWork(string name)
    {
        var named = Named(name).ToArray();
        lock (_gate)
            return named.Any(entry => !entry.IsHeld && !Of(entry.Connector).Contains(entry));
    }

    /// <summary>Changes an entry that can be taken; false when somebody works on it, or it is held.</summary>
    public bool Change(IndexedEntry entry, Action<IndexedEntry> change)
    {
        lock (_gate)
        {
            var waiting = Of(entry.Connector);
            if (!waiting.Remove(entry))
                return false;
            change(entry);
            waiting.Add(entry);
            return true;
        }
    }

    /// <summary>The entries of a submission, those that are worked on included.</summary>
    public IReadOnlyList<IndexedEntry> OfSubmission(UInt128 key)
    {
        lock (_gate)
        {
            if (!_bySubmission.TryGetValue(key, out var entry))
                return [];
            var found = new List<IndexedEntry>();
            for (; entry is not null; entry = entry.Sibling)
                found.Add(entry);
            return found;
        }
    }

    /// <summary>The entries whose file has a name: as a rule one.</summary>
    public IEnumerable<IndexedEntry> Named(string name) =>
        QueueFileName.TryParse(name, out var id, out var mark) ? OfSubmission(id.Key).Where(
            entry => entry.Mark == mark && entry.Id == id) : [];

    /// <summary>Finds something among the entries of a connector that can be leased.</summary>
    public T? Look<T>(string connector, Func<ConnectorIndex, T?> find)
    {
        lock (_gate)
            return _connectors.TryGetValue(connector, out var waiting) ? find(waiting) : default;
    }

    /// <summary>See <see cref="IQueueStore.LimitDueAsync"/>.</summary>
    public void LimitDue(DateTimeOffset latest)
    {
        lock (_gate)
        {
            foreach (var each in _connectors.Values)
                each.LimitDue(latest);
        }
    }

    /// <summary>Puts held entries back, to be looked at again.</summary>
    public void ReleaseHeld()
    {
        lock (_gate)
        {
            foreach (var entry in _held)
            {
                entry.IsHeld = false;
                // It waited for somebody and is tried once more before it may be given up (ND-8).
                entry.IsTried = entry.Connector == DeliveryQueue.Unreachable;
                Of(entry.Connector).Add(entry);
            }
            _held.Clear();
        }
    }

    private static bool IsKnown(IndexedEntry? sibling, IndexedEntry entry)
    {
        for (; sibling is not null; sibling = sibling.Sibling)
        {
            // A hand-over that is repeated has the key of the first one, not its time. One file may be in the folders of two connectors: a
            // folder that was renamed or copied by hand.
            if (sibling.Mark == entry.Mark && sibling.Connector.Equals(entry.Connector, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool Unlink(IndexedEntry? sibling, IndexedEntry entry)
    {
        while (sibling is not null && sibling.Sibling != entry)
            sibling = sibling.Sibling;
        if (sibling is null)
            return false;
        sibling.Sibling = entry.Sibling;
        return true;
    }

    private ConnectorIndex Of(string connector)
    {
        if (!_connectors.TryGetValue(connector, out var waiting))
            _connectors[connector] = waiting = new ConnectorIndex();
        return waiting;
    }
}
