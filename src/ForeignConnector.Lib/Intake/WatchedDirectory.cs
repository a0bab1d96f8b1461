using System.IO.Abstractions;
using System.Threading.RateLimiting;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.BadMail;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Replay;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Intake;

/// <summary>
/// The pump: takes messages out of a Pickup or Replay directory, oldest first, each exactly once even when several hosts share the directory
/// (PU-1..PU-4, PU-13). Whatever happens to one file, the next one gets its turn.
/// </summary>
/// <remarks>One pass or one loop at a time; not thread-safe. Disposing releases the rate limiter.</remarks>
public sealed class WatchedDirectory : IDisposable
{
    // A live claim is locked. Programs that compose under a name of their own in .tmp are not, so at run time a claim must also have been quiet
    // for longer than any of them pauses.
    private static readonly TimeSpan OrphanQuietTime = TimeSpan.FromSeconds(10);

    private readonly IFileSystem _files;
    private readonly IPlatformFiles _platform;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WatchedDirectoryOptions _options;
    private readonly IClaimProcessor _processor;
    private readonly BadMailFolder _badMail;
    private readonly SettleTracker _settle;
    private readonly RateLimiter? _limiter;
    private readonly OutageLog _listing = new();
    private readonly OutageLog _handOver = new();
    private readonly HashSet<string> _skipped = new(StringComparer.Ordinal);
    private readonly WakeSignal _wake;
    private RateLimitLease? _lease;
    private bool _started;

    internal WatchedDirectory(
        string path, WatchedDirectoryOptions options, IClaimProcessor processor, IFileSystem files, IPlatformFiles platform, TimeProvider time,
        RateLimiter? limiter, ILogger logger)
    {
        Path = files.Path.GetFullPath(path);
        _options = options;
        _processor = processor;
        _files = files;
        _platform = platform;
        _time = time;
        _limiter = limiter;
        _logger = logger;
        _badMail = new BadMailFolder(files, time);
        _settle = new SettleTracker(options.SettleTime, time);
        _wake = new WakeSignal(time);
    }

    /// <summary>A Pickup directory: messages that applications composed (PU).</summary>
    /// <param name="path">The directory; it may appear later.</param>
    /// <param name="watch">How it is watched.</param>
    /// <param name="options">What it accepts.</param>
    /// <param name="identity">Who we are, for the fields that are added.</param>
    /// <param name="ids">Names submissions.</param>
    /// <param name="intake">Where messages go.</param>
    /// <param name="files">The file system.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Names of files, rules and counts; no addresses, no content.</param>
    public static WatchedDirectory ForPickup(
        string path, WatchedDirectoryOptions watch, PickupOptions options, IntakeIdentity identity, SubmissionIdSource ids, IMailIntake intake,
        IFileSystem files, TimeProvider time, ILogger<WatchedDirectory> logger) =>
        new(path, watch, new PickupProcessor(options, identity, ids, intake), files, PlatformFiles.For(files), time, CreateLimiter(watch), logger);

    /// <summary>A Replay directory: messages with their envelope in the file (RP).</summary>
    /// <inheritdoc cref="ForPickup"/>
    public static WatchedDirectory ForReplay(
        string path, WatchedDirectoryOptions watch, ReplayOptions options, IntakeIdentity identity, SubmissionIdSource ids, IMailIntake intake,
        IFileSystem files, TimeProvider time, ILogger<WatchedDirectory> logger) =>
        new(path, watch, new ReplayProcessor(options, identity, ids, intake), files, PlatformFiles.For(files), time, CreateLimiter(watch), logger);

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary><c>Pickup</c> or <c>Replay</c>.</summary>
    public string Source => _processor.Source;

