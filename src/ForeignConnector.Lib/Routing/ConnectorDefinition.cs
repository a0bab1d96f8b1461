using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Routing;

/// <summary>What routing needs to know about a connector. Immutable.</summary>
public sealed record ConnectorDefinition
{
    /// <summary>The connector's name; unique without case.</summary>
    public required string Name { get; init; }

    /// <summary>The addresses the connector takes; at least one.</summary>
    public required ImmutableArray<AddressSpace> AddressSpaces { get; init; }

    /// <summary>False takes the connector out of routing (RT-1). Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>True when only servers in the site of one of its source servers may use the connector (RT-1). Default false.</summary>
    public bool IsScopedConnector { get; init; }

    /// <summary>The servers that can deliver through the connector (RT-7). Empty, the default, means this server.</summary>
    public ImmutableArray<string> SourceTransportServers { get; init; } = [];

    /// <summary>The largest message the connector takes; default unlimited. 0 disables the connector (DR-7).</summary>
    public ByteSize MaxMessageSize { get; init; } = ByteSize.Unlimited;

    /// <summary>The address spaces, also when the property was left at its default value.</summary>
    internal ImmutableArray<AddressSpace> Spaces => AddressSpaces.IsDefault ? [] : AddressSpaces;

    /// <summary>The source servers, also when the property was set to its default value.</summary>
    internal ImmutableArray<string> Servers => SourceTransportServers.IsDefault ? [] : SourceTransportServers;
}
