using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.BadMail;
using ForeignConnector.Lib.Intake.Poison;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake;

/// <summary>Works on one claimed file until it is deleted, set aside or given back. Calls overlap.</summary>
/// <param name="processor">What is done with it.</param>
/// <param name="context">Log and record.</param>
/// <param name="crashes">Forgets about files that are done.</param>
/// <param name="aside">Where badmail goes.</param>
internal sealed class ClaimWorker(IClaimProcessor processor, IntakeContext context, CrashRecords crashes, AsideFolder aside)
{
    private readonly OutageLog _handOver = new();
    private readonly string _source = processor.Source.ToString();
    private string? _toldOf;

    /// <summary>Works on the file and ends its claim.</summary>
    /// <exception cref="OperationCanceledException">The file was given back.</exception>
    /// <exception cref="IOException">The claim could not be ended; recovery will.</exception>
    public async ValueTask<PassResult> RunAsync(IntakeWork work, CancellationToken cancellationToken)
    {
        using var claim = work.Claim;
        var result = await ProcessAsync(work, cancellationToken).ConfigureAwait(false);
        if (result.Disposition == IntakeDisposition.RetryLater)
        {
            claim.Release();
            return new PassResult { Left = 1 };
        }
        var pass = End(claim, result);
        if (work.IsSuspect)
            crashes.Remove(claim.OriginalName);
        return pass;
    }

    private PassResult End(FileClaim claim, IntakeResult result)
    {
        switch (result.Disposition)
        {
            case IntakeDisposition.Accepted:
                claim.Complete();
                return new PassResult { Accepted = 1 };
            case IntakeDisposition.Reported or IntakeDisposition.NotReported:
                claim.Complete();
                var told = result.Disposition == IntakeDisposition.Reported ? "reported to its sender" : "not reported, as its sender wishes";
                context.Logger.Refused(_source, FileNames.ForLog(claim.OriginalName), told, result.Refusal!.Rule, result.Refusal.Logged);
                return new PassResult { Refused = 1 };
            default:
                KeepAside(claim, result.Refusal!);
                return new PassResult { BadMail = 1 };
        }
    }

    private void KeepAside(FileClaim claim, Refusal refusal)
    {
        try
        {
            aside.Keep(claim, AsideFolder.Bad, refusal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No room for the reason, perhaps. Under its own name it is nobody's claim, and no crash is counted against it.
            claim.Release();
            throw;
        }
        context.Logger.BadMail(_source, FileNames.ForLog(claim.OriginalName), refusal.Rule, refusal.Logged);
        using var content = new ClaimedContent(default, claim.File, 0, default);
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

    private async ValueTask<IntakeResult> ProcessAsync(IntakeWork work, CancellationToken cancellationToken)
    {
        try
        {
            using var activity = MessageTracing.StartIntake(processor.Source, work.Id);
            var result = await processor.ProcessAsync(work, cancellationToken).ConfigureAwait(false);
            activity.End(OutcomeOf(result.Disposition), isError: result.Disposition != IntakeDisposition.Accepted);
            _handOver.End();
            if (Volatile.Read(ref _toldOf) == work.Claim.OriginalName)
                Volatile.Write(ref _toldOf, null);
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            work.Claim.Release();
            throw;
        }
#pragma warning disable CA1031 // Whatever goes wrong with one message: it stays, and the next one gets its turn.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Others may go through while this one does not, at every look.
            if (_handOver.Begin() && Interlocked.Exchange(ref _toldOf, work.Claim.OriginalName) != work.Claim.OriginalName)
                context.Logger.HandOverFailed(e, _source, FileNames.ForLog(work.Claim.OriginalName));
            return IntakeResult.RetryLater;
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
