using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.BackPressure;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Directory;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.Queueing.Processing;
using ForeignConnector.Lib.Reports;
using ForeignConnector.Lib.Transport.Configuration;
using ForeignConnector.Lib.Transport.Connectors;
using ForeignConnector.Lib.Transport.Health;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Transport;

/// <summary>Puts a transport together: each part is made once, when it is needed, from the options and services.</summary>
internal sealed class TransportParts
{
    // A volume answers in milliseconds; one that does not within this time is taken as not measured.
    private static readonly TimeSpan FirstReading = TimeSpan.FromSeconds(5);

    private readonly ForeignConnectorTransport _transport;
    private readonly ForeignConnectorOptions _options;
    private readonly TransportServices _services;

    public TransportParts(ForeignConnectorTransport transport, ForeignConnectorOptions options, TransportServices services)
    {
        (_transport, _options, _services) = (transport, options, services);
        Connectors = new ConnectorSet(services, new Connections(this), () => Store!.Value is ISharedQueueStore);
        Paths = new Part<TransportPaths>(() => new TransportPaths(options.Transport, services.Files));
        State = new Part<TransportState>(CreateState);
        OwnIds = new Part<SubmissionIdSource>(() => new SubmissionIdSource(services.Time, new Random()));
        Ids = Chosen(services.Ids, OwnIds);
        TrackingLog = new Part<TrackingLogPart>(
            () => new TrackingLogPart(TransportPartOptions.TrackingLog(options.Transport, Paths.Value, services)));
        ConnectivityLog = new Part<ConnectivityLogPart>(
            () => new ConnectivityLogPart(TransportPartOptions.ConnectivityLog(options.Transport, Paths.Value, services)));
        Metrics = new Part<TransportMetrics>(CreateMetrics);
        Latencies = new Part<DeliveryLatencies>(() => new DeliveryLatencies(services.Time));
        Trail = new Part<IMessageTrail>(CreateTrail);
        OwnStore = new Part<IQueueStore>(() => new DirectoryQueueStore(
            Paths.Value.Queue, TransportPartOptions.Store(
                options.Transport), services.Files, services.Time, Logger<DirectoryQueueStore>()));
        Store = Chosen(services.Store, OwnStore);
        Queue = new Part<DeliveryQueue>(() => new DeliveryQueue(
            Store.Value, TransportPartOptions.Queue(options.Transport), Trail.Value, services.Time, Logger<DeliveryQueue>()));
        Categorizer = new Part<Categorizer>(
            () => new Categorizer(State.Value, Queue.Value, options.Transport.CreatedBy, Logger<Categorizer>()));
        Intake = new Part<IMailIntake>(() => services.Intake?.Invoke(transport) ?? Categorizer.Value);
        OwnReports = new Part<ISenderReports>(() => new SenderReports(
            new LateIntake(
                this), Ids.Value, TransportPartOptions.Reports(options.Transport), services.Texts, Trail.Value, Logger<SenderReports>()));
        Reports = Chosen(services.Reports, OwnReports);
        OwnQueueManager = new Part<IQueueManager>(() =>
            new QueueManager(Store.Value, Reports.Value, Trail.Value, services.Files, services.Time));
        QueueManager = Chosen(services.QueueManager, OwnQueueManager);
        BackPressure = new Part<BackPressureMonitor>(CreateBackPressure);
        Gate = new Part<IIntakeGate>(() => services.Gate?.Invoke(transport) ?? BackPressure.Value);
        Rerouter = new Part<QueueRerouter>(
            () => new QueueRerouter(State.Value, Queue.Value, Reports.Value, Trail.Value, Logger<QueueRerouter>()));
        Processor = new Part<QueueProcessor>(() => new QueueProcessor(
            State.Value, Queue.Value, TransportPartOptions.Processor(
                options.Transport), Reports.Value, Trail.Value, services.Time, new Random(), Logger<QueueProcessor>()));
        IntakeContext = new Part<IntakeContext>(CreateIntakeContext);
        Directories = new Part<WatchedDirectory[]>(() =>
            [.. TransportPartOptions.Directories(options.Transport, Paths.Value, IntakeContext.Value)]);
        Submission = new Part<MailSubmission>(() => new MailSubmission(Intake.Value, Ids.Value, Trail.Value, services.Time)
        {
            ServerName = options.Transport.ServerName,
            FindQueued = async (key, cancellationToken) =>
                (await Queue.Value.FindSubmissionAsync(key, cancellationToken).ConfigureAwait(false))?.Id,
        });
        SetAside = new Part<SetAsideFiles>(() => new SetAsideFiles(
            Paths.Value, options.Transport.SetAsideRetention, services.Files, services.Questions, services.Time, Logger<SetAsideFiles>()));
        Warnings = new Part<ConfigurationWarnings>(() => new ConfigurationWarnings(services));
        Missing = new Part<MissingDirectories>(
            () => new MissingDirectories(services.Files, services.Questions, Logger<MissingDirectories>()));
        Rounds = new Part<TransportRounds>(CreateRounds);
        Follower = new Part<ConfigurationFollower>(() =>
            new ConfigurationFollower(options, services, Connectors, State.Value, Rounds.Value, Warnings.Value, Missing.Value));
        Health = new Part<TransportHealth>(() => new TransportHealth(this, services));
    }

