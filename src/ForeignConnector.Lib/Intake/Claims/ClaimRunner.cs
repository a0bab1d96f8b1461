using System.Threading.RateLimiting;
using ForeignConnector.Lib.Intake.Watching;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>Has claimed files worked on in the background, and counts what becomes of them.</summary>
/// <param name="worker">Works on one.</param>
/// <param name="skips">Tells of files that could not be set aside.</param>
internal sealed class ClaimRunner(ClaimWorker worker, SkipLog skips)
{
    /// <summary>Starts the work; whatever becomes of it, the pass is told.</summary>
    /// <param name="work">The file.</param>
    /// <param name="pass">What it is part of.</param>
    /// <param name="slot">Given back at the end; null for a file that has all of them.</param>
    /// <param name="limit">Told at the end whether the message counts; null for one that does not.</param>
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
            result = await worker.RunAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            skips.Tell(work.Claim.OriginalName, work.Claim.Path, e);
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
}
