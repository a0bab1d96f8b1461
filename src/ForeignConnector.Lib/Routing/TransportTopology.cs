using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ForeignConnector.Lib.Routing;

/// <summary>
/// The servers of an organisation as seen from one of them: which site each is in, and what the cheapest path to it costs (RT-3).
/// Immutable. Server and site names compare without case.
/// </summary>
public sealed class TransportTopology
{
    /// <summary>The name of the only site of <see cref="SingleServer"/>.</summary>
    public const string DefaultSiteName = "Default";

    /// <summary>The largest number of sites; with it the cost of every path fits an <see cref="int"/>.</summary>
    public const int MaxSites = 10_000;

    private readonly FrozenDictionary<string, SourceServer> _servers;

    /// <summary>Computes the paths from this server's site to every other.</summary>
    /// <param name="serverName">This server; must be in <paramref name="siteName"/>.</param>
    /// <param name="siteName">This server's site; must be one of <paramref name="sites"/>.</param>
    /// <param name="sites">Every site.</param>
    /// <param name="siteLinks">The links between them. Two sites may have several; a path takes the cheapest. A site without one is
    /// unreachable.</param>
    /// <exception cref="ArgumentException">Something is wrong; the message lists everything that <see cref="Validate"/> finds.</exception>
    public TransportTopology(string serverName, string siteName, IEnumerable<TransportSite> sites, IEnumerable<SiteLink> siteLinks)
    {
        Sites = [.. sites];
        SiteLinks = [.. siteLinks];
        RoutingProblem.ThrowIfAny(Validate(serverName, siteName, Sites, SiteLinks), nameof(sites));
        ServerName = serverName;
        SiteName = siteName;
        var paths = SitePaths.CheapestFrom(siteName, SiteLinks);
        _servers = Sites
            .SelectMany(site => site.Members.Select(server => Locate(server, site.Name, paths)))
            .ToFrozenDictionary(s => s.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>This server.</summary>
    public string ServerName { get; }

    /// <summary>The site of this server.</summary>
    public string SiteName { get; }

    /// <summary>Every site, in the order given.</summary>
    public ImmutableArray<TransportSite> Sites { get; }

    /// <summary>Every link, in the order given.</summary>
    public ImmutableArray<SiteLink> SiteLinks { get; }

    /// <summary>One site with one server: what an absent configuration means.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static TransportTopology SingleServer(string serverName) =>
        new(serverName, DefaultSiteName, [new TransportSite(DefaultSiteName, [serverName])], []);

    /// <summary>
    /// Everything that is wrong with a topology; empty when it can be built. Keys are those of the parameters as they are called in a
    /// configuration: <c>ServerName</c>, <c>SiteName</c>, <c>Sites:Berlin:0</c>, <c>SiteLinks:0:To</c>.
    /// </summary>
    public static IReadOnlyList<RoutingProblem> Validate(
        string? serverName, string? siteName, IReadOnlyCollection<TransportSite> sites, IReadOnlyCollection<SiteLink> siteLinks) =>
        new TopologyValidator(sites, siteLinks).Validate(serverName, siteName);

    /// <summary>True when the server is in one of the sites.</summary>
    public bool Contains(string server) => Find(server) is not null;

    /// <summary>What the cheapest path to a server costs: 0 within this server's site; null when there is no path or no such
    /// server.</summary>
    public int? PathCost(string server) => Find(server)?.PathCost;

    internal SourceServer? Find(string server) => _servers.GetValueOrDefault(server);

    /// <summary>
    /// Of several source servers the one that delivers: this server (RT-7), else the one with the cheapest path, then the fewest hops, then
    /// the name. Null when none can be reached. No servers at all means this server.
    /// </summary>
    internal SourceServer? Nearest(ImmutableArray<string> servers)
    {
        var candidates = servers.IsEmpty ? [ServerName] : servers;
        return candidates.Select(Find).Where(s => s?.PathCost is not null).Min(SourceServer.Nearness);
    }

    private SourceServer Locate(string server, string site, Dictionary<string, SitePath> paths)
    {
        if (!paths.TryGetValue(site, out var path))
            return new SourceServer(server, SourceServer.NoPath, PathCost: null);
        return new SourceServer(server, server.Equals(ServerName, StringComparison.OrdinalIgnoreCase) ? 0 : 1 + path.Links, path.Cost);
    }
}

/// <summary>A site and the transport servers in it. Names compare without case.</summary>
/// <param name="Name">Unique among the sites.</param>
/// <param name="Servers">Server names; a server is in one site only. May be empty.</param>
public sealed record TransportSite(string Name, ImmutableArray<string> Servers)
{
    /// <summary>The servers, also when the property was set to its default value.</summary>
    internal ImmutableArray<string> Members => Servers.IsDefault ? [] : Servers;
}

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
