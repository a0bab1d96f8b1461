using System.IO.Abstractions;
using ForeignConnector.Lib.Hosting.Configuration;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.BackPressure;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Replay;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Directory;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.Queueing.Processing;
using ForeignConnector.Lib.Storage.Platform;
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
    // A volume answers in milliseconds; one that does not within this time is taken as not measured.
    private static readonly TimeSpan FirstReading = TimeSpan.FromSeconds(5);

    /// <summary>Adds the transport as a configuration section describes it.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The section <c>ForeignConnector</c>, with <c>Transport</c> and <c>Connectors</c> in it.</param>
    /// <remarks>
    /// <para>A configuration that cannot work stops the host at its start with an <see cref="OptionsValidationException"/> that lists every error with its key.</para>
    /// <para>A change while the host runs is followed: connectors, address spaces, sites, links, accepted domains and drop directories are replaced as a whole;
    /// other keys wait for the next start, with a warning. A change that cannot work is logged, error by error, and the old configuration stays in force.</para>
    /// </remarks>
    public static IServiceCollection AddForeignConnectors(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton(new ConfigurationSource(configuration));
        return services.AddForeignConnectors((options, provider) => ConfigurationBinding.Bind(configuration, Root(configuration, provider), options));
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

    private static IServiceCollection AddForeignConnectors(this IServiceCollection services, Action<ForeignConnectorOptions, IServiceProvider> configure)
    {
        services.AddOptions<ForeignConnectorOptions>().Configure(configure).ValidateOnStart();
        if (services.Any(service => service.ServiceType == typeof(ForeignConnectorTransport)))
            return services;
        services.TryAddSingleton<IFileSystem, FileSystem>();
        services.TryAddSingleton(TimeProvider.System);
        // What is validated at the start is what is used: without this the configuration would be read once for each.
        services.TryAddSingleton<IOptions<ForeignConnectorOptions>>(provider =>
            new OptionsWrapper<ForeignConnectorOptions>(provider.GetRequiredService<IOptionsMonitor<ForeignConnectorOptions>>().CurrentValue));
        services.AddSingleton<IPostConfigureOptions<ForeignConnectorOptions>, ForeignConnectorDefaults>();
        services.AddSingleton<IValidateOptions<ForeignConnectorOptions>, ForeignConnectorOptionsValidator>();
        AddTransport(services);
        services.AddHostedService<TransportService>();
        services.AddHostedService<SetAsideService>();
        return services;
    }

    // A section does not tell where it is from; it is known by what announces its changes.
    private static IConfigurationRoot? Root(IConfiguration configuration, IServiceProvider provider) =>
        configuration as IConfigurationRoot
        ?? (provider.GetService<IConfiguration>() is IConfigurationRoot root && root.GetReloadToken() == configuration.GetReloadToken() ? root : null);

    private static void AddTransport(IServiceCollection services)
    {
        services.TryAddSingleton(provider => new SubmissionIdSource(provider.GetRequiredService<TimeProvider>(), new Random()));
        services.AddMessageRecord();
        services.AddSenderReports();
        services.TryAddSingleton(provider => new PatientQuestions(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<DirectoryIdentities>();
        services.TryAddSingleton<MissingDirectories>();
        services.TryAddSingleton(provider => new SetAsideFiles(
            Paths(provider),
            Options(provider).Transport.SetAsideRetention,
            provider.GetRequiredService<IFileSystem>(),
            provider.GetRequiredService<PatientQuestions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SetAsideFiles>>()));
        services.TryAddSingleton<SnapshotFactory>();
        services.TryAddSingleton<ConfigurationWarnings>();
        services.TryAddSingleton<ConfigurationReload>();
        services.TryAddSingleton(provider => new TransportState(provider.GetRequiredService<SnapshotFactory>().Create(Options(provider))));
        services.TryAddSingleton<IQueueStore>(provider => new DirectoryQueueStore(
            Paths(provider).Queue,
            new DirectoryQueueOptions { SuspectDelay = Options(provider).Transport.SuspectDelay },
            provider.GetRequiredService<IFileSystem>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DirectoryQueueStore>>()));
        services.TryAddSingleton(provider => new DeliveryQueue(
            provider.GetRequiredService<IQueueStore>(),
            new DeliveryQueueOptions { PoisonThreshold = Options(provider).Transport.PoisonThreshold },
            provider.Trail(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DeliveryQueue>>()));
        services.TryAddSingleton(provider => new Categorizer(
            provider.GetRequiredService<TransportState>(),
            provider.GetRequiredService<DeliveryQueue>(),
            Options(provider).Transport.CreatedBy,
            provider.GetRequiredService<ILogger<Categorizer>>()));
        services.TryAddSingleton<IMailIntake>(provider => provider.GetRequiredService<Categorizer>());
        services.TryAddSingleton(provider => new QueueRerouter(
            provider.GetRequiredService<TransportState>(),
            provider.GetRequiredService<DeliveryQueue>(),
            provider.GetRequiredService<ISenderReports>(),
            provider.Trail(),
            provider.GetRequiredService<ILogger<QueueRerouter>>()));
        services.TryAddSingleton(provider => new QueueProcessor(
            provider.GetRequiredService<TransportState>(),
            provider.GetRequiredService<DeliveryQueue>(),
            Delivery(Options(provider).Transport),
            provider.GetRequiredService<ISenderReports>(),
            provider.Trail(),
            provider.GetRequiredService<TimeProvider>(),
            new Random(),
            provider.GetRequiredService<ILogger<QueueProcessor>>()));
        services.TryAddSingleton(Intake);
        services.TryAddSingleton(provider => new MailSubmission(
            provider.GetRequiredService<IMailIntake>(),
            provider.GetRequiredService<SubmissionIdSource>(),
            provider.Trail(),
            provider.GetRequiredService<TimeProvider>())
        {
            ServerName = Options(provider).Transport.ServerName,
        });
        services.TryAddSingleton<IQueueManager>(provider => new QueueManager(
            provider.GetRequiredService<IQueueStore>(),
            provider.GetRequiredService<ISenderReports>(),
            provider.Trail(),
            provider.GetRequiredService<IFileSystem>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(BackPressure);
        services.TryAddSingleton<IIntakeGate>(provider => provider.GetRequiredService<BackPressureMonitor>());
        services.TryAddSingleton(provider => new ForeignConnectorTransport(
            () => provider.GetRequiredService<ConfigurationWarnings>().Log(Options(provider)),
            provider.GetRequiredService<DeliveryQueue>(),
            provider.GetRequiredService<QueueRerouter>(),
            provider.GetRequiredService<QueueProcessor>(),
            provider.GetRequiredService<SubmissionIdSource>(),
            Directories(provider),
            Options(provider).Transport.SettleTime,
            provider.GetRequiredService<TimeProvider>(),
            () => provider.GetRequiredService<TrackingLogTrail>().Log?.Flush(),
            Hooks(provider)));
    }

    private static TransportHooks Hooks(IServiceProvider provider) => new()
    {
        Start = cancellationToken => provider.GetRequiredService<MissingDirectories>().CreateAsync(Options(provider), cancellationToken),
        BeforeRound = cancellationToken => provider.GetRequiredService<BackPressureMonitor>().MeasureAsync(FirstReading, cancellationToken),
        AfterRound = cancellationToken => provider.GetRequiredService<SetAsideFiles>().LookAsync(isDeleting: true, cancellationToken),
    };

    private static IntakeContext Intake(IServiceProvider provider)
    {
        var transport = Options(provider).Transport;
        return new IntakeContext
        {
            Identity = new IntakeIdentity(transport.ServerName, transport.DefaultDomain!, transport.CreatedBy, ProductInfo.Version),
            Ids = provider.GetRequiredService<SubmissionIdSource>(),
            Intake = provider.GetRequiredService<IMailIntake>(),
            Reports = provider.GetRequiredService<ISenderReports>(),
            Trail = provider.Trail(),
            Gate = provider.GetRequiredService<IIntakeGate>(),
            PoisonThreshold = transport.PoisonThreshold,
            SuspectDelay = transport.SuspectDelay,
            JournalDirectory = Paths(provider).Queue,
            Files = provider.GetRequiredService<IFileSystem>(),
            Time = provider.GetRequiredService<TimeProvider>(),
            Logger = provider.GetRequiredService<ILogger<WatchedDirectory>>(),
        };
    }

    private static IEnumerable<WatchedDirectory> Directories(IServiceProvider provider)
    {
        var (transport, paths) = (Options(provider).Transport, Paths(provider));
        var context = provider.GetRequiredService<IntakeContext>();
        var watch = new WatchedDirectoryOptions
        {
            PollingInterval = transport.PollingInterval,
            SettleTime = transport.SettleTime,
            MaxMessagesPerMinute = transport.PickupDirectoryMaxMessagesPerMinute,
            RecoverForeignClaims = transport.RecoverForeignClaims,
        };
        if (paths.Pickup is not null)
            yield return WatchedDirectory.ForPickup(paths.Pickup, watch, Pickup(transport), context);
        if (paths.Replay is not null)
            yield return WatchedDirectory.ForReplay(paths.Replay, watch, Replay(transport), context);
    }

    private static QueueProcessorOptions Delivery(TransportOptions transport) => new()
    {
        QueueGlitchRetryCount = transport.QueueGlitchRetryCount,
        QueueGlitchRetryInterval = transport.QueueGlitchRetryInterval,
        TransientFailureRetryCount = transport.TransientFailureRetryCount,
        TransientFailureRetryInterval = transport.TransientFailureRetryInterval,
        OutboundConnectionFailureRetryInterval = transport.OutboundConnectionFailureRetryInterval,
        MessageRetryInterval = transport.MessageRetryInterval,
        MessageExpirationTimeout = transport.MessageExpirationTimeout,
        DelayNotificationTimeout = transport.DelayNotificationTimeout,
        MaxIdleTimeBeforeResubmit = transport.MaxIdleTimeBeforeResubmit,
    };

    private static BackPressureMonitor BackPressure(IServiceProvider provider)
    {
        var transport = Options(provider).Transport;
        var queue = provider.GetRequiredService<DeliveryQueue>();
        (string, string)[] volumes = [("the queue", Paths(provider).Queue)];
        return new BackPressureMonitor(
            new BackPressureOptions
            {
                MinimumFreeSpace = transport.BackPressureMinimumFreeSpace,
                MinimumFreeFiles = transport.BackPressureMinimumFreeFiles,
                MaxQueueLength = transport.BackPressureMaxQueueLength,
            },
            () => volumes,
            () => queue.Count,
            provider.GetRequiredService<IFileSystem>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BackPressureMonitor>>());
    }

    private static PickupOptions Pickup(TransportOptions transport) => new()
    {
        MaxHeaderSize = transport.PickupDirectoryMaxHeaderSize,
        MaxRecipientsPerMessage = transport.PickupDirectoryMaxRecipientsPerMessage,
        EnvelopeHeaders = transport.PickupEnvelopeHeaders,
        DotStuffed = transport.PickupDirectoryDotStuffed,
    };

    private static ReplayOptions Replay(TransportOptions transport)
    {
        var options = new ReplayOptions { DotStuffed = transport.ReplayDirectoryDotStuffed };
        foreach (var creator in transport.TrustedReplayCreators)
            options.TrustedCreators.Add(creator);
        return options;
    }

    private static ForeignConnectorOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value;

    private static TransportPaths Paths(IServiceProvider provider) => new(Options(provider).Transport, provider.GetRequiredService<IFileSystem>());

    /// <summary>Defaults that depend on other options or on the host.</summary>
    private sealed class ForeignConnectorDefaults(IServiceProvider services) : IPostConfigureOptions<ForeignConnectorOptions>
    {
        public void PostConfigure(string? name, ForeignConnectorOptions options)
        {
            var transport = options.Transport;
            transport.BaseDirectory ??= services.GetService<IHostEnvironment>()?.ContentRootPath;
            transport.DefaultDomain ??= transport.AcceptedDomains.FirstOrDefault() ?? transport.ServerName;
        }
    }
}
