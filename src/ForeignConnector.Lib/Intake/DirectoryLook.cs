using System.Threading.RateLimiting;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.BadMail;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake;

/// <summary>
/// One look at a watched directory after the other. Files are opened and claimed one after the other, as many together as there is room for, and submissions named in that order
/// (DR-5); the work on them overlaps. Suspects (ND-4) come last, one at a time.
/// </summary>
internal sealed class DirectoryLook
{
    // The files of one look while the gate is slow.
    private const int SlowPass = 10;

    // How often to look for claims of other processes of this host that have ended.
    private static readonly TimeSpan RecoveryInterval = TimeSpan.FromSeconds(10);

    // How long everything else waits for a suspect.
    private static readonly TimeSpan AloneTime = TimeSpan.FromSeconds(10);

    // A minute limit that is always used up does not keep a suspect waiting for ever.
    private static readonly TimeSpan LongestSuspectWait = TimeSpan.FromMinutes(10);

    private readonly string _directory;
    private readonly string _source;
    private readonly WatchedDirectoryOptions _options;
    private readonly IntakeContext _context;
    private readonly ClaimWorker _worker;
    private readonly DirectoryClaims _claims;
    private readonly ForeignTemporaries _foreign;
    private readonly SettleTracker _settle;
    private readonly MinuteLimit _limit;
    private readonly WaitingFiles _waiting;
    private readonly SkipLog _skips;
    private readonly OutageLog _listing = new();
    private readonly OutageLog _journal = new();
    private readonly OutageLog _rate = new();
    private long? _recoveredAt;
    private long _suspectsSince;

    public DirectoryLook(string directory, WatchedDirectoryOptions options, IClaimProcessor processor, IntakeContext context, IPlatformFiles platform)
    {
        (_directory, _options, _context, _source) = (directory, options, context, processor.Source.ToString());
        var files = context.Files;
        _skips = new SkipLog(context.Logger, _source);
        _claims = context.Own(new DirectoryClaims(directory, _source, options.PollingInterval, context, platform, _skips));
        _foreign = new ForeignTemporaries(directory, _source, options.RecoverForeignClaims, context, platform, _skips);
        _worker = new ClaimWorker(processor, context, _claims, new AsideFolder(files, platform, context.Time, _source));
        _settle = new SettleTracker(files, directory, options.SettleTime, context.Time);
        _limit = new MinuteLimit(options.MaxMessagesPerMinute, context.Time);
        _waiting = new WaitingFiles(after => DirectoryListing.Read(files, platform, directory, TellOfName, after), context.Time);
    }

    /// <summary>Takes in every file that is ready.</summary>
    /// <param name="isLoop">Other looks follow, so that a suspect may wait until the process has run quietly for a while.</param>
    /// <param name="cancellationToken">What is worked on is given back.</param>
    /// <returns>What was done, and whether no look may follow before the next poll.</returns>
    public async Task<(PassResult Result, bool MustRest)> RunAsync(bool isLoop, CancellationToken cancellationToken)
    {
        var pass = new PassCounter();
        try
        {
            if (TryBegin(pass))
            {
                await FinishLeftAsync(pass, isLoop, cancellationToken).ConfigureAwait(false);
                await TakeAllAsync(pass, isLoop, cancellationToken).ConfigureAwait(false);
                await TakeSuspectsAsync(pass, isLoop, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await pass.WhenDoneAsync().ConfigureAwait(false);
            // What was given back is older than what has not had its turn.
            if (cancellationToken.IsCancellationRequested)
                _waiting.Forget();
        }
        var result = pass.Result();
        return (result, _claims.MustAllRest() || result.HeldBack);
    }

    /// <summary>How long until the next look has something to do that nobody reports.</summary>
    public TimeSpan WaitAfter(PassResult result)
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
        Recover();
        try
        {
            _settle.BeginPass();
            var temporaries = _waiting.Begin();
            if (_foreign.Look(temporaries, _claims, _settle) > 0)
                _waiting.Begin();
            if (_listing.End())
                _context.Logger.DirectoryAvailable(_source, _directory);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_listing.Begin())
                _context.Logger.DirectoryUnavailable(_source, _directory, e.Message);
            return false;
        }
    }

    private void Recover()
    {
        if (_recoveredAt is { } then && _context.Time.GetElapsedTime(then) < RecoveryInterval)
            return;
        try
        {
            if (_claims.Recover() is > 0 and var count)
            {
                _suspectsSince = _context.Time.GetTimestamp();
                _context.Logger.ClaimsRecovered(_source, count);
            }
            _recoveredAt = _context.Time.GetTimestamp();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TellOfJournal(e);
        }
    }

