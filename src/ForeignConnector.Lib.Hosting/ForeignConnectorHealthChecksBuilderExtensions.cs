using System.IO.Abstractions;
using ForeignConnector.Lib.Hosting.Configuration;
using ForeignConnector.Lib.Hosting.Health;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Storage.Platform;
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
    /// Adds the checks <c>foreignconnector.directories</c>, <c>.watchers</c>, <c>.backlog</c>, <c>.setaside</c>, <c>.intake</c> and <c>.record</c>, each with a text that says what is
    /// wrong and data that says how much. They create no file in Pickup, Replay or a Drop directory. Call <c>AddForeignConnectors</c> on the service collection as well.
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks</c> returns.</param>
    /// <param name="configure">Sets the limits.</param>
    public static IHealthChecksBuilder AddForeignConnectors(this IHealthChecksBuilder builder, Action<ForeignConnectorHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<ForeignConnectorHealthOptions>().Configure(options => configure?.Invoke(options));
        return builder
            .Add("directories", services => new DirectoriesHealthCheck(Directories(services), Probe(services), Limits(services)))
            .Add("watchers", services => new WatchersHealthCheck(Directories(services), Probe(services), services.GetRequiredService<IFileSystem>()))
            .Add("backlog", services => new BacklogHealthCheck(
                Directories(services), Probe(services), services.GetRequiredService<DeliveryQueue>(), services.GetRequiredService<IFileSystem>(),
                services.GetRequiredService<TimeProvider>(), Limits(services)))
            .Add("setaside", services => new SetAsideHealthCheck(services.GetRequiredService<SetAsideFiles>(), Limits(services)))
            .Add("intake", services => new IntakeHealthCheck(services.GetServices<IIntakeGate>()))
            .Add("record", services => new RecordHealthCheck(services.GetRequiredService<TrackingLogTrail>().Log));
    }

    private static IHealthChecksBuilder Add(this IHealthChecksBuilder builder, string name, Func<IServiceProvider, IHealthCheck> factory) =>
        builder.Add(new HealthCheckRegistration($"{Tag}.{name}", factory, failureStatus: null, [Tag]));

    private static TransportDirectories Directories(IServiceProvider services) => new(
        new TransportPaths(services.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value.Transport, services.GetRequiredService<IFileSystem>()),
        services.GetRequiredService<TransportState>());

    private static DirectoryProbe Probe(IServiceProvider services)
    {
        var files = services.GetRequiredService<IFileSystem>();
        return new DirectoryProbe(files, PlatformFiles.For(files), services.GetRequiredService<PatientQuestions>());
    }

    private static ForeignConnectorHealthOptions Limits(IServiceProvider services) => services.GetRequiredService<IOptions<ForeignConnectorHealthOptions>>().Value;
}
