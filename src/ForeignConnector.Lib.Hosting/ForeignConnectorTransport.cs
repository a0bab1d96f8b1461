using System.Collections.Immutable;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Processing;

namespace ForeignConnector.Lib.Hosting;

/// <summary>
/// The transport as a whole. The host's background services run it; an application without a host, or a test, calls <see cref="StartAsync"/> and then
/// <see cref="ProcessPendingAsync"/> whenever it likes. Thread-safe.
/// </summary>
public sealed class ForeignConnectorTransport : IDisposable
{
    // A file that somebody keeps writing to must not keep a single round from ending.
    private const int MaxSettleRounds = 10;

    // With a longer settle time, a file that was written to just now is left to a later round.
    private static readonly TimeSpan MaxSettleWait = TimeSpan.FromSeconds(10);

    private readonly Action _announce;
    private readonly DeliveryQueue _queue;
    private readonly QueueRerouter _rerouter;
    private readonly SubmissionIdSource _ids;
    private readonly TimeSpan _settleTime;
    private readonly TimeProvider _time;
    private readonly Action _flushRecord;
    private readonly TransportHooks _hooks;
    private readonly SemaphoreSlim _starting = new(1);
    private bool _isAnnounced;
    private bool _isStarted;
    private readonly SemaphoreSlim _round = new(1);
    private volatile bool _isRunByHost;

    internal ForeignConnectorTransport(
        Action announce, DeliveryQueue queue, QueueRerouter rerouter, QueueProcessor processor, SubmissionIdSource ids, IEnumerable<WatchedDirectory> directories,
        TimeSpan settleTime, TimeProvider time, Action flushRecord, TransportHooks? hooks = null)
    {
        _announce = announce;
        _queue = queue;
        _rerouter = rerouter;
        _ids = ids;
        _settleTime = settleTime;
        _time = time;
        _flushRecord = flushRecord;
        _hooks = hooks ?? new TransportHooks();
        Processor = processor;
        Directories = [.. directories];
    }

    /// <summary>The Pickup and Replay directories that are turned on.</summary>
    public ImmutableArray<WatchedDirectory> Directories { get; }

    /// <summary>Delivers from the queue.</summary>
    public QueueProcessor Processor { get; }

    /// <summary>Why the work in the host ended by itself, which is a defect: the program should end with an exit code of 1 (SE-8). Null while it goes on, and after an orderly stop.</summary>
    public Exception? Defect { get; internal set; }

    /// <summary>
    /// Loads the queue and routes again what waits for a connector. What fails of one message or one folder is logged and tried again later (RY-4). Does nothing once it has succeeded; nothing is
    /// taken in or delivered before.
    /// </summary>
    /// <exception cref="IOException">The queue cannot be looked at at all. The next call tries again.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a permission.</exception>
    public async Task StartAsync()
    {
        await _starting.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isStarted)
                return;
            await LoadAsync().ConfigureAwait(false);
            _isStarted = true;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Takes in everything that is pending, delivers everything that is due, and returns. Files that were written to just now are waited for, unless the settle time exceeds 10 seconds. Calls wait for each other.</summary>
    /// <param name="cancellationToken">Ends the round early; no message is lost.</param>
    /// <exception cref="InvalidOperationException">A host runs the transport: it takes in and delivers by itself.</exception>
    public async Task<(PassResult Intake, DeliverySummary Delivery)> ProcessPendingAsync(CancellationToken cancellationToken = default)
    {
        await _round.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isRunByHost)
                throw new InvalidOperationException("The host runs this transport: it takes in and delivers by itself.");
            return await ProcessRoundAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _round.Release();
        }
    }

    /// <summary>From now on the loops of a host do the work; a round that is under way ends first.</summary>
    internal async Task HandToHostAsync(CancellationToken cancellationToken)
    {
        await _round.WaitAsync(cancellationToken).ConfigureAwait(false);
        _isRunByHost = true;
        _round.Release();
    }

    /// <summary>The loops have ended.</summary>
    internal void TakeFromHost() => _isRunByHost = false;

    /// <summary>Has the processor look at the queue when an administrator changed something; null where that cannot be watched: it looks every minute.</summary>
    internal IDisposable? WatchQueue()
    {
        try
        {
            return _queue.Watch(Processor.Refresh);
        }
#pragma warning disable CA1031 // On a volume that takes no directory now, for example: no reason to end (RY-4).
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    /// <summary>Releases the processor; stop the host first.</summary>
    public void Dispose()
    {
        Processor.Dispose();
        _round.Dispose();
        _starting.Dispose();
    }

    private async Task<(PassResult Intake, DeliverySummary Delivery)> ProcessRoundAsync(CancellationToken cancellationToken)
    {
        await StartAsync().ConfigureAwait(false);
        await _hooks.BeforeRound(cancellationToken).ConfigureAwait(false);
        var intake = default(PassResult);
        for (var round = 0; ; round++)
        {
            var pass = default(PassResult);
            foreach (var directory in Directories)
                pass += await directory.ProcessPendingAsync(cancellationToken).ConfigureAwait(false);
            intake = pass + new PassResult { Accepted = intake.Accepted, BadMail = intake.BadMail, Refused = intake.Refused, Poison = intake.Poison };
            if (pass.Unsettled == 0 || round == MaxSettleRounds || _settleTime > MaxSettleWait)
                break;
            await Task.Delay(_settleTime, _time, cancellationToken).ConfigureAwait(false);
        }
        var delivery = await Processor.ProcessDueAsync(cancellationToken).ConfigureAwait(false);
        // What a dead process had in hand while it routed it comes last, and has its delivery still before it.
        if (await _rerouter.RerouteStrandedAsync(cancellationToken).ConfigureAwait(false) > 0)
            delivery += await Processor.ProcessDueAsync(cancellationToken).ConfigureAwait(false);
        await _hooks.AfterRound(cancellationToken).ConfigureAwait(false);
        _flushRecord();
        return (intake, delivery);
    }

    private async Task LoadAsync()
    {
        if (!_isAnnounced)
            _announce();
        _isAnnounced = true;
        await _hooks.Start(CancellationToken.None).ConfigureAwait(false);
        var contents = await _queue.LoadAsync(CancellationToken.None).ConfigureAwait(false);
        _ids.StartAfter(contents.LatestSubmission);
        await _rerouter.RerouteAsync(CancellationToken.None).ConfigureAwait(false);
        await _hooks.BeforeRound(CancellationToken.None).ConfigureAwait(false);
    }
}
