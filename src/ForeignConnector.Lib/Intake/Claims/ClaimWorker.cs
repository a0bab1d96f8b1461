using System.Threading.RateLimiting;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Claims;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>
/// Works on claimed files in the background, each until it is deleted, set aside or given back, and counts what becomes of them.
/// </summary>
/// <param name="parser">What the headers are made of: Pickup or Replay.</param>
/// <param name="context">Log and record.</param>
/// <param name="claims">Where claims end.</param>
/// <param name="aside">Where badmail goes.</param>
/// <param name="skips">Tells of files that could not be set aside.</param>
internal sealed class ClaimWorker(
    IHeaderParser parser, IntakeContext context, DirectoryClaims claims, SetAsideWriter aside, SkipLog skips)
{
    private readonly ClaimHandOver _handOver = new(parser, context);
    private readonly OutageLog _outage = new();
    private readonly string _source = parser.Source.ToString();
    private string? _toldOf;

    /// <summary>Starts the work on a file; the pass is told whatever becomes of the file.</summary>
    /// <param name="work">The file.</param>
    /// <param name="pass">The pass that the file is part of.</param>
    /// <param name="slot">Given back at the end; null for a file that has all slots.</param>
    /// <param name="limit">Told at the end whether the message counts; null for a message that does not.</param>
    /// <param name="cancellationToken">The file is given back.</param>
    /// <returns>Ends with the work; does not throw.</returns>
    public Task StartAsync(IntakeWork work, PassCounter pass, RateLimitLease? slot, MinuteLimit? limit, CancellationToken cancellationToken)
    {
        pass.Begin();
        return Task.Run(() => RunAsync(work, pass, slot, limit, cancellationToken), CancellationToken.None);
    }

    private async Task RunAsync(
        IntakeWork work, PassCounter pass, RateLimitLease? slot, MinuteLimit? limit, CancellationToken cancellationToken)
    {
        var (result, failure) = (default(PassResult), default(Exception));
        try
        {
            result = await RunAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            skips.Tell(work.Claim.OriginalName, work.Claim.Path, e);
            result = new PassResult { Left = 1 };
        }
#pragma warning disable CA1031 // The exception is thrown again when the pass has ended.
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

    // Throws an IOException when the file could not be set aside, and was given back.
    private async ValueTask<PassResult> RunAsync(IntakeWork work, CancellationToken cancellationToken)
    {
        using var claim = work.Claim;
        if (work.Record.Crashes >= context.PoisonThreshold)
            return SetAsidePoison(work);
        var (result, isSettled) = await ProcessAsync(work, cancellationToken).ConfigureAwait(false);
        if (result.Disposition != IntakeDisposition.RetryLater)
            return End(work, result);
        claims.GiveBack(work);
        return isSettled ? new PassResult { Left = 1 } : new PassResult { Unsettled = 1 };
    }

    private PassResult End(IntakeWork work, IntakeResult result)
    {
        switch (result.Disposition)
        {
            case IntakeDisposition.Accepted:
                claims.Complete(work);
                return new PassResult { Accepted = 1 };
            case IntakeDisposition.Reported or IntakeDisposition.NotReported:
                claims.Complete(work);
                var told = result.Disposition == IntakeDisposition.Reported
                    ? "reported to its sender"
                    : "not reported, as its sender wishes";
                context.Logger.Refused(
                    _source, FileNames.ForLog(work.Claim.OriginalName), told, result.Refusal!.Rule, result.Refusal.Logged);
                return new PassResult { Refused = 1 };
            default:
                SetAsideBadMail(work, result.Refusal!);
                return new PassResult { BadMail = 1 };
        }
    }

    private void SetAsideBadMail(IntakeWork work, Refusal refusal)
    {
        var claim = work.Claim;
        SetAside(work, SetAsideWriter.Bad, refusal);
        context.Logger.BadMail(_source, FileNames.ForLog(claim.OriginalName), refusal.Rule, refusal.Logged);
        using var content = new ClaimedContent(claim.File);
        context.Trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.BadMail,
            Source = parser.Source,
            Sender = refusal.Sender,
            Outcomes = refusal.Outcomes,
            Content = content,
            FileName = claim.OriginalName,
            Detail = $"{refusal.Rule}: {refusal.Reason}",
        });
    }

    private PassResult SetAsidePoison(IntakeWork work)
    {
        var count = work.Record.Crashes;
        var reason = FormattableString.Invariant(
            $"the process ended {(count == 1 ? "once" : $"{count} times")} while it worked on this file alone");
        SetAside(work, SetAsideWriter.Poison, new Refusal("ND-4", reason, reason));
        context.Logger.PoisonMessage(_source, FileNames.ForLog(work.Claim.OriginalName), count);
        context.Trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.PoisonMessage,
            Source = parser.Source,
            FileName = work.Claim.OriginalName,
            Detail = $"ND-4: {reason}",
        });
        return new PassResult { Poison = 1 };
    }

    private void SetAside(IntakeWork work, string extension, Refusal refusal)
    {
        try
        {
            aside.Keep(work.Claim, extension, refusal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No room for the reason, perhaps.
            claims.GiveBack(work);
            throw;
        }
        claims.Forget(work.Record);
    }

    private async ValueTask<(IntakeResult Result, bool IsSettled)> ProcessAsync(IntakeWork work, CancellationToken cancellationToken)
    {
        try
        {
            using var activity = MessageTracing.StartIntake(parser.Source, work.Id);
            var result = await _handOver.RunAsync(work, cancellationToken).ConfigureAwait(false);
            activity.End(OutcomeOf(result.Disposition), isError: result.Disposition != IntakeDisposition.Accepted);
            _outage.End();
            if (Volatile.Read(ref _toldOf) == work.Claim.OriginalName)
                Volatile.Write(ref _toldOf, null);
            return (result, true);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            claims.GiveBack(work);
            throw;
        }
        catch (FileChangedException)
        {
            return (IntakeResult.RetryLater, false);
        }
#pragma warning disable CA1031 // Whatever goes wrong with one message: it stays, and the next one gets its turn.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Other files may go through at every poll while this one does not.
            if (_outage.Begin() && Interlocked.Exchange(ref _toldOf, work.Claim.OriginalName) != work.Claim.OriginalName)
                context.Logger.HandOverFailed(e, _source, FileNames.ForLog(work.Claim.OriginalName));
            return (IntakeResult.RetryLater, true);
        }
    }

    private static string OutcomeOf(IntakeDisposition disposition) => disposition switch
    {
        IntakeDisposition.Accepted => "accepted",
        IntakeDisposition.Reported or IntakeDisposition.NotReported => "refused",
        IntakeDisposition.BadMail => "badmail",
        _ => "deferred",
    };
}
