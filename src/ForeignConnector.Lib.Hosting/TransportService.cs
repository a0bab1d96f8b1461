using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Queueing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Hosting;

/// <summary>Runs intake and delivery for as long as the host does; on shutdown ends what is under way and starts nothing new.</summary>
internal sealed class TransportService(
    ForeignConnectorTransport transport, ConfigurationReload reload, TransportState state, IOptions<ForeignConnectorOptions> options,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<TransportService> logger) : BackgroundService
{
    private static readonly TimeSpan StartRetry = TimeSpan.FromSeconds(10);

    private readonly OutageLog _outage = new();

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryStartAsync().ConfigureAwait(false);
        await transport.HandToHostAsync(cancellationToken).ConfigureAwait(false);
        logger.Started(options.Value.Transport.ServerName, state.Current.Connectors.Count);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Nothing is taken in before the queue is known: it may hold what a dead process took in last.
        while (!await TryStartAsync().ConfigureAwait(false))
            await Task.Delay(StartRetry, time, stoppingToken).ConfigureAwait(false);
        using var queueWatch = transport.WatchQueue();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] loops =
        [
            .. transport.Directories.Select(directory => directory.RunAsync(either.Token)),
            transport.Processor.RunAsync(either.Token),
            reload.RunAsync(options.Value, either.Token),
        ];
        try
        {
            await Task.WhenAny(loops).ConfigureAwait(false);
        }
        finally
        {
            await either.CancelAsync().ConfigureAwait(false);
        }
        try
        {
            await Task.WhenAll(loops).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
        finally
        {
            transport.TakeFromHost();
            // A loop that ends by itself is a defect; half a transport would lose nothing, but nobody would notice.
            if (!stoppingToken.IsCancellationRequested)
                lifetime.StopApplication();
        }
    }

    // A queue that cannot be looked at now is looked at again (RY-4).
    private async Task<bool> TryStartAsync()
    {
        try
        {
            await transport.StartAsync().ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // Whatever the start fails of at this moment is no reason to end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_outage.Begin())
                logger.LoopFailed(e, "The start of the transport");
            return false;
        }
    }
}
