using ForeignConnector.Lib.Diagnostics;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// What the queue holds, in memory. An entry is known from its reservation until it is forgotten; it stands on its connector's shelf while it can be taken. Thread-safe.
/// </summary>
internal sealed class QueueIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, QueueShelf> _shelves = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<UInt128, QueuedEntry> _bySubmission = [];
    private readonly List<QueuedEntry> _held = [];
    private int _count;

    public int Count
    {
        get
        {
            lock (_gate)
                return _count;
        }
    }

    public IReadOnlyList<QueueLevel> Levels(QueueNow now)
    {
        lock (_gate)
            return [.. _shelves.Where(pair => pair.Value.Count > 0).Select(pair => pair.Value.Level(pair.Key, now))];
    }

    public IReadOnlyCollection<string> Connectors
    {
        get
        {
            lock (_gate)
                return [.. _shelves.Where(pair => pair.Value.Count > 0).Select(pair => pair.Key)];
        }
    }

    /// <summary>Notes an entry; false when it is known already. It cannot be taken before <see cref="Add"/>.</summary>
    public bool Reserve(QueuedEntry entry)
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

    /// <summary>Forgets an entry that is not on its shelf.</summary>
    public void Forget(QueuedEntry entry)
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
    public void Add(QueuedEntry entry, Action<QueuedEntry>? change = null)
    {
        lock (_gate)
        {
            change?.Invoke(entry);
            if (entry.IsHeld)
                _held.Add(entry);
            else
                Shelf(entry.Connector).Add(entry);
        }
    }

    /// <summary>Takes an entry out for work; false when somebody else has it.</summary>
    public bool Remove(QueuedEntry entry)
    {
        lock (_gate)
            return Shelf(entry.Connector).Remove(entry);
    }

    /// <summary>Changes an entry that can be taken; false when somebody works on it, or it is held.</summary>
    public bool Change(QueuedEntry entry, Action<QueuedEntry> change)
    {
        lock (_gate)
        {
            var shelf = Shelf(entry.Connector);
            if (!shelf.Remove(entry))
                return false;
            change(entry);
            shelf.Add(entry);
            return true;
        }
    }

    /// <summary>The entries of a submission, those that are worked on included.</summary>
    public IReadOnlyList<QueuedEntry> OfSubmission(UInt128 key)
    {
        lock (_gate)
        {
            if (!_bySubmission.TryGetValue(key, out var entry))
                return [];
            var found = new List<QueuedEntry>();
            for (; entry is not null; entry = entry.Sibling)
                found.Add(entry);
            return found;
        }
    }

    /// <summary>The entries whose file has a name: as a rule one.</summary>
    public IEnumerable<QueuedEntry> Named(string name) =>
        QueueEntryName.TryParse(name, out var id, out var mark) ? OfSubmission(id.Key).Where(entry => entry.Mark == mark && entry.Id == id) : [];

    /// <summary>Finds something on a connector's shelf.</summary>
    public T? Look<T>(string connector, Func<QueueShelf, T?> find)
    {
        lock (_gate)
            return _shelves.TryGetValue(connector, out var shelf) ? find(shelf) : default;
    }

    /// <summary>See <see cref="IDeliveryQueue.PullForward"/>.</summary>
    public void PullForward(DateTimeOffset latest)
    {
        lock (_gate)
        {
            foreach (var shelf in _shelves.Values)
                shelf.PullForward(latest);
        }
    }

    /// <summary>Puts back what is held, to be looked at again.</summary>
    public void ReleaseHeld()
    {
        lock (_gate)
        {
            foreach (var entry in _held)
            {
                entry.IsHeld = false;
                // It waited for somebody and is tried once more before it may be given up (ND-8).
                entry.IsTried = entry.Connector == IDeliveryQueue.Unreachable;
                Shelf(entry.Connector).Add(entry);
            }
            _held.Clear();
        }
    }

    private static bool IsKnown(QueuedEntry? sibling, QueuedEntry entry)
    {
        for (; sibling is not null; sibling = sibling.Sibling)
        {
            // A hand-over that is repeated has the key of the first one, not its time. One file may be in the folders of two connectors: a folder that was renamed or copied by hand.
            if (sibling.Mark == entry.Mark && sibling.Connector.Equals(entry.Connector, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool Unlink(QueuedEntry? sibling, QueuedEntry entry)
    {
        while (sibling is not null && sibling.Sibling != entry)
            sibling = sibling.Sibling;
        if (sibling is null)
            return false;
        sibling.Sibling = entry.Sibling;
        return true;
    }

    private QueueShelf Shelf(string connector)
    {
        if (!_shelves.TryGetValue(connector, out var shelf))
            _shelves[connector] = shelf = new QueueShelf();
        return shelf;
    }
}
