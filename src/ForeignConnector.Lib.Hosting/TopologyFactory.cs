using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Hosting;

/// <summary>Makes the topology of a configuration.</summary>
internal static class TopologyFactory
{
    public static IEnumerable<(string Key, string Message)> Validate(TransportOptions options) => [];

    public static TransportTopology Create(TransportOptions options) => TransportTopology.SingleServer(options.ServerName);
}
