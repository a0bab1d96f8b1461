using ForeignConnector.Lib.Hosting.Health;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Transport;
using ForeignConnector.Lib.Transport.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Hosting;

/// <summary>Health checks of the transport.</summary>
public static class ForeignConnectorHealthChecksBuilderExtensions
{
    /// <summary>The tag of every check.</summary>
    public const string Tag = "foreignconnector";

    /// <summary>
    /// Adds the checks <c>foreignconnector.directories</c>, <c>.watchers</c>, <c>.backlog</c>, <c>.delivery</c>, <c>.setaside</c>,
    /// <c>.intake</c> and <c>.record</c>, each with a text that says what is wrong and data that says how much. They create no file in
    /// Pickup, Replay or a Drop directory. Call <c>AddForeignConnectors</c> on the service collection as well.
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks</c> returns.</param>
    /// <param name="configure">Sets the limits.</param>
    public static IHealthChecksBuilder AddForeignConnectors(
        this IHealthChecksBuilder builder, Action<ForeignConnectorHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<ForeignConnectorHealthOptions>().Configure(options => configure?.Invoke(options));
        return builder
            .Add("directories", services => new DirectoriesHealthCheck(Health(services), Limits(services)))
            .Add("watchers", services => new WatchersHealthCheck(Health(services)))
            .Add("backlog", services => new BacklogHealthCheck(Health(services), Limits(services)))
            .Add("delivery", services => new DeliveryHealthCheck(Health(services), Limits(services)))
            .Add("setaside", services => new SetAsideHealthCheck(Health(services), Limits(services)))
            .Add("intake", services => new IntakeHealthCheck(services.GetServices<IIntakeGate>()))
            .Add("record", services => new RecordHealthCheck(services.GetRequiredService<ForeignConnectorTransport>().TrackingLog));
    }

    private static IHealthChecksBuilder Add(this IHealthChecksBuilder builder, string name, Func<IServiceProvider, IHealthCheck> factory) =>
        builder.Add(new HealthCheckRegistration($"{Tag}.{name}", factory, failureStatus: null, [Tag]));

    private static TransportHealth Health(IServiceProvider services) => services.GetRequiredService<ForeignConnectorTransport>().Health;

    private static ForeignConnectorHealthOptions Limits(IServiceProvider services) =>
        services.GetRequiredService<IOptions<ForeignConnectorHealthOptions>>().Value;
}
