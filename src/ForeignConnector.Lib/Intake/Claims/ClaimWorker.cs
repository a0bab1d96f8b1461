using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.BadMail;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Claims;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>Works on one claimed file until it is deleted, set aside or given back. Calls overlap.</summary>
/// <param name="processor">What is done with it.</param>
/// <param name="context">Log and record.</param>
/// <param name="claims">Where claims end.</param>
/// <param name="aside">Where badmail goes.</param>
internal sealed class ClaimWorker(IClaimProcessor processor, IntakeContext context, DirectoryClaims claims, AsideFolder aside)
{
    private readonly OutageLog _handOver = new();
    private readonly string _source = processor.Source.ToString();
    private string? _toldOf;

    /// <summary>Works on the file and ends its claim.</summary>
    /// <exception cref="OperationCanceledException">The file was given back.</exception>
    /// <exception cref="IOException">The file could not be set aside, and was given back.</exception>
    public async ValueTask<PassResult> RunAsync(IntakeWork work, CancellationToken cancellationToken)
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
        SetAside(work, AsideFolder.Bad, refusal);
        context.Logger.BadMail(_source, FileNames.ForLog(claim.OriginalName), refusal.Rule, refusal.Logged);
        using var content = new ClaimedContent(claim.File);
        context.Trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.BadMail,
            Source = processor.Source,
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
        SetAside(work, AsideFolder.Poison, new Refusal("ND-4", reason, reason));
        context.Logger.PoisonMessage(_source, FileNames.ForLog(work.Claim.OriginalName), count);
        context.Trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.PoisonMessage,
            Source = processor.Source,
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
            using var activity = MessageTracing.StartIntake(processor.Source, work.Id);
            var result = await processor.ProcessAsync(work, cancellationToken).ConfigureAwait(false);
            activity.End(OutcomeOf(result.Disposition), isError: result.Disposition != IntakeDisposition.Accepted);
            _handOver.End();
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
            // Others may go through while this one does not, at every look.
            if (_handOver.Begin() && Interlocked.Exchange(ref _toldOf, work.Claim.OriginalName) != work.Claim.OriginalName)
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
