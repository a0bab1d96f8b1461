namespace ForeignConnector.Lib.Routing;

/// <summary>A link between two sites, usable in both directions.</summary>
/// <param name="From">The name of one site.</param>
/// <param name="To">The name of the other.</param>
/// <param name="Cost"><see cref="MinCost"/> to <see cref="MaxCost"/>; the costs along a path add up (RT-3).</param>
public sealed record SiteLink(string From, string To, int Cost)
{
    /// <summary>The lowest cost of a link.</summary>
    public const int MinCost = 1;

    /// <summary>The highest cost of a link, the same as for IP site links of a directory service.</summary>
    public const int MaxCost = 99_999;
}
