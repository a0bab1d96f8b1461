using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.Queueing.Processing;
using ForeignConnector.Lib.Transport.Health;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;

namespace ForeignConnector.Lib.Transport;

/// <summary>
/// The transport as a whole, without a host: takes messages from Pickup, Replay and code, chooses their connectors, keeps them until they
/// are delivered, and reports to senders. Either <see cref="RunAsync"/> does the work until it is cancelled, or
/// <see cref="ProcessPendingAsync"/> does one round whenever it is called. Thread-safe; dispose it at the end.
/// </summary>
/// <remarks>
/// Its parts are made when they are needed for the first time, and live as long as the transport. A directory is touched by
/// <see cref="StartAsync"/> at the earliest; <see cref="RunAsync"/> and <see cref="ProcessPendingAsync"/> call it.
/// </remarks>
/// <example>
/// <code>
/// await using var transport = ForeignConnectorTransport.Create(options =>
/// {
///     options.Transport.AcceptedDomains.Add("contoso.com");
///     options.Connectors["Fax"] = new() { AddressSpaces = { "FAX:*" }, CreateDropDirectory = true };
/// });
/// await transport.SubmitAsync(message);
/// await transport.ProcessPendingAsync();
/// </code>
/// </example>
public sealed class ForeignConnectorTransport : IAsyncDisposable, IDisposable
{
    private readonly TransportParts _parts;
    private readonly TransportServices _services;
    private readonly ForeignConnectorOptions _initial;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private (Task Loops, CancellationTokenSource Stop)? _run;
    private volatile bool _isChangePending;
    private volatile bool _isDisposed;

    private ForeignConnectorTransport(ForeignConnectorOptions options, TransportServices services)
    {
        _initial = options;
        _services = services;
        _parts = new TransportParts(this, options, services);
        _logger = services.Loggers.CreateLogger<ForeignConnectorTransport>();
        Defaults = new TransportDefaults(_parts);
    }

    /// <summary>The options in force.</summary>
    public ForeignConnectorOptions Options => _parts.Follower.IfMade?.Current ?? _initial;

    /// <summary>The parts that the transport uses where the application brings none.</summary>
    public TransportDefaults Defaults { get; }

    /// <summary>The configuration in force, as routing and delivery see it.</summary>
    /// <exception cref="OptionsValidationException">A factory of a connector returned null.</exception>
    public TransportState State => _parts.State.Value;

    /// <summary>The door for messages of the application.</summary>
    public MailSubmission Submission => _parts.Submission.Value;

    /// <summary>Where all messages go in.</summary>
    public IMailIntake Intake => _parts.Intake.Value;

    /// <summary>Where accepted messages are kept, over any store.</summary>
    public DeliveryQueue Queue => _parts.Queue.Value;

    /// <summary>Looks into the queue and acts on single messages.</summary>
    public IQueueManager QueueManager => _parts.QueueManager.Value;

    /// <summary>Delivers from the queue.</summary>
    public QueueProcessor Processor => _parts.Processor.Value;

    /// <summary>Routes again what waits for a connector that is gone.</summary>
    public QueueRerouter Rerouter => _parts.Rerouter.Value;

    /// <summary>The Pickup and Replay directories that are turned on.</summary>
    public ImmutableArray<WatchedDirectory> Directories => [.. _parts.Directories.Value];

    /// <summary>What intake works with; for directories and doors that an application adds.</summary>
    public IntakeContext IntakeContext => _parts.IntakeContext.Value;

    /// <summary>Names submissions.</summary>
    public SubmissionIdSource Ids => _parts.Ids.Value;

    /// <summary>Who tells senders what became of their messages.</summary>
    public ISenderReports Reports => _parts.Reports.Value;

    /// <summary>
    /// Where everything that happens to messages is recorded: in the tracking log, the metrics and the trails of the application.
    /// </summary>
    public IMessageTrail Trail => _parts.Trail.Value;

    /// <summary>Who is asked before files are taken in.</summary>
    public IIntakeGate Gate => _parts.Gate.Value;

