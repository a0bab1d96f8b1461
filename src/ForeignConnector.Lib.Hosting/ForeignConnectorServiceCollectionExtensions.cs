using System.Diagnostics.Metrics;
using System.IO.Abstractions;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting.Configuration;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Reports;
using ForeignConnector.Lib.Transport;
using ForeignConnector.Lib.Transport.Configuration;
using ForeignConnector.Lib.Transport.Connectors;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Hosting;

/// <summary>Puts the transport into a host.</summary>
public static class ForeignConnectorServiceCollectionExtensions
{
    /// <summary>Adds the transport as a configuration section describes it.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The section <c>ForeignConnector</c>, with <c>Transport</c> and <c>Connectors</c> in it.</param>
    /// <remarks>
    /// <para>A configuration that cannot work stops the host at its start with an <see cref="OptionsValidationException"/> that lists every
    /// error with its key.</para>
    /// <para>A change while the host runs is followed: connectors, address spaces, sites, links, accepted domains and drop directories are
    /// replaced as a whole; other keys wait for the next start, with a warning. A change that cannot work is logged, error by error, and
    /// the old configuration stays in force.</para>
    /// </remarks>
    public static IServiceCollection AddForeignConnectors(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton(new ConfigurationSource(configuration));
        return services.AddForeignConnectors((options, provider) =>
            ConfigurationBinding.Bind(configuration, Root(configuration, provider), options, [.. provider.GetServices<ConnectorType>()],
                provider.GetServices<PackageSection>()));
    }

    /// <summary>Adds the transport as code describes it. Called several times, the descriptions add up in that order.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options and adds connectors.</param>
    public static IServiceCollection AddForeignConnectors(this IServiceCollection services, Action<ForeignConnectorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddForeignConnectors((options, _) => configure(options));
    }

