using System.Collections.Immutable;

namespace ForeignConnector.Lib.Routing;

/// <summary>One thing that is wrong with a routing configuration.</summary>
/// <param name="Key">
/// Where, with <c>:</c> between levels and list items by number. For a topology relative to it, for example <c>SiteLinks:0:Cost</c>; for
/// connectors it begins with the connector's name, for example <c>Fax:SourceTransportServers:1</c>.
/// </param>
/// <param name="Message">What is wrong and what to do, as one sentence without a full stop.</param>
public sealed record RoutingProblem(string Key, string Message)
{
    /// <summary><c>Key: Message</c>.</summary>
    public override string ToString() => $"{Key}: {Message}";

    internal static void ThrowIfAny(IReadOnlyList<RoutingProblem> problems, string parameter)
    {
        if (problems.Count > 0)
            throw new ArgumentException(string.Join("; ", problems), parameter);
    }
}

/// <summary>Finds everything that is wrong with a set of connectors, not just the first thing.</summary>
internal static class ConnectorValidator
{
    public static IEnumerable<RoutingProblem> Validate(IEnumerable<ConnectorDefinition> connectors, TransportTopology topology)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (i, connector) in connectors.Index())
        {
            var key = string.IsNullOrWhiteSpace(connector.Name) ? $"{i}" : connector.Name;
            if (string.IsNullOrWhiteSpace(connector.Name))
                yield return new RoutingProblem($"{key}:Name", "the connector has no name; give it one");
            else if (!names.Add(connector.Name))
                yield return new RoutingProblem(key, "another connector has this name (case does not matter); rename one of them");
            if (connector.Spaces.IsEmpty)
                yield return new RoutingProblem($"{key}:AddressSpaces", "the connector has no address space; add one, such as 'FAX:*'");
            foreach (var problem in ValidateServers(key, connector.Servers, topology))
                yield return problem;
        }
    }

    private static IEnumerable<RoutingProblem> ValidateServers(string key, ImmutableArray<string> servers, TransportTopology topology)
    {
        foreach (var (i, server) in servers.Index())
        {
            if (string.IsNullOrWhiteSpace(server) || topology.Find(server) is null)
                yield return new RoutingProblem(
                    $"{key}:SourceTransportServers:{i}", $"the server '{server}' is in no site; add it to one of Sites");
        }
    }
}

/// <summary>Finds everything that is wrong with a topology, not just the first thing.</summary>
internal sealed class TopologyValidator(IReadOnlyCollection<TransportSite> sites, IReadOnlyCollection<SiteLink> links)
{
    private readonly List<RoutingProblem> _problems = [];
    private readonly HashSet<string> _siteNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _siteOfServer = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<RoutingProblem> Validate(string? serverName, string? siteName)
    {
        CheckSites();
        CheckThisServer(serverName, siteName);
        CheckLinks();
        return _problems;
    }

    private void CheckSites()
    {
        if (sites.Count > TransportTopology.MaxSites)
            Add("Sites", $"there are {sites.Count} sites, more than {TransportTopology.MaxSites}; merge some of them");
        foreach (var site in sites)
        {
            if (string.IsNullOrWhiteSpace(site.Name))
                Add("Sites", "a site has no name; give it one");
            else if (!_siteNames.Add(site.Name))
                Add($"Sites:{site.Name}", "the site is listed twice (case does not matter); make one entry of them");
            CheckServers(site);
        }
    }

    private void CheckServers(TransportSite site)
    {
        var servers = site.Members;
        for (var i = 0; i < servers.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(servers[i]))
                Add($"Sites:{site.Name}:{i}", "the server has no name; remove the entry");
            else if (!_siteOfServer.TryAdd(servers[i], site.Name))
                Add($"Sites:{site.Name}:{i}",
                    $"'{servers[i]}' is already in site '{_siteOfServer[servers[i]]}'; remove one of the entries");
        }
    }

    private void CheckThisServer(string? serverName, string? siteName)
    {
        if (string.IsNullOrWhiteSpace(serverName))
            Add("ServerName", "this server has no name; give it one");
        if (string.IsNullOrWhiteSpace(siteName))
            Add("SiteName", "this server's site is not given; name one of Sites");
        else if (!_siteNames.Contains(siteName))
            Add("SiteName", $"there is no site '{siteName}'; name one of Sites");
        else if (!string.IsNullOrWhiteSpace(serverName) && !IsIn(serverName, siteName))
            Add("ServerName", $"'{serverName}' is not one of the servers of site '{siteName}'; add it there");
    }

    private bool IsIn(string server, string site) =>
        _siteOfServer.TryGetValue(server, out var actual) && actual.Equals(site, StringComparison.OrdinalIgnoreCase);

    private void CheckLinks()
    {
        var i = 0;
        foreach (var link in links)
        {
            var key = $"SiteLinks:{i++}";
            CheckEnd($"{key}:From", link.From);
            CheckEnd($"{key}:To", link.To);
            if (string.Equals(link.From, link.To, StringComparison.OrdinalIgnoreCase))
                Add(key, $"the link leads from '{link.From}' to itself; remove it or name another site");
            if (link.Cost is < SiteLink.MinCost or > SiteLink.MaxCost)
                Add($"{key}:Cost",
                    $"the cost {link.Cost} is out of range; write a whole number from {SiteLink.MinCost} to {SiteLink.MaxCost}");
        }
    }

    private void CheckEnd(string key, string? site)
    {
        if (site is null || !_siteNames.Contains(site))
            Add(key, $"there is no site '{site}'; name one of Sites");
    }

    private void Add(string key, string message) => _problems.Add(new RoutingProblem(key, message));
}
