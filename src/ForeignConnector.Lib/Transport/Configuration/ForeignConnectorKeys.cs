namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>Every key of the configuration section <c>ForeignConnector</c>, but those of kinds of connectors that packages bring.</summary>
public static class ForeignConnectorKeys
{
    /// <summary>The section <c>Transport</c>; the settings are <see cref="TransportOptions"/>.</summary>
    public static IReadOnlyList<ConfigurationKey> Transport { get; } = new ConfigurationTable<TransportOptions>()
        .AddServer().AddTimes().AddRecord();

    /// <summary>One entry of the section <c>Connectors</c>; the settings are <see cref="ConnectorOptions"/>.</summary>
    public static IReadOnlyList<ConfigurationKey> Connector { get; } = new ConfigurationTable<ConnectorOptions>().AddConnector();
}
