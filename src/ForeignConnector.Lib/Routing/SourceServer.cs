namespace ForeignConnector.Lib.Routing;

/// <summary>A transport server as seen from this one.</summary>
/// <param name="Name">As the topology spells it.</param>
/// <param name="Hops">0 for this server, 1 in its site, else 1 + the number of site links of the path; <see cref="NoPath"/> when there is
/// none.</param>
/// <param name="PathCost">The cost of the cheapest site path to it; null when there is none.</param>
internal sealed record SourceServer(string Name, int Hops, int? PathCost)
{
    /// <summary>The hops to a server that cannot be reached.</summary>
    public const int NoPath = int.MaxValue;

    /// <summary>True for a server in this server's site, itself included.</summary>
    public bool IsNear => Hops <= 1;

    /// <summary>Orders reachable servers: cheapest, then fewest hops, then by name (RT-3, RT-7).</summary>
    public static readonly IComparer<SourceServer?> Nearness = Comparer<SourceServer?>.Create(Compare);

    private static int Compare(SourceServer? left, SourceServer? right)
    {
        var byCost = Nullable.Compare(left?.PathCost, right?.PathCost);
        if (byCost != 0)
            return byCost;
        var byHops = Nullable.Compare(left?.Hops, right?.Hops);
        return byHops != 0 ? byHops : string.Compare(left?.Name, right?.Name, StringComparison.OrdinalIgnoreCase);
    }
}
