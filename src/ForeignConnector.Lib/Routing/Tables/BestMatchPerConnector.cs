namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>Keeps the best match of every connector, for explanations.</summary>
internal readonly struct BestMatchPerConnector(int connectors) : IMatchVisitor
{
    private readonly (SpaceEntry? Entry, int Specificity)[] _best = new (SpaceEntry?, int)[connectors];

    /// <summary>The connector's best matching space, or null, and how specific it is.</summary>
    public (SpaceEntry? Entry, int Specificity) this[ConnectorEntry connector] => _best[connector.Order];

    public void Visit(SpaceEntry first, int specificity)
    {
        for (var entry = first; entry is not null; entry = entry.Next)
        {
            ref var best = ref _best[entry.Connector.Order];
            if (best.Entry is null || specificity > best.Specificity
                || (specificity == best.Specificity && entry.CompareTo(best.Entry) < 0))
                best = (entry, specificity);
        }
    }
}