    /// <summary>Wakes <see cref="RunAsync"/> before its polling interval has passed.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Takes in what is there now, until <paramref name="cancellationToken"/> is cancelled, and looks again at every change and every polling interval.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var watcher = DirectoryWatcher.TryStart(_files, Path, _wake.Set);
        while (true)
        {
            var result = await ProcessPendingAsync(cancellationToken).ConfigureAwait(false);
            var wait = result.Unsettled > 0 && _options.SettleTime < _options.PollingInterval ? _options.SettleTime : _options.PollingInterval;
            await _wake.WaitAsync(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One look: takes back abandoned claims, then takes in every file that is ready. Does not throw for a bad file or a missing directory.</summary>
    public async Task<PassResult> ProcessPendingAsync(CancellationToken cancellationToken)
    {
        DirectoryListing listing;
        try
        {
            listing = List();
            if (_listing.End())
                _logger.DirectoryAvailable(Source, Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_listing.Begin())
                _logger.DirectoryUnavailable(e, Source, Path);
            return default;
        }
        var result = default(PassResult);
        foreach (var file in listing.Messages)
        {
            cancellationToken.ThrowIfCancellationRequested();
            result += await TakeAsync(file, cancellationToken).ConfigureAwait(false);
            if (result.RateLimited)
                break;
        }
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lease?.Dispose();
        _limiter?.Dispose();
    }

    // Never more than the limit in any 60 seconds; permits come back 5 seconds at a time.
    private static SlidingWindowRateLimiter? CreateLimiter(WatchedDirectoryOptions options) =>
        options.MaxMessagesPerMinute is not { } limit ? null : new SlidingWindowRateLimiter(new SlidingWindowRateLimiterOptions
        {
            PermitLimit = limit,
            Window = TimeSpan.FromMinutes(1),
            SegmentsPerWindow = 12,
            QueueLimit = 0,
        });

    private DirectoryListing List()
    {
        _settle.BeginPass();
        var listing = DirectoryListing.Read(_files, _platform, Path);
        var quietTime = _started ? TimeSpan.FromTicks(Math.Max(_options.SettleTime.Ticks, OrphanQuietTime.Ticks)) : _options.SettleTime;
        var recovered = listing.Claims.Count(claim => Recover(claim, quietTime));
        _started = true;
        if (recovered == 0)
            return listing;
        _logger.ClaimsRecovered(Source, recovered);
        return DirectoryListing.Read(_files, _platform, Path);
    }

    private bool Recover(IFileInfo claim, TimeSpan quietTime)
    {
        try
        {
            return _settle.IsQuiet(claim, quietTime) && FileClaim.TryRecover(_files, _platform, _time, claim.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogSkipped(claim.Name, e.GetType().Name);
            return false;
        }
    }

    private async ValueTask<PassResult> TakeAsync(IFileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            if (!_settle.IsQuiet(file))
                return new PassResult { Unsettled = 1 };
            if (!TryGetPermit())
                return new PassResult { RateLimited = true };
            using var claim = FileClaim.TryClaim(_files, _platform, _time, file.FullName, out var opened);
            if (claim is null)
                return NotClaimed(file, opened);
            UsePermit();
            return await ProcessAsync(claim, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogSkipped(file.Name, e.GetType().Name);
            return new PassResult { Left = 1 };
        }
    }

    private PassResult NotClaimed(IFileInfo file, OpenResult opened)
    {
        if (opened == OpenResult.NotRegular)
            LogSkipped(file.Name, "not a regular file");
        // Gone: another host was faster. Locked: somebody is still writing it.
        return opened == OpenResult.Locked ? new PassResult { Left = 1 } : default;
    }

    private async ValueTask<PassResult> ProcessAsync(FileClaim claim, CancellationToken cancellationToken)
    {
        var result = await RunProcessorAsync(claim, cancellationToken).ConfigureAwait(false);
        switch (result.Disposition)
        {
            case IntakeDisposition.Accepted:
                claim.Complete();
                return new PassResult { Accepted = 1 };
            case IntakeDisposition.BadMail:
                _badMail.Keep(claim, Source, result);
                _logger.BadMail(Source, FileNames.ForLog(claim.OriginalName), result.Rule!, Redaction.Addresses(result.Reason!));
                return new PassResult { BadMail = 1 };
            default:
                claim.Release();
                return new PassResult { Left = 1 };
        }
    }

    private async ValueTask<IntakeResult> RunProcessorAsync(FileClaim claim, CancellationToken cancellationToken)
    {
        try
        {
            var result = await _processor.ProcessAsync(claim, cancellationToken).ConfigureAwait(false);
            _handOver.End();
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            claim.Release();
            throw;
        }
#pragma warning disable CA1031 // Whatever goes wrong with one message: it stays, and the next one gets its turn.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_handOver.Begin())
                _logger.HandOverFailed(e, Source, FileNames.ForLog(claim.OriginalName));
            return IntakeResult.RetryLater;
        }
    }

    // A permit that was not used (a lost race) serves the next file.
    private bool TryGetPermit()
    {
        if (_limiter is null || _lease is { IsAcquired: true })
            return true;
        _lease = _limiter.AttemptAcquire();
        return _lease.IsAcquired;
    }

    private void UsePermit()
    {
        _lease?.Dispose();
        _lease = null;
    }

    private void LogSkipped(string name, string reason)
    {
        const int bound = 10_000;
        if (_skipped.Count >= bound)
            _skipped.Clear();
        if (_skipped.Add(name))
            _logger.FileSkipped(Source, FileNames.ForLog(name), reason);
    }
}
