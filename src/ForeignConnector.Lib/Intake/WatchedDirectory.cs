using System.IO.Abstractions;
using System.Threading.RateLimiting;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.BadMail;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Poison;
using ForeignConnector.Lib.Intake.Replay;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake;

/// <summary>
/// The pump: takes messages out of a Pickup or Replay directory, oldest first, each exactly once even when several hosts share the directory
/// (PU-1..PU-4, PU-13). Whatever happens to one file, the next one gets its turn.
/// </summary>
/// <remarks>
/// One pass or one loop at a time; not thread-safe. Files are claimed one after the other, and submissions named in that order (DR-5); the work on them
/// overlaps, but for suspects (ND-4), which are worked on alone.
/// </remarks>
public sealed class WatchedDirectory
{
    // A live claim is locked. Programs that compose under a name of their own in .tmp are not, so at run time a claim must also have been quiet
    // for longer than any of them pauses.
    private static readonly TimeSpan OrphanQuietTime = TimeSpan.FromSeconds(10);

    // The files of one pass while the gate is slow.
    private const int SlowPass = 10;

    private readonly IntakeContext _context;
    private readonly IFileSystem _files;
    private readonly IPlatformFiles _platform;
    private readonly WatchedDirectoryOptions _options;
    private readonly ClaimWorker _worker;
    private readonly ClaimRecovery _recovery;
    private readonly CrashRecords _crashes;
    private readonly SettleTracker _settle;
    private readonly MinuteLimit _limit;
    private readonly WaitingFiles _waiting;
    private readonly OutageLog _listing = new();
    private readonly SkipLog _skips;
    private readonly WakeSignal _wake;
    private bool _started;

    internal WatchedDirectory(string path, WatchedDirectoryOptions options, IClaimProcessor processor, IntakeContext context, IPlatformFiles platform)
    {
        _context = context;
        _files = context.Files;
        _platform = platform;
        _options = options;
        Path = _files.Path.GetFullPath(path);
        Source = processor.Source.ToString();
        var aside = new AsideFolder(_files, context.Time, Source);
        _crashes = new CrashRecords(_files, Path, context.Time);
        _worker = new ClaimWorker(processor, context, _crashes, aside);
        _recovery = new ClaimRecovery(context, platform, _crashes, aside, processor.Source);
        _settle = new SettleTracker(_files, Path, options.SettleTime, context.Time);
        _limit = new MinuteLimit(options.MaxMessagesPerMinute, context.Time);
        _waiting = new WaitingFiles(after => DirectoryListing.Read(_files, _platform, Path, after), context.Time);
        _wake = new WakeSignal(context.Time);
        _skips = new SkipLog(context.Logger, Source);
    }

    /// <summary>A Pickup directory: messages that applications composed (PU).</summary>
    /// <param name="path">The directory; it may appear later.</param>
    /// <param name="watch">How it is watched.</param>
    /// <param name="options">What it accepts.</param>
    /// <param name="context">What is around it; several directories share one.</param>
    public static WatchedDirectory ForPickup(string path, WatchedDirectoryOptions watch, PickupOptions options, IntakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(path, watch, new PickupProcessor(options, context), context, PlatformFiles.For(context.Files));
    }

    /// <summary>A Replay directory: messages with their envelope in the file (RP).</summary>
    /// <inheritdoc cref="ForPickup"/>
    public static WatchedDirectory ForReplay(string path, WatchedDirectoryOptions watch, ReplayOptions options, IntakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(path, watch, new ReplayProcessor(options, context), context, PlatformFiles.For(context.Files));
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary><c>Pickup</c> or <c>Replay</c>.</summary>
    public string Source { get; }

    /// <summary>Wakes <see cref="RunAsync"/> before its polling interval has passed.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Takes in what is there now, until <paramref name="cancellationToken"/> is cancelled, and looks again at every change and every polling interval.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var watcher = new DirectoryWatcher(_files, Path, _wake.Set);
        var isSurprise = false;
        while (true)
        {
            watcher.Start();
            var pass = await LookAsync(cancellationToken).ConfigureAwait(false);
            var result = pass.Result();
            // Files that nobody reported: the watch is not of this directory any more.
            if (isSurprise && result.Accepted + result.Refused + result.BadMail > 0)
                watcher.Renew();
            // A file that is given back gets its name back, which the watcher reports, here and at every other host of the directory: they would take it again at once, and for ever.
            var mustRest = result.HeldBack || pass.HasGivenBack;
            if (mustRest)
                await Task.Delay(_options.PollingInterval, _context.Time, cancellationToken).ConfigureAwait(false);
            var isReported = !mustRest && await _wake.WaitAsync(WaitAfter(result), cancellationToken).ConfigureAwait(false);
            isSurprise = !mustRest && !isReported && result is { RateLimited: false, Unsettled: 0, Left: 0 };
        }
    }

    /// <summary>
    /// One look: takes back abandoned claims, then takes in every file that is ready. Does not throw for a bad file or a missing directory. When it
    /// returns or throws, no file is claimed any more.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; files that were being worked on are back.</exception>
    public async Task<PassResult> ProcessPendingAsync(CancellationToken cancellationToken) => (await LookAsync(cancellationToken).ConfigureAwait(false)).Result();