    // What was accepted has to be deleted, what could not be finished goes on; suspects have their turn later.
    private async ValueTask FinishLeftAsync(PassCounter pass, bool isLoop, CancellationToken cancellationToken)
    {
        foreach (var record in _claims.Left(withResting: !isLoop).Where(record => record.State == ClaimState.Accepted || record.Suspicion == Suspicion.None))
        {
            if (record.State != ClaimState.Accepted)
            {
                Start(await _context.Slots.AcquireAsync(1, cancellationToken).ConfigureAwait(false), TryResume(record, ClaimState.Working), pass, cancellationToken);
                continue;
            }
            if (TryResume(record, ClaimState.Accepted) is { } accepted)
            {
                using (accepted.Claim)
                    _claims.Complete(accepted);
            }
        }
    }

    private async ValueTask TakeAllAsync(PassCounter pass, bool isLoop, CancellationToken cancellationToken)
    {
        while (TryPeek(out _))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var slot = await _context.Slots.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
            // Only now: what the gate counts is behind by the files that are worked on, and by no more.
            if (Stops(pass))
            {
                slot.Dispose();
                return;
            }
            if (!await TakeSomeAsync(slot, pass, isLoop, cancellationToken).ConfigureAwait(false))
                // All places of this minute are taken by files that are worked on; some may come free.
                (await _context.Slots.AcquireAsync(_context.MaxConcurrency, cancellationToken).ConfigureAwait(false)).Dispose();
        }
        if (_rate.IsOut && !pass.Sum.RateLimited)
            _rate.End();
    }

    // Claims as many files as there are slots, so that they share one flush of the journal. False when the minute has no place for the next one.
    private async ValueTask<bool> TakeSomeAsync(RateLimitLease slot, PassCounter pass, bool isLoop, CancellationToken cancellationToken)
    {
        var (opened, slots, hasPlace) = (new List<FileClaim>(), new Queue<RateLimitLease>(), true);
        slots.Enqueue(slot);
        try
        {
            while (opened.Count < slots.Count && TryPeek(out var file) && (opened.Count == 0 || !IsStopped(pass, opened.Count)))
            {
                if (!(hasPlace = _limit.TryReserve()))
                    break;
                _waiting.Advance();
                if (TryOpen(file, isLoop, pass) is not { } claim)
                {
                    _limit.End(isUsed: false);
                    continue;
                }
                opened.Add(claim);
                if (_context.Slots.AttemptAcquire() is { IsAcquired: true } next)
                    slots.Enqueue(next);
            }
            foreach (var work in Take(opened, pass))
            {
                var lease = slots.Dequeue();
                if (work is null)
                    _limit.End(isUsed: false);
                if (_context.MaxConcurrency == 1)
                    await StartAsync(lease, work, pass, _limit, cancellationToken).ConfigureAwait(false);
                else
                    Start(lease, work, pass, cancellationToken, _limit);
            }
        }
        finally
        {
            while (slots.TryDequeue(out var unused))
                unused.Dispose();
        }
        return hasPlace || opened.Count > 0;
    }

    private IntakeWork?[] Take(List<FileClaim> opened, PassCounter pass)
    {
        try
        {
            var works = _claims.Take(opened);
            if (opened.Count > 0)
                _journal.End();
            pass.Claimed += works.Count(work => work is not null);
            return works;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TellOfJournal(e);
            opened.ForEach(claim => claim.Dispose());
            pass.Add(new PassResult { Left = opened.Count });
            return new IntakeWork?[opened.Count];
        }
    }

    private async ValueTask TakeSuspectsAsync(PassCounter pass, bool isLoop, CancellationToken cancellationToken)
    {
        var suspects = _claims.Left(withResting: !isLoop).Where(record => record.Suspicion != Suspicion.None && record.State != ClaimState.Accepted).ToArray();
        if (suspects.Length == 0 || pass.Sum.HeldBack)
            return;
        if (pass.Sum.RateLimited && _context.Time.GetElapsedTime(_suspectsSince) < LongestSuspectWait)
            return;
        foreach (var record in suspects)
        {
            var isQuiet = _context.IsQuiet;
            if (record.Suspicion == Suspicion.DiedAlone && record.Crashes < _context.PoisonThreshold && isLoop && !isQuiet)
                continue;
            // All slots: nothing else is worked on meanwhile, in no directory.
            using var all = await _context.Slots.AcquireAsync(_context.MaxConcurrency, cancellationToken).ConfigureAwait(false);
            if (TryResume(record, isQuiet ? ClaimState.Alone : ClaimState.Early) is not { } work)
                continue;
            var running = StartAsync(slot: null, work, pass, limit: null, cancellationToken);
            if (await Task.WhenAny(running, Task.Delay(AloneTime, _context.Time, CancellationToken.None)).ConfigureAwait(false) == running)
                continue;
            _claims.NotAlone(work);
        }
    }

    private IntakeWork? TryResume(ClaimRecord record, ClaimState state)
    {
        try
        {
            return _claims.TryResume(record, state);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _skips.Tell(record.ClaimName, PathOf(record.ClaimName), e);
            return null;
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
            // The next look tells whether it is an outage.
            file = default;
            return false;
        }
    }

    // True when the files that are left must wait.
    private bool Stops(PassCounter pass)
    {
        var stop = new PassResult { HeldBack = IsStopped(pass, 0), RateLimited = _limit.Wait > TimeSpan.Zero };
        pass.Add(stop);
        if (stop.RateLimited && _rate.Begin())
            _context.Logger.RateLimited(_source, _options.MaxMessagesPerMinute!.Value, _waiting.Count, _waiting.IsMore ? " or more" : "");
        return stop.HeldBack || stop.RateLimited;
    }

    private bool IsStopped(PassCounter pass, int more)
    {
        var pace = _context.Gate.Pace;
        return pace == IntakePace.Closed || (pace == IntakePace.Slow && pass.Claimed + more >= SlowPass);
    }

    private FileClaim? TryOpen(WaitingFile file, bool isLoop, PassCounter pass)
    {
        try
        {
            if (isLoop && _claims.IsResting(file.Name))
            {
                pass.Add(new PassResult { Left = 1 });
                return null;
            }
            if (!_settle.IsQuiet(file, _waiting.Age))
            {
                pass.Add(new PassResult { Unsettled = 1 });
                return null;
            }
            if (_claims.TryOpen(file.Name, out var opened) is { } claim)
            {
                if (HasRoomFor(claim))
                    return claim;
                claim.Dispose();
                pass.Add(new PassResult { Left = 1 });
                return null;
            }
            if (opened == OpenResult.NotRegular)
                _skips.Tell(file.Name, "not a regular file");
            // Gone: another host was faster. Locked: somebody is still writing it, and is looked for as soon as for one that is not quiet.
            pass.Add(new PassResult { Unsettled = opened == OpenResult.Locked ? 1 : 0 });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _skips.Tell(file.Name, PathOf(file.Name), e);
            pass.Add(new PassResult { Left = 1 });
        }
        return null;
    }

    // What exceeds every limit needs none: it is refused, and only its header is read (SE-5).
    private bool HasRoomFor(FileClaim claim)
    {
        var size = claim.File.Length;
        if (size > _context.Intake.MaxMessageSize || _context.Gate.HasRoomFor(size))
            return true;
        _skips.Tell(claim.OriginalName, FormattableString.Invariant($"{size} octets do not fit the free space of the queue's volume and its reserve"));
        return false;
    }

    private void Start(RateLimitLease slot, IntakeWork? work, PassCounter pass, CancellationToken cancellationToken, MinuteLimit? limit = null)
    {
        if (work is null)
            slot.Dispose();
        else
            _ = StartAsync(slot, work, pass, limit, cancellationToken);
    }

    private Task StartAsync(RateLimitLease? slot, IntakeWork? work, PassCounter pass, MinuteLimit? limit, CancellationToken cancellationToken)
    {
        if (work is null)
        {
            slot?.Dispose();
            return Task.CompletedTask;
        }
        pass.Begin();
        return Task.Run(() => WorkAsync(work, slot, pass, limit, cancellationToken), CancellationToken.None);
    }

    private async Task WorkAsync(IntakeWork work, RateLimitLease? slot, PassCounter pass, MinuteLimit? limit, CancellationToken cancellationToken)
    {
        var (result, failure) = (default(PassResult), default(Exception));
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
        finally
        {
            limit?.End(isUsed: result.Accepted + result.Refused + result.BadMail > 0);
            slot?.Dispose();
            pass.End(result, failure);
        }
    }

    private void TellOfJournal(Exception e)
    {
        if (_journal.Begin())
            _context.Logger.ClaimJournalUnavailable(e, _source, _context.JournalDirectory);
    }

    private void TellOfName(string name) => _skips.Tell(name, "its name is not UTF-8, and the system refuses to change it");

    private string PathOf(string name) => _context.Files.Path.Combine(_directory, name);
}
