using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>Makes the topology of a configuration.</summary>
internal static class TopologyFactory
{
    /// <summary>Everything that is wrong with it; keys are relative to <c>Transport</c>.</summary>
    public static IReadOnlyList<RoutingProblem> Validate(TransportOptions options) =>
        TransportTopology.Validate(options.ServerName, options.SiteName, Sites(options), Links(options));

    public static TransportTopology Create(TransportOptions options) =>
        new(options.ServerName, options.SiteName, Sites(options), Links(options));

    /// <summary>The servers of all sites, also of a topology that is not valid.</summary>
    public static IReadOnlySet<string> Servers(TransportOptions options) =>
        Sites(options).SelectMany(site => site.Servers).ToHashSet(StringComparer.OrdinalIgnoreCase);

    // No sites means one site with this server.
    private static TransportSite[] Sites(TransportOptions options) => options.Sites.Count == 0
        ? [new TransportSite(options.SiteName, [options.ServerName])]
        : [.. options.Sites.Select(pair => new TransportSite(pair.Key, [.. pair.Value]))];

    private static SiteLink[] Links(TransportOptions options) =>
        [.. options.SiteLinks.Select(link => new SiteLink(link.From, link.To, link.Cost))];
}
