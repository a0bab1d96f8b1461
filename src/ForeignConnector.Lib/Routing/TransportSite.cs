using System.Collections.Immutable;

namespace ForeignConnector.Lib.Routing;

/// <summary>A site and the transport servers in it. Names compare without case.</summary>
/// <param name="Name">Unique among the sites.</param>
/// <param name="Servers">Server names; a server is in one site only. May be empty.</param>
public sealed record TransportSite(string Name, ImmutableArray<string> Servers)
{
    /// <summary>The servers, also when the property was set to its default value.</summary>
    internal ImmutableArray<string> Members => Servers.IsDefault ? [] : Servers;
}
