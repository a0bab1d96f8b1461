using System.Collections.Concurrent;
using System.IO.Abstractions;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Routing;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Hosting.Configuration;

/// <summary>Makes a <see cref="TransportSnapshot"/> of validated options.</summary>
internal sealed class SnapshotFactory(IFileSystem files, ILoggerFactory loggers, IServiceProvider services)
{
    // A connector of the application's own may hold connections: it is made once and outlives changes of the configuration.
    private readonly ConcurrentDictionary<string, IForeignConnector> _own = new(StringComparer.OrdinalIgnoreCase);

    public TransportSnapshot Create(ForeignConnectorOptions options)
    {
        var paths = new TransportPaths(options.Transport, files);
        var selector = new ConnectorSelector(options.Connectors.Select(pair => Definition(pair.Key, pair.Value)), TopologyFactory.Create(options.Transport));
        // A connector that is not in use, or not here, delivers nothing: its queued messages are routed again (RT-8).
        var connectors = options.Connectors
            .Where(pair => pair.Value.Enabled && pair.Value.MaxMessageSize.Octets > 0 && IsHere(pair.Value, options.Transport))
            .Select(pair => KeyValuePair.Create(pair.Key, Connector(pair.Key, pair.Value, paths, options.Transport)));
        return new TransportSnapshot(selector, connectors, options.Transport.AcceptedDomains)
        {
            DeliveryTimeouts = options.Connectors.ToDictionary(pair => pair.Key, pair => pair.Value.DeliveryTimeout, StringComparer.OrdinalIgnoreCase),
        };
    }

    private static bool IsHere(ConnectorOptions options, TransportOptions transport) =>
        options.SourceTransportServers.Count == 0 || options.SourceTransportServers.Contains(transport.ServerName, StringComparer.OrdinalIgnoreCase);

    private static ConnectorDefinition Definition(string name, ConnectorOptions options) => new()
    {
        Name = name,
        AddressSpaces = [.. options.AddressSpaces.Select(AddressSpace.Parse)],
        Enabled = options.Enabled,
        IsScopedConnector = options.IsScopedConnector,
        SourceTransportServers = [.. options.SourceTransportServers],
        MaxMessageSize = options.MaxMessageSize,
    };

    private IForeignConnector Connector(string name, ConnectorOptions options, TransportPaths paths, TransportOptions transport) =>
        options.Factory is { } factory
            ? _own.GetOrAdd(name, _ => factory(services))
            : new DropDirectoryConnector(
                new DropDirectoryOptions
                {
                    Name = name,
                    DropDirectory = paths.Drop(name, options)!,
                    CreateDropDirectory = options.CreateDropDirectory,
                    DropDirectoryQuota = options.DropDirectoryQuota,
                    MaxMessageSize = options.MaxMessageSize,
                    RelayDsnRequired = options.RelayDsnRequired,
                    Durability = options.Durability,
                    DropFileMode = options.DropFileMode,
                    CreatedBy = transport.CreatedBy,
                },
                files,
                loggers.CreateLogger<DropDirectoryConnector>());
}
