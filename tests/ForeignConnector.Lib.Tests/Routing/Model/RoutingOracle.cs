using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Tests.Routing.Model;

/// <summary>
/// RT-1 to RT-7 word by word: slow, and short enough to be read beside the specification. Knows nothing of tables, parsers and paths.
/// </summary>
internal sealed class RoutingOracle(OrganizationModel organization, RecipientModel recipient, long messageSize)
{
    /// <summary>A connector and what became of it, with the rules in the order in which the reason names them.</summary>
    internal sealed record Verdict(
        ConnectorModel Connector, SpaceModel[] BestSpaces, RouteCandidateResult Result, string Rules, int? Cost, RouteHops? Hops, string? Server);

    /// <summary>RT-6: the winner, the others in the order of RT-2 and RT-3, then the dropped ones by name.</summary>
    public Verdict[] Explain()
    {
        var usable = organization.Connectors.Where(c => Drops(c).Length == 0).Select(c => (Connector: c, Rank: RankOf(c))).OrderBy(c => c.Rank, ByRank).ToArray();
        var ranked = usable.Select((c, i) => i == 0
            ? Describe(c.Connector, RouteCandidateResult.Winner, "")
            : Describe(c.Connector, RouteCandidateResult.Ranked, c.Rank.Specificity == usable[0].Rank.Specificity ? "RT-3" : "RT-2"));
        var dropped = organization.Connectors
            .Where(c => Drops(c).Length > 0)
            .OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase)
            .Select(c => Describe(c, Drops(c)[0].Result, string.Join(' ', Drops(c).Select(d => d.Rule))));
        return [.. ranked, .. dropped];
    }

    /// <summary>RT-4, for when no connector is left.</summary>
    public (RouteOutcome Outcome, EnhancedStatusCode? Status) WithoutConnector()
    {
        if (organization.Connectors.Any(c => Drops(c) is [(RouteCandidateResult.TooSmall, _)]))
            return (RouteOutcome.Failed, EnhancedStatusCode.MessageTooBig);
        return recipient.IsSmtp ? (RouteOutcome.Unreachable, null) : (RouteOutcome.Failed, EnhancedStatusCode.BadDestinationSystem);
    }

    /// <summary>RT-1 in its order; a size of 0 disables (DR-7), and a server that cannot be reached has no aggregate cost (RT-3).</summary>
    private (RouteCandidateResult Result, string Rule)[] Drops(ConnectorModel connector)
    {
        var drops = new List<(RouteCandidateResult, string)>();
        if (connector.MaxSize is > 0 && messageSize > connector.MaxSize)
            drops.Add((RouteCandidateResult.TooSmall, "RT-1"));
        if (!connector.Enabled)
            drops.Add((RouteCandidateResult.Disabled, "RT-1"));
        if (connector.MaxSize == 0)
            drops.Add((RouteCandidateResult.Disabled, "DR-7"));
        if (connector.Scoped && ServersOf(connector).All(s => SiteOf(s) != 'A'))
            drops.Add((RouteCandidateResult.OutOfScope, "RT-1"));
        if (Source(connector) is null)
            drops.Add((RouteCandidateResult.NoPath, "RT-3"));
        if (!connector.Spaces.Any(s => s.Matches(recipient)))
            drops.Add((RouteCandidateResult.NoMatch, "RT-1"));
        return [.. drops];
    }

    private ((int, int) Specificity, int Cost, RouteHops Hops, string Name) RankOf(ConnectorModel connector)
    {
        var best = BestSpaces(connector)[0];
        var (server, path) = Source(connector)!.Value;
        return (best.Specificity, best.Cost + path, Hops(server), connector.Name.ToUpperInvariant());
    }

    private static readonly Comparer<((int, int) Specificity, int Cost, RouteHops Hops, string Name)> ByRank = Comparer<((int, int) Specificity, int Cost, RouteHops Hops, string Name)>.Create(
        (a, b) => a.Specificity != b.Specificity ? b.Specificity.CompareTo(a.Specificity)
            : a.Cost != b.Cost ? a.Cost.CompareTo(b.Cost)
            : a.Hops != b.Hops ? a.Hops.CompareTo(b.Hops)
            : string.CompareOrdinal(a.Name, b.Name));

    /// <summary>The most specific of the matching spaces, of those the cheapest: any of them may stand for the connector.</summary>
    private SpaceModel[] BestSpaces(ConnectorModel connector) =>
    [
        .. connector.Spaces
            .Where(s => s.Matches(recipient))
            .GroupBy(s => (s.Specificity, -s.Cost))
            .OrderByDescending(g => g.Key)
            .FirstOrDefault() ?? Enumerable.Empty<SpaceModel>(),
    ];

    private static string[] ServersOf(ConnectorModel connector) => connector.Servers.Length == 0 ? [OrganizationModel.ThisServer] : connector.Servers;

    private static char SiteOf(string server) => server[0];

    private static RouteHops Hops(string server) =>
        server == OrganizationModel.ThisServer ? RouteHops.ThisServer : SiteOf(server) == 'A' ? RouteHops.SameSite : RouteHops.RemoteSite;

    /// <summary>RT-3, RT-7: the source server with the cheapest path, then the fewest hops, then the lowest name.</summary>
    private (string Server, int Path)? Source(ConnectorModel connector) =>
        ServersOf(connector)
            .Select(s => (Server: s, Path: CheapestPath('A', SiteOf(s), "")))
            .Where(s => s.Path is not null)
            .OrderBy(s => s.Path).ThenBy(s => Hops(s.Server)).ThenBy(s => s.Server, StringComparer.Ordinal)
            .Select(s => ((string, int)?)(s.Server, s.Path!.Value))
            .FirstOrDefault();

    /// <summary>Tries every way that visits no site twice.</summary>
    private int? CheapestPath(char from, char to, string visited) =>
        from == to ? 0 : organization.Links
            .SelectMany(l => new[] { l, (From: l.To, To: l.From, l.Cost) })
            .Where(l => l.From == from && !visited.Contains(l.To, StringComparison.Ordinal))
            .Min(l => l.Cost + CheapestPath(l.To, to, visited + from));

    private Verdict Describe(ConnectorModel connector, RouteCandidateResult result, string rules)
    {
        var spaces = BestSpaces(connector);
        var source = Source(connector);
        return new Verdict(
            connector, spaces, result, rules, spaces.Length == 0 ? null : spaces[0].Cost + source?.Path, source is null ? null : Hops(source.Value.Server), source?.Server);
    }
}
