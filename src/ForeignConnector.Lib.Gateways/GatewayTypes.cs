using ForeignConnector.Lib.Gateways.Http;
using ForeignConnector.Lib.Gateways.Processes;
using ForeignConnector.Lib.Transport.Connectors;

namespace ForeignConnector.Lib.Gateways;

/// <summary>The kinds of connectors of this package, for a transport without a host.</summary>
public static class GatewayTypes
{
    /// <summary>The client of <see cref="IHttpClientFactory"/> that requests of the kind HTTP go through.</summary>
    public const string HttpClientName = "ForeignConnector.Lib.Gateways";

    /// <summary>The kind <c>PROCESS</c> (PX-1); its settings are <see cref="ProcessGatewaySettings"/>.</summary>
    public static ConnectorType Process { get; } = ConnectorType.CreateAgent(
        "PROCESS", ProcessGatewaySettings.Keys, (context, settings) => new ProcessGateway(context, settings),
        settings => settings.Problems());

    /// <summary>The kind <c>HTTP</c> (PX-2); its settings are <see cref="HttpGatewaySettings"/>.</summary>
    public static ConnectorType Http { get; } = ConnectorType.CreateAgent(
        "HTTP", HttpGatewaySettings.Keys, (context, settings) => new HttpGateway(context, settings), settings => settings.Problems());
}