    /// <summary>
    /// Adds a kind of connector: connectors whose <c>DeliveryProtocol</c> is its name are made by it, with the settings in their section of
    /// that name. Call it before or after <c>AddForeignConnectors</c>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="type">The kind; each name once (DA-2).</param>
    public static IServiceCollection AddConnectorType(this IServiceCollection services, ConnectorType type)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(type);
        return services.AddSingleton(type);
    }

    /// <summary>Adds a kind of connector, made of its parts.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">
    /// The protocol it serves, and the name of its section: 1 to 64 characters without control characters and without <c>:</c> (DA-2).
    /// </param>
    /// <param name="keys">The keys of its section.</param>
    /// <param name="connect">Makes a connector; the host's services are in the context. Null is an error of the configuration.</param>
    /// <typeparam name="TSettings">Its settings; a new object has the defaults.</typeparam>
    public static IServiceCollection AddConnectorType<TSettings>(
        this IServiceCollection services, string name, ConfigurationTable<TSettings> keys, Func<ConnectorContext, TSettings,
        IForeignConnector> connect)
        where TSettings : class, new() => services.AddConnectorType(ConnectorType.Create(name, keys, connect));

    /// <summary>Adds a kind of delivery agent, made of its parts (DA-2).</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">
    /// The protocol it serves, and the name of its section: 1 to 64 characters without control characters and without <c>:</c> (DA-2).
    /// </param>
    /// <param name="keys">The keys of its section.</param>
    /// <param name="create">Makes an agent for one connector; null is an error of the configuration.</param>
    /// <typeparam name="TSettings">Its settings; a new object has the defaults.</typeparam>
    public static IServiceCollection AddDeliveryAgent<TSettings>(
        this IServiceCollection services, string name, ConfigurationTable<TSettings> keys,
        Func<ConnectorContext, TSettings, IDeliveryAgent> create)
        where TSettings : class, new() => services.AddConnectorType(ConnectorType.CreateAgent(name, keys, create));

    /// <summary>
    /// Adds a section that a package reads, beside <c>Transport</c> and <c>Connectors</c>. What is wrong in it is told together with
    /// everything else that is wrong, and unknown keys are warned about. Its settings are there as <see cref="IOptions{TOptions}"/>; they
    /// are read once, at the start.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section; it need not be there.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="check">
    /// Says what is wrong with settings as a whole: texts that begin with a key of the section. Null when the table says everything.
    /// </param>
    /// <typeparam name="TSettings">Its settings; a new object has the defaults.</typeparam>
    public static IServiceCollection AddPackageSection<TSettings>(
        this IServiceCollection services, IConfigurationSection section, ConfigurationTable<TSettings> keys,
        Func<TSettings, IEnumerable<string>>? check = null)
        where TSettings : class, new()
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(keys);
        services.AddSingleton(new PackageSection(section.Path));
        services.AddOptions<ForeignConnectorOptions>().Configure(
            options => ConfigurationBinding.BindSection(section, keys, new TSettings(), check, options));
        services.AddOptions<TSettings>().Configure(settings => ConfigurationBinding.BindSection(section, keys, settings, null, null));
        return services;
    }

    private static IServiceCollection AddForeignConnectors(
        this IServiceCollection services, Action<ForeignConnectorOptions, IServiceProvider> configure)
    {
        services.AddOptions<ForeignConnectorOptions>().Configure(configure).ValidateOnStart();
        if (services.Any(service => service.ServiceType == typeof(ForeignConnectorTransport)))
            return services;
        services.TryAddSingleton<IFileSystem, FileSystem>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ReportTexts>();
        // What is validated at the start is what is used: without this the configuration would be read once for each.
        services.TryAddSingleton<IOptions<ForeignConnectorOptions>>(provider =>
            new OptionsWrapper<ForeignConnectorOptions>(
                provider.GetRequiredService<IOptionsMonitor<ForeignConnectorOptions>>().CurrentValue));
        services.AddSingleton<IPostConfigureOptions<ForeignConnectorOptions>, ContentRootDefault>();
        services.AddSingleton<IValidateOptions<ForeignConnectorOptions>, OptionsValidation>();
        services.TryAddSingleton(CreateServices);
        services.AddSingleton(provider => ForeignConnectorTransport.Create(
            provider.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value, provider.GetRequiredService<TransportServices>()));
        services.AddParts();
        services.AddHostedService<TransportService>();
        return services;
    }

    // A section does not tell where it is from; it is known by what announces its changes.
    private static IConfigurationRoot? Root(IConfiguration configuration, IServiceProvider provider) =>
        configuration as IConfigurationRoot
        ?? (provider.GetService<IConfiguration>() is IConfigurationRoot root
            && root.GetReloadToken() == configuration.GetReloadToken() ? root : null);

    // What an application registers takes the place of ours; without that, what it gets here is ours.
    private static TransportServices CreateServices(IServiceProvider provider) => new()
    {
        Files = provider.GetRequiredService<IFileSystem>(),
        Time = provider.GetRequiredService<TimeProvider>(),
        Loggers = provider.GetRequiredService<ILoggerFactory>(),
        Meters = provider.GetService<IMeterFactory>(),
        Provider = provider,
        Texts = provider.GetRequiredService<ReportTexts>(),
        ConnectorTypes = [.. provider.GetServices<ConnectorType>()],
        Intake = _ => provider.GetRequiredService<IMailIntake>(),
        Reports = _ => provider.GetRequiredService<ISenderReports>(),
        Trails = _ => provider.GetServices<IMessageTrail>(),
        Gate = _ => provider.GetRequiredService<IIntakeGate>(),
        Store = _ => provider.GetRequiredService<IQueueStore>(),
        QueueManager = _ => provider.GetRequiredService<Queueing.Management.IQueueManager>(),
        Ids = _ => provider.GetRequiredService<Mail.SubmissionIdSource>(),
        Reload = () => provider.GetRequiredService<IOptionsFactory<ForeignConnectorOptions>>().Create(Options.DefaultName),
    };

    private static void AddParts(this IServiceCollection services)
    {
        services.AddPart(transport => transport.Defaults.Ids);
        services.AddPart(transport => transport.Defaults.Store);
        services.AddPart(transport => transport.Queue);
        services.AddPart(transport => transport.Defaults.QueueManager);
        services.AddPart(transport => transport.Defaults.Reports);
        services.AddPart(transport => transport.Defaults.BackPressure);
        services.AddPart<IIntakeGate>(transport => transport.Defaults.BackPressure);
        services.AddPart(transport => transport.Defaults.Categorizer);
        services.AddPart<IMailIntake>(transport => transport.Defaults.Categorizer);
        services.AddPart(transport => transport.State);
        services.AddPart(transport => transport.Rerouter);
        services.AddPart(transport => transport.Processor);
        services.AddPart(transport => transport.IntakeContext);
        services.AddPart(transport => transport.Submission);
        services.AddPart(transport => transport.Metrics);
        services.AddPart(transport => transport.Health);
        // Beside those of the application.
        services.AddSingleton<IMessageTrail>(
            provider => provider.GetRequiredService<ForeignConnectorTransport>().TrackingLog ?? MessageTrails.None);
        services.AddSingleton<IMessageTrail>(provider => provider.GetRequiredService<ForeignConnectorTransport>().Metrics);
    }

    private static void AddPart<T>(this IServiceCollection services, Func<ForeignConnectorTransport, T> part)
        where T : class => services.TryAddSingleton(provider => part(provider.GetRequiredService<ForeignConnectorTransport>()));

    /// <summary>The content root of the host is where relative paths begin.</summary>
    private sealed class ContentRootDefault(IServiceProvider services) : IPostConfigureOptions<ForeignConnectorOptions>
    {
        public void PostConfigure(string? name, ForeignConnectorOptions options) =>
            options.Transport.BaseDirectory ??= services.GetService<IHostEnvironment>()?.ContentRootPath;
    }

    private sealed class OptionsValidation(TransportServices services) : IValidateOptions<ForeignConnectorOptions>
    {
        public ValidateOptionsResult Validate(string? name, ForeignConnectorOptions options) =>
            options.Validate(services) is { Count: > 0 } errors ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
