using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>
/// Polls a watched directory: each poll finishes what an earlier poll or process left, then takes in the messages, then the suspects
/// (ND-4), one at a time.
/// </summary>
internal sealed class DirectoryPoll
{
    // How often claims are recovered of processes of this host that have ended.
    private static readonly TimeSpan RecoveryInterval = TimeSpan.FromSeconds(10);

    // How long all other files wait for a suspect.
    private static readonly TimeSpan AloneTime = TimeSpan.FromSeconds(10);

    // A minute limit that is always used up does not keep a suspect waiting for ever.
    private static readonly TimeSpan LongestSuspectWait = TimeSpan.FromMinutes(10);

    private readonly string _directory;
    private readonly string _source;
    private readonly WatchedDirectoryOptions _options;
    private readonly IntakeContext _context;
    private readonly ClaimWorker _worker;
    private readonly MessageClaimer _messages;
    private readonly DirectoryClaims _claims;
    private readonly ForeignTemporaries _foreign;
    private readonly SettleTracker _settle;
    private readonly WaitingFiles _waiting;
    private readonly SkipLog _skips;
    private readonly OutageLog _listing = new();
    private readonly OutageLog _journal = new();
    private long? _recoveredAt;
    private long _suspectsSince;

    public DirectoryPoll(
        string directory, WatchedDirectoryOptions options, IHeaderParser parser, IntakeContext context, IPlatformFiles platform)
    {
        (_directory, _options, _context, _source) = (directory, options, context, parser.Source.ToString());
        var files = context.Files;
        _skips = new SkipLog(context.Logger, _source);
        _claims = context.Own(new DirectoryClaims(directory, _source, options.PollingInterval, context, platform, _skips));
        _foreign = new ForeignTemporaries(directory, _source, options.RecoverForeignClaims, context, platform, _skips);
        _worker = new ClaimWorker(parser, context, _claims, new SetAsideWriter(files, platform, context.Time, _source), _skips);
        _settle = new SettleTracker(files, directory, options.SettleTime, context.Time);
        _waiting = new WaitingFiles(after => DirectoryListing.Read(files, platform, directory, TellOfName, after), context.Time);
        _messages = new MessageClaimer(directory, _source, options, context, _claims, _waiting, _settle, _worker, _skips, _journal);
    }

    /// <summary>Takes in every file that is ready.</summary>
    /// <param name="isLoop">Other polls follow, so that a suspect may wait until the process has run quietly for a while.</param>
    /// <param name="cancellationToken">Files that are worked on are given back.</param>
    /// <returns>What was done, and whether the next poll must wait for its interval.</returns>
    public async Task<(PassResult Result, bool MustRest)> RunAsync(bool isLoop, CancellationToken cancellationToken)
    {
        var pass = new PassCounter();
        try
        {
            if (TryBegin(pass))
            {
                await FinishLeftAsync(pass, isLoop, cancellationToken).ConfigureAwait(false);
                await _messages.TakeAllAsync(pass, isLoop, cancellationToken).ConfigureAwait(false);
                await TakeSuspectsAsync(pass, isLoop, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await pass.WhenDoneAsync().ConfigureAwait(false);
            // Files that were given back are older than those that have not had their turn.
            if (cancellationToken.IsCancellationRequested)
                _waiting.Forget();
        }
        var result = pass.Result();
        return (result, _claims.MustAllRest() || result.HeldBack);
    }

    /// <summary>How long until a poll has something to do that no event announces.</summary>
    public TimeSpan WaitAfter(PassResult result)
    {
        var wait = _options.PollingInterval;
        if (result.Unsettled > 0 && _options.SettleTime < wait)
            wait = _options.SettleTime;
        return result.RateLimited && _messages.Wait < wait ? _messages.Wait : wait;
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
            _journal.End();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TellOfJournal(e);
        }
    }

    // Accepted files are deleted, unfinished work goes on; suspects have their turn later.
    private async ValueTask FinishLeftAsync(PassCounter pass, bool isLoop, CancellationToken cancellationToken)
    {
        foreach (var record in _claims.Left(withResting: !isLoop).Where(
            record => record.State == ClaimState.Accepted || record.Suspicion == Suspicion.None))
        {
            if (record.State != ClaimState.Accepted)
            {
                var slot = await _context.Slots.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
                if (TryResume(record, ClaimState.Working) is { } work)
                    _ = _worker.StartAsync(work, pass, slot, limit: null, cancellationToken);
                else
                    slot.Dispose();
                continue;
            }
            if (TryResume(record, ClaimState.Accepted) is { } accepted)
            {
                using (accepted.Claim)
                    _claims.Complete(accepted);
            }
        }
    }

    private async ValueTask TakeSuspectsAsync(PassCounter pass, bool isLoop, CancellationToken cancellationToken)
    {
        var suspects = _claims.Left(withResting: !isLoop)
            .Where(record => record.Suspicion != Suspicion.None && record.State != ClaimState.Accepted).ToArray();
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
            var running = _worker.StartAsync(work, pass, slot: null, limit: null, cancellationToken);
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

    private void TellOfJournal(Exception e)
    {
        if (_journal.Begin())
            _context.Logger.ClaimJournalUnavailable(e, _source, _context.JournalDirectory);
    }

    private void TellOfName(string name) => _skips.Tell(name, "its name is not UTF-8, and the system refuses to change it");

    private string PathOf(string name) => _context.Files.Path.Combine(_directory, name);
}
