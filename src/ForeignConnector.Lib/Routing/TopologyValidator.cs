namespace ForeignConnector.Lib.Routing;

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
