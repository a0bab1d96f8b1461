using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Transport.Configuration;

namespace ForeignConnector.Lib.Transport.Connectors;

/// <summary>What a configuration must keep about kinds of connectors.</summary>
internal static class ConnectorTypeRules
{
    private static readonly ConnectorOptions Defaults = new();

    // What only means something for a Drop directory (CN-3).
    private static readonly string[] DropKeys =
    [
        nameof(ConnectorOptions.DropDirectory), nameof(ConnectorOptions.DropDirectoryQuota),
            nameof(ConnectorOptions.RelayDsnRequired), nameof(ConnectorOptions.CreateDropDirectory),
        nameof(ConnectorOptions.DropFileMode), nameof(ConnectorOptions.Durability),
    ];

    // What only means something for connections (CN-1).
    private static readonly string[] AgentKeys =
    [
        nameof(ConnectorOptions.MaxConcurrentConnections), nameof(ConnectorOptions.MaxMessagesPerConnection),
        nameof(ConnectorOptions.ConnectionIdleTimeout),
    ];

    private static readonly ByteSize LeastMessageSize = ByteSize.Parse("64KB");
    private static readonly ByteSize MostMessageSize = ByteSize.Parse("2147483647B");

    /// <summary>Everything that is wrong, each with its key.</summary>
    public static IEnumerable<string> Problems(ForeignConnectorOptions options, IList<ConnectorType> types) =>
        types.GroupBy(type => type.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
            .Select(group =>
                $"DeliveryProtocol: the kind of connector '{group.Key}' is registered {group.Count()} times; a protocol has one (DA-2)")
            .Concat(options.Connectors.Where(pair => pair.Value.DeliveryProtocol is not null).SelectMany(
                pair => Problems(pair.Key, pair.Value, types)))
            .Concat(options.Connectors.Where(pair => pair.Value.DeliveryProtocol is null).SelectMany(
                pair => Meaningless(pair.Key, pair.Value, AgentKeys, "without DeliveryProtocol (CN-1)")));

    private static IEnumerable<string> Meaningless(string name, ConnectorOptions connector, string[] keys, string why) =>
        ForeignConnectorKeys.Connector.Where(key => keys.Contains(key.Name) && !Equals(key.ValueOf(connector), key.ValueOf(Defaults)))
            .Select(key => $"Connectors:{name}:{key.Name}: has no meaning {why}");

    private static IEnumerable<string> Problems(string name, ConnectorOptions connector, IList<ConnectorType> types)
    {
        if (connector.Factory is not null)
            yield return $"Connectors:{name}:DeliveryProtocol: has no meaning beside a Factory; take one of the two away";
        foreach (var problem in Meaningless(name, connector, DropKeys, "beside DeliveryProtocol (CN-3)"))
            yield return problem;
        if (connector.MaxMessageSize != ByteSize.Unlimited
            && (connector.MaxMessageSize < LeastMessageSize || connector.MaxMessageSize > MostMessageSize))
            yield return
                $"Connectors:{name}:MaxMessageSize: must be from 64KB to 2147483647B, or 'unlimited', beside DeliveryProtocol (CN-1)";
        if (types.FirstOrDefault(type => type.Name.Equals(connector.DeliveryProtocol, StringComparison.OrdinalIgnoreCase)) is not { } type)
            yield break;
        var settings = connector.Settings ??= type.CreateSettings();
        if (!type.SettingsType.IsInstanceOfType(settings))
        {
            yield return $"Connectors:{name}:{type.Name}: the settings must be a {type.SettingsType.Name}";
            yield break;
        }
        foreach (var problem in ForeignConnectorOptionsValidator.Problems(type.Keys, settings, $"Connectors:{name}:{type.Name}"))
            yield return problem;
        foreach (var problem in type.Problems(settings))
            yield return $"Connectors:{name}:{type.Name}:{problem}";
    }
}