    private async Task<PassCounter> LookAsync(CancellationToken cancellationToken)
    {
        var pass = new PassCounter();
        try
        {
            if (TryBegin(pass))
                await TakeAllAsync(pass, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await pass.WhenDoneAsync().ConfigureAwait(false);
            // What was given back is older than what has not had its turn.
            if (cancellationToken.IsCancellationRequested)
                _waiting.Forget();
        }
        return pass;
    }

    private TimeSpan WaitAfter(PassResult result)
    {
        var wait = _options.PollingInterval;
        if (result.Unsettled > 0 && _options.SettleTime < wait)
            wait = _options.SettleTime;
        return result.RateLimited && _limit.Wait < wait ? _limit.Wait : wait;
    }

    // False while the directory cannot be read.
    private bool TryBegin(PassCounter pass)
    {
        if (_waiting.HasRemainder)
            return true;
        try
        {
            _settle.BeginPass();
            var quietTime = _started ? TimeSpan.FromTicks(Math.Max(_options.SettleTime.Ticks, OrphanQuietTime.Ticks)) : _options.SettleTime;
            var recovered = _waiting.Begin().Count(claim => Recover(claim, quietTime, pass));
            _started = true;
            if (recovered > 0)
            {
                _context.Logger.ClaimsRecovered(Source, recovered);
                _waiting.Begin();
            }
            _crashes.Sweep(_waiting.CrashRecords);
            if (_listing.End())
                _context.Logger.DirectoryAvailable(Source, Path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_listing.Begin())
                _context.Logger.DirectoryUnavailable(Source, Path, e.Message);
            return false;
        }
    }

    private bool Recover(WaitingFile claim, TimeSpan quietTime, PassCounter pass)
    {
        try
        {
            if (!_settle.IsQuietFor(claim, quietTime))
                return false;
            var (recovered, poison) = _recovery.Run(PathOf(claim));
            pass.Add(new PassResult { Poison = poison });
            return recovered > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _skips.Tell(claim.Name, PathOf(claim), e);
            return false;
        }
    }

    private async ValueTask TakeAllAsync(PassCounter pass, CancellationToken cancellationToken)
    {
        while (TryPeek(out var file))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (slots, isSuspect) = IsSuspect(file) ? (_context.MaxConcurrency, true) : (1, false);
            var slot = await _context.Slots.AcquireAsync(slots, cancellationToken).ConfigureAwait(false);
            // Only now: what the gate counts is behind by the files that are worked on, and by no more.
            if (Stops(pass))
            {
                slot.Dispose();
                return;
            }
            _waiting.Advance();
            if (TryClaim(file, isSuspect, pass) is not { } work)
                slot.Dispose();
            else if (_context.MaxConcurrency == 1 || isSuspect)
                await WorkAsync(work, slot, pass, cancellationToken).ConfigureAwait(false);
            else
                _ = Task.Run(() => WorkAsync(work, slot, pass, cancellationToken), CancellationToken.None);
        }
    }

    private bool TryPeek(out WaitingFile file)
    {
        try
        {
            return _waiting.TryPeek(out file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next pass tells whether it is an outage.
            file = default;
            return false;
        }
    }

    // True when the files that are left must wait.
    private bool Stops(PassCounter pass)
    {
        var pace = _context.Gate.Pace;
        var heldBack = pace == IntakePace.Closed || (pace == IntakePace.Slow && pass.Claimed >= SlowPass);
        var stop = new PassResult { HeldBack = heldBack, RateLimited = _limit.Wait > TimeSpan.Zero };
        pass.Add(stop);
        return stop.HeldBack || stop.RateLimited;
    }

    private bool IsSuspect(WaitingFile file) => _waiting.CrashRecords.Count > 0 && _waiting.CrashRecords.Contains(CrashRecords.NameFor(file.Name));

    private IntakeWork? TryClaim(WaitingFile file, bool isSuspect, PassCounter pass)
    {
        try
        {
            if (!_settle.IsQuiet(file, _waiting.Age))
            {
                pass.Add(new PassResult { Unsettled = 1 });
                return null;
            }
            if (FileClaim.TryClaim(_files, _platform, _context.Time, PathOf(file), out var opened) is { } claim)
            {
                _limit.Use();
                pass.Begin();
                return new IntakeWork(claim, _context.Ids.Next(IdentityOf(claim)), _context.Time.GetTimestamp(), isSuspect);
            }
            if (opened == OpenResult.NotRegular)
                _skips.Tell(file.Name, "not a regular file");
            // Gone: another host was faster. Locked: somebody is still writing it.
            pass.Add(new PassResult { Left = opened == OpenResult.Locked ? 1 : 0 });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _skips.Tell(file.Name, PathOf(file), e);
            pass.Add(new PassResult { Left = 1 });
        }
        return null;
    }

    private async Task WorkAsync(IntakeWork work, RateLimitLease slot, PassCounter pass, CancellationToken cancellationToken)
    {
        var (result, failure) = (default(PassResult), default(Exception));
        using (slot)
        {
            try
            {
                result = await _worker.RunAsync(work, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _skips.Tell(work.Claim.OriginalName, work.Claim.Path, e);
                result = new PassResult { Left = 1 };
            }
#pragma warning disable CA1031 // It is thrown again when the pass has ended.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }
        }
        pass.End(result, failure);
    }

    // Hard links are one file, and as many messages as they are names.
    private static string IdentityOf(FileClaim claim) => $"{claim.File.Identity}|{claim.OriginalName}";

    private string PathOf(WaitingFile file) => _files.Path.Combine(Path, file.Name);
}
