namespace ForeignConnector.Lib.Routing;

/// <summary>Finds everything that is wrong with a set of connectors, not just the first thing.</summary>
internal static class ConnectorValidator
{
    public static IEnumerable<RoutingProblem> Validate(IEnumerable<ConnectorDefinition> connectors, TransportTopology topology)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var connector in connectors)
        {
            if (string.IsNullOrWhiteSpace(connector.Name))
                yield return new RoutingProblem("Name", "a connector has no name; give it one");
            else if (!names.Add(connector.Name))
                yield return new RoutingProblem(connector.Name, "another connector has this name (case does not matter); rename one of them");
            if (connector.Spaces.IsEmpty)
                yield return new RoutingProblem($"{connector.Name}:AddressSpaces", "the connector has no address space; add one, such as 'FAX:*'");
            foreach (var problem in ValidateServers(connector, topology))
                yield return problem;
        }
    }

    private static IEnumerable<RoutingProblem> ValidateServers(ConnectorDefinition connector, TransportTopology topology)
    {
        for (var i = 0; i < connector.Servers.Length; i++)
        {
            var server = connector.Servers[i];
            if (string.IsNullOrWhiteSpace(server) || topology.Find(server) is null)
                yield return new RoutingProblem($"{connector.Name}:SourceTransportServers:{i}", $"the server '{server}' is in no site; add it to one of Sites");
        }
    }
}
