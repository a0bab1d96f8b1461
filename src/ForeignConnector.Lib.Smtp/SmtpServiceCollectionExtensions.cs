using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Smtp.Intake;
using Microsoft.Extensions.Configuration;
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

    /// <summary>
    /// Takes messages in by SMTP, as a section describes it (SM-5). Off while the section names no endpoint. Call it together with
    /// <c>AddForeignConnectors</c>, in any order.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section, <c>ForeignConnector:SmtpIntake</c> as a rule; see <see cref="SmtpIntakeOptions"/>.</param>
    /// <remarks>
    /// What is wrong in the section is told together with everything else that is wrong, and nothing is started. A certificate that cannot
    /// be read, and an endpoint that cannot be had, end the start of the host before anything was taken in.
    /// </remarks>
    public static IServiceCollection AddSmtpIntake(this IServiceCollection services, IConfigurationSection section)
    {
        services.AddPackageSection(section, SmtpIntakeOptions.Keys, SmtpIntakeOptions.Problems);
        return services.AddHostedService<SmtpIntakeService>();
    }
}
