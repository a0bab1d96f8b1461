using ForeignConnector.Lib.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignConnector.Lib.Smtp;

/// <summary>Puts SMTP into a host.</summary>
public static class SmtpServiceCollectionExtensions
{
    /// <summary>
    /// Adds the kind of connector <c>SMTP</c>: connectors with <c>"DeliveryProtocol": "SMTP"</c> relay to the smart host of their section
    /// <c>Smtp</c> (SM-1). Call it before or after <c>AddForeignConnectors</c>. A service <see cref="ISmtpCredentials"/> is used if there
    /// is one.
    /// </summary>
    /// <param name="services">The host's services.</param>
    public static IServiceCollection AddSmtpAgent(this IServiceCollection services) =>
        services.AddConnectorType(SmtpConnectorType.Create());
}