    /// <summary>The metrics of the transport.</summary>
    public TransportMetrics Metrics => _parts.Metrics.Value;

    /// <summary>The message tracking log; null when it is off.</summary>
    public MessageTrackingLog? TrackingLog => _parts.TrackingLog.Value.Log;

    /// <summary>Tells how the directories are, and what waits in them.</summary>
    public TransportHealth Health => _parts.Health.Value;

    /// <summary>
    /// Why <see cref="RunAsync"/> ended by itself, which is a defect: the program should end with an exit code of 1 (SE-8). Null while it
    /// goes on, and after an orderly stop.
    /// </summary>
    public Exception? Defect { get; private set; }

    /// <summary>The files that were set aside.</summary>
    internal SetAsideFiles SetAside => _parts.SetAside.Value;

#pragma warning disable RS0026 // The two differ in their first parameter, and neither will get others: what is new comes into the services.
    /// <summary>A transport. Nothing is touched and no connector is made before it is started, or one of its parts is asked for.</summary>
    /// <param name="options">What it is to do. It is completed and validated; do not change it afterwards.</param>
    /// <param name="services">What it works with; null is all defaults.</param>
    /// <exception cref="OptionsValidationException">The options cannot work; every error is in it, each with its key.</exception>
    public static ForeignConnectorTransport Create(ForeignConnectorOptions options, TransportServices? services = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        services ??= new TransportServices();
        options.ThrowIfInvalid(services);
        return new ForeignConnectorTransport(options, services);
    }

