using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>Tells about a configuration that is valid but perhaps not meant.</summary>
internal sealed class ConfigurationWarnings(TransportServices services)
{
    private readonly IFileSystem _files = services.Files;
    private readonly DirectoryIdentities _identities = new(services.Files, services.Questions);
    private readonly ILogger _logger = services.Loggers.CreateLogger<ConfigurationWarnings>();

    /// <summary>Logs every warning.</summary>
    public void Log(ForeignConnectorOptions options)
    {
        foreach (var key in options.UnknownKeys)
            _logger.UnknownKey(key);
        foreach (var (name, _) in options.Connectors.Where(pair => pair.Value is { Enabled: true, MaxMessageSize.Octets: 0 }))
            _logger.ConnectorDisabledBySize(name);
        foreach (var (name, connector) in options.Connectors.Where(
            pair => pair.Value is { Enabled: true, Factory: null, DeliveryProtocol: not null }))
        {
            if (services.ConnectorTypeOf(connector) is null)
                _logger.ProtocolNotServed(name, connector.DeliveryProtocol!);
        }
        LogSharedDropDirectories(options);
    }

    /// <summary>Logs the keys whose change has no effect before the next start.</summary>
    public void LogRestartNeeded(TransportOptions previous, TransportOptions changed)
    {
        foreach (var key in ForeignConnectorKeys.Transport.Where(
            key => key.Facts.IsReadAtStart && !Equals(key.ValueOf(previous), key.ValueOf(changed))))
            _logger.RestartNeeded($"Transport:{key.Name}");
    }

    private void LogSharedDropDirectories(ForeignConnectorOptions options)
    {
        var paths = new TransportPaths(options.Transport, _files);
        var drops = options.Connectors.Where(pair => pair.Value.IsDrop).ToDictionary(
            pair => pair.Key, pair => paths.Drop(pair.Key, pair.Value)!);
        var identity = _identities.Of(paths, drops.Values);
        var shared = drops
            .GroupBy(pair => identity[pair.Value], pair => pair.Key, TransportPaths.Comparer)
            .Where(group => group.Count() > 1);
        foreach (var group in shared)
            _logger.SharedDropDirectory(string.Join(", ", group.Order(StringComparer.OrdinalIgnoreCase).Select(
                name => $"Connectors:{name}:DropDirectory")), group.Key);
    }
}
