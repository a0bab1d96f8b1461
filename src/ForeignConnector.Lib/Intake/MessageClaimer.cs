using System.Threading.RateLimiting;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Intake;

/// <summary>
/// Claims the messages of a watched directory, oldest first: as many as there are slots are opened and claimed together, and named in that
/// order (DR-5); the work on them overlaps.
/// </summary>
internal sealed class MessageClaimer(
    string directory, string source, WatchedDirectoryOptions options,
        IntakeContext context, DirectoryClaims claims, WaitingFiles waiting, SettleTracker settle, ClaimWorker worker,
    SkipLog skips, OutageLog journal)
{
    // The files of one poll while the gate is slow.
    private const int SlowPass = 10;

    private readonly MinuteLimit _limit = new(options.MaxMessagesPerMinute, context.Time);
    private readonly OutageLog _rate = new();

    /// <summary>How long until the minute has a place for a message.</summary>
    public TimeSpan Wait => _limit.Wait;

    /// <summary>Claims every message that is ready, and starts the work on it.</summary>
    /// <param name="pass">Told what became of the messages.</param>
    /// <param name="isLoop">Other polls follow: a file that could not be handed over just now rests.</param>
    /// <param name="cancellationToken">Files that are worked on are given back.</param>
    public async ValueTask TakeAllAsync(PassCounter pass, bool isLoop, CancellationToken cancellationToken)
    {
        while (TryPeek(out _))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var slot = await context.Slots.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
            // With a slot in hand: the gate does not count the files that are worked on yet, and no others.
            if (Stops(pass))
            {
                slot.Dispose();
                return;
            }
            if (!await TakeSomeAsync(slot, pass, isLoop, cancellationToken).ConfigureAwait(false))
                // Files that are worked on have all places of this minute; some may come free.
                (await context.Slots.AcquireAsync(context.MaxConcurrency, cancellationToken).ConfigureAwait(false)).Dispose();
        }
        if (_rate.IsOut && !pass.Sum.RateLimited)
            _rate.End();
    }

    // Claims as many files as there are slots, so that they share one flush of the journal. False when the minute has no place for the next
    // one.
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
                waiting.Advance();
                if (TryOpen(file, isLoop, pass) is not { } claim)
                {
                    _limit.End(isUsed: false);
                    continue;
                }
                opened.Add(claim);
                if (context.Slots.AttemptAcquire() is { IsAcquired: true } next)
                    slots.Enqueue(next);
            }
            foreach (var work in Take(opened, pass))
            {
                var lease = slots.Dequeue();
                if (work is null)
                    _limit.End(isUsed: false);
                if (work is null)
                {
                    lease.Dispose();
                    continue;
                }
                var running = worker.StartAsync(work, pass, lease, _limit, cancellationToken);
                if (context.MaxConcurrency == 1)
                    await running.ConfigureAwait(false);
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
            var works = claims.Take(opened);
            if (opened.Count > 0)
                journal.End();
            pass.Claimed += works.Count(work => work is not null);
            return works;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (journal.Begin())
                context.Logger.ClaimJournalUnavailable(e, source, context.JournalDirectory);
            opened.ForEach(claim => claim.Dispose());
            pass.Add(new PassResult { Left = opened.Count });
            return new IntakeWork?[opened.Count];
        }
    }

    private bool TryPeek(out WaitingFile file)
    {
        try
        {
            return waiting.TryPeek(out file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next poll tells whether this is an outage.
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
            context.Logger.RateLimited(source, options.MaxMessagesPerMinute!.Value, waiting.Count, waiting.IsMore ? " or more" : "");
        return stop.HeldBack || stop.RateLimited;
    }

    private bool IsStopped(PassCounter pass, int more)
    {
        var pace = context.Gate.Pace;
        return pace == IntakePace.Closed || (pace == IntakePace.Slow && pass.Claimed + more >= SlowPass);
    }

    private FileClaim? TryOpen(WaitingFile file, bool isLoop, PassCounter pass)
    {
        try
        {
            if (isLoop && claims.IsResting(file.Name))
            {
                pass.Add(new PassResult { Left = 1 });
                return null;
            }
            if (!settle.IsQuiet(file, waiting.Age))
            {
                pass.Add(new PassResult { Unsettled = 1 });
                return null;
            }
            if (claims.TryOpen(file.Name, out var opened) is { } claim)
            {
                if (HasRoomFor(claim))
                    return claim;
                claim.Dispose();
                pass.Add(new PassResult { Left = 1 });
                return null;
            }
            if (opened == OpenResult.NotRegular)
                skips.Tell(file.Name, "not a regular file");
            // Gone: another host was faster. Locked: somebody is still writing the file, which is tried again as soon as one that is not
            // quiet.
            pass.Add(new PassResult { Unsettled = opened == OpenResult.Locked ? 1 : 0 });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            skips.Tell(file.Name, context.Files.Path.Combine(directory, file.Name), e);
            pass.Add(new PassResult { Left = 1 });
        }
        return null;
    }

    // A file that exceeds every limit needs no room: it is refused, and only its header is read (SE-5).
    private bool HasRoomFor(FileClaim claim)
    {
        var size = claim.File.Length;
        if (size > context.Intake.MaxMessageSize || context.Gate.HasRoomFor(size))
            return true;
        skips.Tell(claim.OriginalName, FormattableString.Invariant(
            $"{size} octets do not fit the free space of the queue's volume and its reserve"));
        return false;
    }
}
