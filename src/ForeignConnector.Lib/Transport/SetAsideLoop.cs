using ForeignConnector.Lib.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Transport;

/// <summary>Looks at the files that were set aside, at start and every ten minutes.</summary>
internal sealed class SetAsideLoop(SetAsideFiles aside, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly OutageLog _outage = new();

    /// <summary>Looks until <paramref name="cancellationToken"/> is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await aside.LookAsync(isDeleting: true, cancellationToken).ConfigureAwait(false);
            _outage.End();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever goes wrong with what was set aside, mail goes on (RY-4).
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_outage.Begin())
                logger.SetAsideFailed(e);
        }
    }
}
