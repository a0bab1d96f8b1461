using System.Collections.Immutable;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Processing;

namespace ForeignConnector.Lib.Transport;

/// <summary>Starts a transport, and takes in and delivers round by round, unless loops do that. Thread-safe.</summary>
internal sealed class TransportRounds : IDisposable
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
    private readonly SemaphoreSlim _round = new(1);
    private readonly SemaphoreSlim _routing = new(1);
    private bool _isAnnounced;
    private bool _isStarted;
    private volatile bool _isRunning;

    public TransportRounds(
        Action announce, DeliveryQueue queue,
            QueueRerouter rerouter, QueueProcessor processor, SubmissionIdSource ids, IEnumerable<WatchedDirectory> directories,
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

    /// <summary>
    /// Loads the queue and routes again what waits for a connector. What fails of one message or one folder is logged and tried again later
    /// (RY-4). Does nothing once it has succeeded; nothing is taken in or delivered before.
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

    /// <summary>
    /// Takes in everything that is pending, delivers everything that is due, and returns. Files that were written to just now are waited
    /// for, unless the settle time exceeds 10 seconds. Calls wait for each other.
    /// </summary>
    /// <param name="cancellationToken">Ends the round early; no message is lost.</param>
    /// <exception cref="InvalidOperationException">The transport runs: it takes in and delivers by itself.</exception>
    public async Task<(PassResult Intake, DeliverySummary Delivery)> ProcessPendingAsync(CancellationToken cancellationToken = default)
    {
        await _round.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isRunning)
                throw new InvalidOperationException("This transport runs: it takes in and delivers by itself.");
            return await ProcessRoundAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _round.Release();
        }
    }

    /// <summary>From now on loops do the work; a round that is under way ends first.</summary>
    /// <exception cref="InvalidOperationException">They do already.</exception>
    public async Task HandToLoopsAsync(CancellationToken cancellationToken)
    {
        await _round.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isRunning)
                throw new InvalidOperationException("This transport runs already.");
            _isRunning = true;
        }
        finally
        {
            _round.Release();
        }
    }

    /// <summary>The loops have ended.</summary>
    public void TakeFromLoops() => _isRunning = false;

    /// <summary>
    /// Routes again what waits for a connector that is gone; after a change of the configuration, or at start, also what nothing took
    /// before (RT-8).
    /// </summary>
    public async ValueTask<int> RerouteAsync(bool isChanged, CancellationToken cancellationToken)
    {
        await _routing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return isChanged
                ? await _rerouter.RerouteAsync(cancellationToken).ConfigureAwait(false)
                : await _rerouter.RerouteStrandedAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _routing.Release();
        }
    }

    public void Dispose()
    {
        _round.Dispose();
        _starting.Dispose();
        _routing.Dispose();
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
            intake = pass + new PassResult
            {
                Accepted = intake.Accepted,
                BadMail = intake.BadMail,
                Refused = intake.Refused,
                Poison = intake.Poison
            };
            if (pass.Unsettled == 0 || round == MaxSettleRounds || _settleTime > MaxSettleWait)
                break;
            await Task.Delay(_settleTime, _time, cancellationToken).ConfigureAwait(false);
        }
        var delivery = await Processor.ProcessDueAsync(cancellationToken).ConfigureAwait(false);
        // What a dead process had in hand while it routed it comes last, and has its delivery still before it.
        if (await RerouteAsync(isChanged: false, cancellationToken).ConfigureAwait(false) > 0)
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
        await RerouteAsync(isChanged: true, CancellationToken.None).ConfigureAwait(false);
        await _hooks.BeforeRound(CancellationToken.None).ConfigureAwait(false);
    }
}

/// <summary>What belongs to a start and to a round of the transport besides mail.</summary>
internal sealed record TransportHooks
{
    private static readonly Func<CancellationToken, Task> Nothing = _ => Task.CompletedTask;

    /// <summary>Before the queue is loaded.</summary>
    public Func<CancellationToken, Task> Start { get; init; } = Nothing;

    /// <summary>Before files are taken in: by a host, or by a round.</summary>
    public Func<CancellationToken, Task> BeforeRound { get; init; } = Nothing;

    /// <summary>After a round.</summary>
    public Func<CancellationToken, Task> AfterRound { get; init; } = Nothing;
}