    /// <summary>A transport with options that code sets.</summary>
    /// <param name="configure">Sets options and adds connectors.</param>
    /// <param name="services">What it works with; null is all defaults.</param>
    /// <exception cref="OptionsValidationException">The options cannot work; every error is in it, each with its key.</exception>
    public static ForeignConnectorTransport Create(Action<ForeignConnectorOptions> configure, TransportServices? services = null)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new ForeignConnectorOptions();
        configure(options);
        return Create(options, services);
    }

    /// <summary>
    /// Submits a message of MimeKit: see <see cref="MailSubmission.SubmitAsync(MimeMessage, string?, CancellationToken)"/>.
    /// </summary>
    public ValueTask<AcceptResult> SubmitAsync(
        MimeMessage message, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        Submission.SubmitAsync(message, idempotencyKey, cancellationToken);

    /// <summary>
    /// Submits a message: see <see cref="MailSubmission.SubmitAsync(MailEnvelope, MessageContent, string?, CancellationToken)"/>.
    /// </summary>
    public ValueTask<AcceptResult> SubmitAsync(
        MailEnvelope envelope, MessageContent content, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        Submission.SubmitAsync(envelope, content, idempotencyKey, cancellationToken);
#pragma warning restore RS0026

    /// <summary>
    /// Makes the connectors, loads the queue and routes again what waits for a connector. What fails of one message or one folder is logged
    /// and tried again later (RY-4). Does nothing once it has succeeded; nothing is taken in or delivered before.
    /// </summary>
    /// <exception cref="IOException">The queue cannot be looked at at all. The next call tries again.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a permission.</exception>
    /// <exception cref="OptionsValidationException">A factory of a connector returned null.</exception>
    public async Task StartAsync()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _parts.Rounds.Value.StartAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Takes in everything that is pending, delivers everything that is due, and returns. Files that were written to just now are waited
    /// for, unless the settle time exceeds 10 seconds. Calls wait for each other.
    /// </summary>
    /// <param name="cancellationToken">Ends the round early; no message is lost.</param>
    /// <exception cref="InvalidOperationException">The transport runs: it takes in and delivers by itself.</exception>
    public Task<(PassResult Intake, DeliverySummary Delivery)> ProcessPendingAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _parts.Rounds.Value.ProcessPendingAsync(cancellationToken);
    }

    /// <summary>
    /// Takes in and delivers until <paramref name="cancellationToken"/> is cancelled or <see cref="StopAsync"/> is called; then ends what
    /// is under way, starts nothing new and returns. A round that is under way ends first. Nothing that happens to mail, disks or
    /// connectors ends it (RY-4).
    /// </summary>
    /// <param name="cancellationToken">Ends it in order; deliveries that do not end are left after 20 seconds.</param>
    /// <exception cref="InvalidOperationException">The transport runs already.</exception>
    /// <exception cref="Exception">
    /// A loop ended by itself, which is a defect; it is also in <see cref="Defect"/>. Or what <see cref="StartAsync"/> throws.
    /// </exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync().ConfigureAwait(false);
        var (rounds, follower) = (_parts.Rounds.Value, _parts.Follower.Value);
        // It came before anybody could note it.
        if (_isChangePending)
            follower.NoteChange();
        await rounds.HandToLoopsAsync(cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task loops;
        lock (_gate)
        {
            _logger.Started(_initial.Transport.ServerName, State.Current.Connectors.Count);
            loops = RunLoopsAsync(follower, stop);
            _run = (loops, stop);
        }
        try
        {
            await loops.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _run = null;
            rounds.TakeFromLoops();
        }
        if (Defect is { } defect)
            ExceptionDispatchInfo.Throw(defect);
    }

    /// <summary>Ends <see cref="RunAsync"/>, and returns when it has ended. Does nothing when the transport does not run.</summary>
    public async Task StopAsync()
    {
        Task loops;
        lock (_gate)
        {
            if (_run is not { } run)
                return;
            _ = run.Stop.CancelAsync();
            loops = run.Loops;
        }
        await loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Puts changed options in force, as a whole: connectors, address spaces, sites, links, accepted domains and drop directories. Other
    /// keys wait for the next start, with a warning. What waits for a connector is routed again (RT-4).
    /// </summary>
    /// <param name="options">The new options; do not change them afterwards.</param>
    /// <param name="cancellationToken">Ends the wait; the options may be in force then.</param>
    /// <exception cref="OptionsValidationException">Something is wrong with them; the old options stay in force.</exception>
    public async Task ApplyAsync(ForeignConnectorOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _parts.Follower.Value.ApplyAsync(options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Has <see cref="RunAsync"/> read the options again through <see cref="TransportServices.Reload"/>. Returns at once.
    /// </summary>
    public void ConfigurationChanged()
    {
        _isChangePending = true;
        _parts.Follower.IfMade?.NoteChange();
    }

    /// <summary>
    /// Stops, and disposes the parts and connectors that belong to the transport. A connector whose attempt does not end is disposed when
    /// it does.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        await StopAsync().ConfigureAwait(false);
        await _parts.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>As <see cref="DisposeAsync"/>, and waits for it.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task RunLoopsAsync(ConfigurationFollower follower, CancellationTokenSource stop)
    {
        using var queueWatch = WatchQueue();
        var setAside = new SetAsideLoop(SetAside, _services.Time, _logger);
        Task[] loops =
        [
            .. Directories.Select(directory => Task.Run(() => directory.RunAsync(stop.Token), CancellationToken.None)),
            Task.Run(() => Processor.RunAsync(stop.Token), CancellationToken.None),
            Task.Run(() => follower.RunAsync(stop.Token), CancellationToken.None),
            Task.Run(() => setAside.RunAsync(stop.Token), CancellationToken.None),
        ];
        var first = await Task.WhenAny(loops).ConfigureAwait(false);
        // A loop that ends by itself is a defect; half a transport would lose nothing, but nobody would notice.
        if (!stop.IsCancellationRequested)
        {
            Defect = first.Exception?.InnerException ?? new InvalidOperationException("A loop of the transport ended without a reason.");
            _logger.Defect(Defect, "A loop of the transport");
        }
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Has the processor look at the queue when an administrator changed something; null where that cannot be watched: it looks every
    // minute.
    private IDisposable? WatchQueue()
    {
        try
        {
            return Queue.Watch(Processor.Refresh);
        }
#pragma warning disable CA1031 // On a volume that takes no directory now, for example: no reason to end (RY-4).
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}