    public ConnectorSet Connectors { get; }

    public Part<TransportPaths> Paths { get; }

    public Part<TransportState> State { get; }

    public Part<SubmissionIdSource> OwnIds { get; }

    public Part<SubmissionIdSource> Ids { get; }

    public Part<TrackingLogPart> TrackingLog { get; }

    public Part<ConnectivityLogPart> ConnectivityLog { get; }

    public Part<TransportMetrics> Metrics { get; }

    public Part<DeliveryLatencies> Latencies { get; }

    public Part<IMessageTrail> Trail { get; }

    public Part<IQueueStore> OwnStore { get; }

    public Part<IQueueStore> Store { get; }

    public Part<DeliveryQueue> Queue { get; }

    public Part<Categorizer> Categorizer { get; }

    public Part<IMailIntake> Intake { get; }

    public Part<ISenderReports> OwnReports { get; }

    public Part<ISenderReports> Reports { get; }

    public Part<IQueueManager> OwnQueueManager { get; }

    public Part<IQueueManager> QueueManager { get; }

    public Part<BackPressureMonitor> BackPressure { get; }

    public Part<IIntakeGate> Gate { get; }

    public Part<QueueRerouter> Rerouter { get; }

    public Part<QueueProcessor> Processor { get; }

    public Part<IntakeContext> IntakeContext { get; }

    public Part<WatchedDirectory[]> Directories { get; }

    public Part<MailSubmission> Submission { get; }

    public Part<SetAsideFiles> SetAside { get; }

    public Part<ConfigurationWarnings> Warnings { get; }

    public Part<MissingDirectories> Missing { get; }

    public Part<TransportRounds> Rounds { get; }

    public Part<ConfigurationFollower> Follower { get; }

    public Part<TransportHealth> Health { get; }

