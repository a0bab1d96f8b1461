namespace ForeignConnector.Lib.Routing;

/// <summary>A way from one site to another (RT-3). Compares by cost, then by the number of links.</summary>
/// <param name="Cost">The costs of its links added up.</param>
/// <param name="Links">How many links it takes.</param>
internal readonly record struct SitePath(int Cost, int Links) : IComparable<SitePath>
{
    public int CompareTo(SitePath other) => Cost != other.Cost ? Cost.CompareTo(other.Cost) : Links.CompareTo(other.Links);
}

/// <summary>Cheapest paths over site links (RT-3).</summary>
internal static class SitePaths
{
    /// <summary>
    /// Dijkstra's algorithm: the best path from <paramref name="start"/> to every site that can be reached, itself (no cost, no links)
    /// included. Of paths that are
    /// equally cheap the one with the fewest links.
    /// </summary>
    public static Dictionary<string, SitePath> CheapestFrom(string start, IEnumerable<SiteLink> links)
    {
        var neighbours = links
            .SelectMany(l => new[] { l, l with { From = l.To, To = l.From } })
            .ToLookup(l => l.From, StringComparer.OrdinalIgnoreCase);
        var paths = new Dictionary<string, SitePath>(StringComparer.OrdinalIgnoreCase);
        var frontier = new PriorityQueue<string, SitePath>();
        frontier.Enqueue(start, default);
        while (frontier.TryDequeue(out var site, out var path))
        {
            if (!paths.TryAdd(site, path))
                continue;
            foreach (var link in neighbours[site])
            {
                if (!paths.ContainsKey(link.To))
                    frontier.Enqueue(link.To, new SitePath(path.Cost + link.Cost, path.Links + 1));
            }
        }
        return paths;
    }
}
