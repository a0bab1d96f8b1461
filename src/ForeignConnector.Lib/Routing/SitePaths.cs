namespace ForeignConnector.Lib.Routing;

/// <summary>Cheapest paths over site links (RT-3).</summary>
internal static class SitePaths
{
    /// <summary>Dijkstra's algorithm: the cost from <paramref name="start"/> to every site that can be reached, itself (0) included.</summary>
    public static Dictionary<string, int> CheapestFrom(string start, IEnumerable<SiteLink> links)
    {
        var neighbours = links
            .SelectMany(l => new[] { l, l with { From = l.To, To = l.From } })
            .ToLookup(l => l.From, StringComparer.OrdinalIgnoreCase);
        var costs = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var frontier = new PriorityQueue<string, int>();
        frontier.Enqueue(start, 0);
        while (frontier.TryDequeue(out var site, out var cost))
        {
            if (!costs.TryAdd(site, cost))
                continue;
            foreach (var link in neighbours[site])
            {
                if (!costs.ContainsKey(link.To))
                    frontier.Enqueue(link.To, cost + link.Cost);
            }
        }
        return costs;
    }
}
