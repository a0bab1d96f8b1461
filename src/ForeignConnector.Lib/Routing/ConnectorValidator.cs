using System.Collections.Immutable;

namespace ForeignConnector.Lib.Routing;

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
