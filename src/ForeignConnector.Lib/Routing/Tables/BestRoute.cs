namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>Keeps the winner among the matches: RT-1 by size, then RT-2, then RT-3.</summary>
internal struct BestRoute(long messageSize) : IMatchVisitor
{
    private int _specificity;

    /// <summary>The winner; null when there is none (yet).</summary>
    public SpaceEntry? Winner { get; private set; }

    /// <summary>True when a connector matched that would do for a smaller message (RT-4).</summary>
    public bool SawTooSmall { get; private set; }

    public void Visit(SpaceEntry first, int specificity)
    {
        for (var entry = first; entry is not null; entry = entry.Next)
        {
            if (entry.Connector.SizeLimit >= messageSize)
            {
                Consider(entry, specificity);
                return;
            }
            SawTooSmall |= entry.Connector.IsEligible;
        }
    }

    private void Consider(SpaceEntry entry, int specificity)
    {
        if (Winner is not null && (specificity < _specificity || (specificity == _specificity && entry.CompareTo(Winner) > 0)))
            return;
        Winner = entry;
        _specificity = specificity;
    }
}
