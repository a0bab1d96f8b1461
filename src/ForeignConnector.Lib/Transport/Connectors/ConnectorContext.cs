using System.IO.Abstractions;
using ForeignConnector.Lib.Delivery.Agents;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Transport.Connectors;

/// <summary>What a connector of a <see cref="ConnectorType"/> is made with, besides its settings.</summary>
public sealed class ConnectorContext
{
    /// <summary>The name of the connector in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>This server, as others call it.</summary>
    public required string ServerName { get; init; }

    /// <summary>What relative paths of the settings are relative to; a full path.</summary>
    public required string BaseDirectory { get; init; }

    /// <summary>The file system.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where ids and counts are logged; no addresses, no content.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>How a delivery agent's connections are used.</summary>
    internal DeliveryAgentOptions? Agent { get; init; }

    /// <summary>The application's services; a provider that has none where there is no host.</summary>
    public required IServiceProvider Services { get; init; }
}