    /// <summary>Disposes what was made here; nothing works any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Processor.IfMade?.Dispose();
        IntakeContext.IfMade?.Dispose();
        Follower.IfMade?.Dispose();
        Rounds.IfMade?.Dispose();
        await Connectors.RetireAllAsync().ConfigureAwait(false);
        (OwnStore.IfMade as IDisposable)?.Dispose();
        Metrics.IfMade?.Dispose();
        TrackingLog.IfMade?.Log?.Dispose();
        ConnectivityLog.IfMade?.Log?.Dispose();
    }

    private Part<T> Chosen<T>(Func<ForeignConnectorTransport, T>? theirs, Part<T> ours)
        where T : class => theirs is null ? ours : new Part<T>(() => theirs(_transport));

    private ILogger<T> Logger<T>() => _services.Loggers.CreateLogger<T>();

    private TransportState CreateState()
    {
        var (snapshot, commit) = Connectors.Prepare(_options);
        commit();
        return new TransportState(snapshot) { Uses = Connectors.Uses };
    }

    private TransportMetrics CreateMetrics()
    {
        var metrics = new TransportMetrics(_services.Meters);
        if (TrackingLog.Value.Log is { } log)
            metrics.ObserveTrackingLog(log);
        metrics.ObserveSetAside(() => SetAside.Value.Levels);
        // Asked for later: the queue itself needs the trail.
        metrics.ObserveQueue(() => Queue.Value.Levels, _services.Time);
        metrics.ObserveOverdueAttempts(() => Processor.Value.OverdueAttempts);
        metrics.ObserveConnections(() => State.Value.Current.Connectors
            .Where(pair => pair.Value is DeliveryAgentConnector)
            .Select(pair => KeyValuePair.Create(pair.Key, ((DeliveryAgentConnector)pair.Value).OpenConnections)));
        return metrics;
    }

    private IMessageTrail CreateTrail()
    {
        List<IMessageTrail> own = TrackingLog.Value.Log is { } log
            ? [log, Metrics.Value, Latencies.Value]
            : [Metrics.Value, Latencies.Value];
        var theirs = _services.Trails?.Invoke(_transport).Where(trail => !own.Contains(trail) && trail != MessageTrails.None) ?? [];
        return MessageTrails.Combine([.. own, .. theirs], _services.Loggers.CreateLogger<IMessageTrail>());
    }

    private BackPressureMonitor CreateBackPressure()
    {
        var queue = Queue.Value;
        (string, string)[] volumes = [("the queue", Paths.Value.Queue)];
        return new BackPressureMonitor(
            TransportPartOptions.BackPressure(_options.Transport), () =>
                volumes, () => queue.Count, _services.Files, _services.Time, Logger<BackPressureMonitor>());
    }

    private IntakeContext CreateIntakeContext()
    {
        var transport = _options.Transport;
        return new IntakeContext
        {
            Identity = new IntakeIdentity(transport.ServerName, transport.DefaultDomain!, transport.CreatedBy, ProductInfo.Version),
            Ids = Ids.Value,
            Intake = Intake.Value,
            Reports = Reports.Value,
            Trail = Trail.Value,
            Gate = Gate.Value,
            PoisonThreshold = transport.PoisonThreshold,
            SuspectDelay = transport.SuspectDelay,
            JournalDirectory = Paths.Value.Queue,
            Files = _services.Files,
            Time = _services.Time,
            Logger = Logger<WatchedDirectory>(),
        };
    }

    private TransportRounds CreateRounds() => new(
        () => Warnings.Value.Log(_options),
            Queue.Value, Rerouter.Value, Processor.Value, Ids.Value, Directories.Value, _options.Transport.SettleTime, _services.Time,
        () =>
        {
            TrackingLog.Value.Log?.Flush();
            ConnectivityLog.Value.Log?.Flush();
        },
        new TransportHooks
        {
            Start = cancellationToken => Missing.Value.CreateAsync(_options, cancellationToken),
            BeforeRound = cancellationToken => BackPressure.Value.MeasureAsync(FirstReading, cancellationToken),
            AfterRound = cancellationToken => SetAside.Value.LookAsync(isDeleting: true, cancellationToken),
        });

    /// <summary>The message tracking log; null when it is off.</summary>
    internal sealed record TrackingLogPart(MessageTrackingLog? Log);

    /// <summary>The connectivity log; null when it is off.</summary>
    internal sealed record ConnectivityLogPart(ConnectivityLog? Log);

    /// <summary>Connectors are made before the trail: it is looked up when the first connection is opened.</summary>
    private sealed class Connections(TransportParts parts) : IConnectionTrail
    {
        public void Record(ConnectionEvent happened)
        {
            parts.Metrics.Value.Record(happened);
            parts.ConnectivityLog.Value.Log?.Record(happened);
        }
    }

    /// <summary>
    /// Reports go in where all mail goes in, and what stands there may itself report: it is looked up when the first report is made.
    /// </summary>
    private sealed class LateIntake(TransportParts parts) : IMailIntake
    {
        public ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken) =>
            parts.Intake.Value.AcceptAsync(item, cancellationToken);
    }
}
