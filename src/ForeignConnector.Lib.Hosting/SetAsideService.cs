using ForeignConnector.Lib.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Hosting;

/// <summary>Looks at the files that were set aside, at start and every ten minutes.</summary>
internal sealed class SetAsideService(SetAsideFiles aside, TimeProvider time, ILogger<SetAsideService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly OutageLog _outage = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await LookAsync(stoppingToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
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
