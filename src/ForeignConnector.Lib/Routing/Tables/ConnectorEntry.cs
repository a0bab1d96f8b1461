namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>A connector with everything that does not depend on the recipient worked out once.</summary>
internal sealed class ConnectorEntry
{
    public ConnectorEntry(ConnectorDefinition definition, TransportTopology topology)
    {
        Definition = definition;
        Source = topology.Nearest(definition.Servers);
        DeliveryServer = Source is { Hops: > 0 } source ? source.Name : null;
        IsDisabled = !definition.Enabled || definition.MaxMessageSize.Octets == 0;
        IsOutOfScope = definition.IsScopedConnector && Source is not { IsNear: true };
        SizeLimit = IsEligible ? definition.MaxMessageSize.Octets : -1;
    }

    public ConnectorDefinition Definition { get; }

    public string Name => Definition.Name;

    /// <summary>The source server that delivers; null when none can be reached.</summary>
    public SourceServer? Source { get; }

    /// <summary>The source server that delivers, null when it is this one (RT-7).</summary>
    public string? DeliveryServer { get; }

    public int PathCost => Source?.PathCost ?? 0;

    /// <summary>Not enabled, or with a size limit of 0 (RT-1, DR-7).</summary>
    public bool IsDisabled { get; }

    /// <summary>Scoped, and no source server is in this server's site (RT-1).</summary>
    public bool IsOutOfScope { get; }

    public bool IsEligible => !IsDisabled && !IsOutOfScope && Source is not null;

    /// <summary>Octets of the largest message; -1 when the connector takes none, so that one comparison applies all of RT-1 but the
    /// match.</summary>
    public long SizeLimit { get; }

    /// <summary>The place among all connectors by hops, then name: what decides between equal costs (RT-3).</summary>
    public int Order { get; private set; }

    /// <summary>Entries in the order of RT-3.</summary>
    public static ConnectorEntry[] Rank(IEnumerable<ConnectorDefinition> connectors, TransportTopology topology)
    {
        var entries = connectors
            .Select(c => new ConnectorEntry(c, topology))
            .OrderBy(e => e.Source?.Hops)
            .ThenBy(e => e.Name, StringComparer.OrdinalIgnoreCase)
            .ToArray();
        for (var i = 0; i < entries.Length; i++)
            entries[i].Order = i;
        return entries;
    }
}
