using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting.Configuration;
using ForeignConnector.Lib.Queueing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Hosting;

/// <summary>Runs intake and delivery for as long as the host does; on shutdown ends what is under way and starts nothing new.</summary>
internal sealed class TransportService(
    ForeignConnectorTransport transport, ConfigurationReload reload, TransportState state, IOptions<ForeignConnectorOptions> options,
    IHostApplicationLifetime lifetime, ILogger<TransportService> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await transport.StartAsync().ConfigureAwait(false);
        await transport.HandToHostAsync(cancellationToken).ConfigureAwait(false);
        logger.Started(options.Value.Transport.ServerName, state.Current.Connectors.Count);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var queueWatch = transport.WatchQueue();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] loops =
        [
            .. transport.Directories.Select(directory => directory.RunAsync(either.Token)),
            transport.Processor.RunAsync(either.Token),
            reload.RunAsync(options.Value, either.Token),
        ];
        var first = await Task.WhenAny(loops).ConfigureAwait(false);
        // A loop that ends by itself is a defect; half a transport would lose nothing, but nobody would notice.
        if (!stoppingToken.IsCancellationRequested)
        {
            transport.Defect = first.Exception?.InnerException ?? new InvalidOperationException("A loop of the transport ended without a reason.");
            logger.Defect(transport.Defect, "A loop of the transport");
            lifetime.StopApplication();
        }
        await either.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        transport.TakeFromHost();
    }
}
