using ForeignConnector.Lib.Gateways.Http;
using ForeignConnector.Lib.Gateways.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignConnector.Lib.Gateways;

/// <summary>Adds gateways to a host. Call it before or after <c>AddForeignConnectors</c>.</summary>
public static class GatewayServiceCollectionExtensions
{
    /// <summary>
    /// Connectors with <c>"DeliveryProtocol": "PROCESS"</c> give each message to a program (PX-1). Their settings stand in a section
    /// <c>Process</c>: see <see cref="ProcessGatewaySettings"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    public static IServiceCollection AddProcessAgent(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddSingleton(GatewayTypes.Process);
    }

    /// <summary>
    /// Connectors with <c>"DeliveryProtocol": "HTTP"</c> give each message to a web service (PX-2). Their settings stand in a section
    /// <c>Http</c>: see <see cref="HttpGatewaySettings"/>. Requests go through the client <see cref="GatewayTypes.HttpClientName"/> of
    /// <see cref="IHttpClientFactory"/>, which the application may configure further: a private authority, a proxy.
    /// </summary>
    /// <param name="services">The host's services.</param>
    public static IServiceCollection AddHttpAgent(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        // Its loggers would write addresses of services, with what stands in them, into the log.
        services.AddHttpClient(GatewayTypes.HttpClientName)
            .ConfigurePrimaryHttpMessageHandler(HttpGateway.CreateHandler).RemoveAllLoggers();
        return services.AddSingleton(GatewayTypes.Http);
    }
}
