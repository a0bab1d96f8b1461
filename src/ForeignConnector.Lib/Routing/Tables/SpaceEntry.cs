using System.Runtime.InteropServices;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>One address space of one connector, linked to the others with the same space: the unit of the tables.</summary>
internal sealed class SpaceEntry(ConnectorEntry connector, AddressSpace space) : IComparable<SpaceEntry>
{
    public ConnectorEntry Connector { get; } = connector;

    public AddressSpace Space { get; } = space;

    /// <summary>Address space and site path together (RT-3).</summary>
    public int Cost { get; } = space.Cost + connector.PathCost;

    /// <summary>The next best entry for the same space; null at the end.</summary>
    public SpaceEntry? Next { get; private set; }

    /// <summary>
    /// RT-3: cost, then hops and name. Connectors that can never be used come last. The text decides between two spaces of one connector,
    /// so that the order of configuration never does.
    /// </summary>
    public int CompareTo(SpaceEntry? other)
    {
        if (other is null)
            return -1;
        var order = other.Connector.IsEligible.CompareTo(Connector.IsEligible);
        if (order == 0)
            order = Cost.CompareTo(other.Cost);
        if (order == 0)
            order = Connector.Order.CompareTo(other.Connector.Order);
        return order != 0 ? order : string.CompareOrdinal(Space.Space, other.Space.Space);
    }

    /// <summary>Puts an entry in front of a chain, in no order.</summary>
    public static void Add(ref SpaceEntry? first, SpaceEntry entry)
    {
        entry.Next = first;
        first = entry;
    }

    /// <summary>Sorts every chain of a dictionary.</summary>
    public static void SortAll(Dictionary<string, SpaceEntry?> chains)
    {
        foreach (var key in chains.Keys)
            Sort(ref CollectionsMarshal.GetValueRefOrNullRef(chains, key));
    }

    /// <summary>Puts the entries of a chain into the order of <see cref="CompareTo"/>.</summary>
    public static void Sort(ref SpaceEntry? first)
    {
        if (first?.Next is null)
            return;
        var entries = new List<SpaceEntry>();
        for (var entry = first; entry is not null; entry = entry.Next)
            entries.Add(entry);
        entries.Sort();
        for (var i = 0; i < entries.Count; i++)
            entries[i].Next = i + 1 < entries.Count ? entries[i + 1] : null;
        first = entries[0];
    }
}

/// <summary>
/// Receives the matches a table finds for a recipient. Implemented by structs, so that a lookup allocates nothing.
/// </summary>
internal interface IMatchVisitor
{
    /// <summary>The space of this chain matches.</summary>
    /// <param name="first">The best entry of the chain; the others follow by <see cref="SpaceEntry.Next"/>.</param>
    /// <param name="specificity">How specific the match is (RT-2); higher wins.</param>
    void Visit(SpaceEntry first, int specificity);
}

/// <summary>Collects the address spaces of one type.</summary>
internal interface ISpaceTableBuilder
{
    /// <summary>Takes an entry whose space is of the builder's type.</summary>
    void Add(SpaceEntry entry);
}
