using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Tests.Routing.Model;

/// <summary>
/// RT-1 to RT-7 word by word: slow, and short enough to be read beside the specification. Knows nothing of tables, parsers and paths.
/// </summary>
internal sealed class RoutingOracle
{
    private readonly OrganizationModel _organization;
    private readonly Dictionary<string, (string Server, int Path)?> _sources;

    public RoutingOracle(OrganizationModel organization)
    {
        _organization = organization;
        _sources = organization.Connectors.ToDictionary(c => c.Name, Source);
    }

    /// <summary>A connector and what became of it, with the rules in the order in which the reason names them.</summary>
    internal sealed record Verdict(
        ConnectorModel Connector, SpaceModel[] BestSpaces, RouteCandidateResult Result, string Rules, int? Cost, int? Hops, string? Server);

    /// <summary>What RT-1 has against a connector, and its best spaces if any match.</summary>
    private sealed record Look(ConnectorModel Connector, (RouteCandidateResult Result, string Rule)[] Drops, SpaceModel[] Spaces);

    /// <summary>RT-6: the winner, the others in the order of RT-2 and RT-3, then the dropped ones by name.</summary>
    public Verdict[] Explain(RecipientModel recipient, long messageSize)
    {
        var looks = LookAtAll(recipient, messageSize);
        var usable = looks.Where(c => c.Drops.Length == 0).Select(c => (Look: c, Rank: RankOf(c))).OrderBy(c => c.Rank, ByRank).ToArray();
        var ranked = usable.Select((c, i) => i == 0
            ? Describe(c.Look, RouteCandidateResult.Winner, "")
            : Describe(c.Look, RouteCandidateResult.Ranked, c.Rank.Specificity == usable[0].Rank.Specificity ? "RT-3" : "RT-2"));
        var dropped = looks
            .Where(c => c.Drops.Length > 0)
            .OrderBy(c => c.Connector.Name, StringComparer.OrdinalIgnoreCase)
            .Select(c => Describe(c, c.Drops[0].Result, string.Join(' ', c.Drops.Select(d => d.Rule))));
        return [.. ranked, .. dropped];
    }

    /// <summary>RT-4, for when no connector is left.</summary>
    public (RouteOutcome Outcome, EnhancedStatusCode? Status) WithoutConnector(RecipientModel recipient, long messageSize)
    {
        if (LookAtAll(recipient, messageSize).Any(c => c.Drops is [(RouteCandidateResult.TooSmall, _)]))
            return (RouteOutcome.Failed, EnhancedStatusCode.MessageTooBig);
        return recipient.IsSmtp ? (RouteOutcome.Unreachable, null) : (RouteOutcome.Failed, EnhancedStatusCode.BadDestinationSystem);
    }

    private Look[] LookAtAll(RecipientModel recipient, long messageSize) => [.. _organization.Connectors.Select(connector =>
    {
        var spaces = BestSpaces(connector, recipient);
        return new Look(connector, Drops(connector, messageSize, spaces), spaces);
    })];

    /// <summary>RT-1 in its order; a size of 0 disables (DR-7), and a server that cannot be reached has no aggregate cost (RT-3).</summary>
    private (RouteCandidateResult Result, string Rule)[] Drops(ConnectorModel connector, long messageSize, SpaceModel[] matching)
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
        if (_sources[connector.Name] is null)
            drops.Add((RouteCandidateResult.NoPath, "RT-3"));
        if (matching.Length == 0)
            drops.Add((RouteCandidateResult.NoMatch, "RT-1"));
        return [.. drops];
    }

    private ((int, int) Specificity, int Cost, int Hops, string Name) RankOf(Look look)
    {
        var best = look.Spaces[0];
        var (server, path) = _sources[look.Connector.Name]!.Value;
        return (best.Specificity, best.Cost + path, Hops(server), look.Connector.Name.ToUpperInvariant());
    }

    private static readonly Comparer<((int, int) Specificity, int Cost, int Hops, string Name)> ByRank = Comparer<((int, int) Specificity, int Cost, int Hops, string Name)>.Create(
        (a, b) => a.Specificity != b.Specificity ? b.Specificity.CompareTo(a.Specificity)
            : a.Cost != b.Cost ? a.Cost.CompareTo(b.Cost)
            : a.Hops != b.Hops ? a.Hops.CompareTo(b.Hops)
            : string.CompareOrdinal(a.Name, b.Name));

    /// <summary>The most specific of the matching spaces, of those the cheapest: any of them may stand for the connector.</summary>
    private static SpaceModel[] BestSpaces(ConnectorModel connector, RecipientModel recipient) =>
    [
        .. connector.Spaces
            .Where(s => s.Matches(recipient))
            .GroupBy(s => (s.Specificity, -s.Cost))
            .OrderByDescending(g => g.Key)
            .FirstOrDefault() ?? Enumerable.Empty<SpaceModel>(),
    ];

    private static string[] ServersOf(ConnectorModel connector) => connector.Servers.Length == 0 ? [OrganizationModel.ThisServer] : connector.Servers;

    private static char SiteOf(string server) => server[0];

    private int Hops(string server) =>
        server == OrganizationModel.ThisServer ? 0 : 1 + BestPath('A', SiteOf(server), "")!.Value.Links;

    /// <summary>RT-3, RT-7: the source server with the cheapest path, then the fewest hops, then the lowest name.</summary>
    private (string Server, int Path)? Source(ConnectorModel connector) =>
        ServersOf(connector)
            .Select(s => (Server: s, Path: BestPath('A', SiteOf(s), "")?.Cost))
            .Where(s => s.Path is not null)
            .OrderBy(s => s.Path).ThenBy(s => Hops(s.Server)).ThenBy(s => s.Server, StringComparer.Ordinal)
            .Select(s => ((string, int)?)(s.Server, s.Path!.Value))
            .FirstOrDefault();

    /// <summary>Tries every way that visits no site twice: the cheapest, and of those that are equally cheap the shortest.</summary>
    private (int Cost, int Links)? BestPath(char from, char to, string visited) =>
        from == to ? (0, 0) : _organization.Links
            .SelectMany(l => new[] { l, (From: l.To, To: l.From, l.Cost) })
            .Where(l => l.From == from && !visited.Contains(l.To, StringComparison.Ordinal))
            .Select(l => BestPath(l.To, to, visited + from) is var (cost, links) ? ((int, int)?)(l.Cost + cost, 1 + links) : null)
            .Where(path => path is not null)
            .Min();

    private Verdict Describe(Look look, RouteCandidateResult result, string rules)
    {
        var source = _sources[look.Connector.Name];
        return new Verdict(
            look.Connector, look.Spaces, result, rules, look.Spaces.Length == 0 ? null : look.Spaces[0].Cost + source?.Path, source is null ? null : Hops(source.Value.Server), source?.Server);
    }
}
