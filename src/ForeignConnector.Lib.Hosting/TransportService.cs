using ForeignConnector.Lib.Hosting.Configuration;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Primitives;

namespace ForeignConnector.Lib.Hosting;

/// <summary>
/// Runs the transport for as long as the host does, and tells it of changes of the configuration. A defect of the transport stops the host.
/// </summary>
internal sealed class TransportService(
    ForeignConnectorTransport transport, IEnumerable<ConfigurationSource> sources,
    IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private IDisposable[] _changes = [];
    private Task _run = Task.CompletedTask;

    /// <summary>Returns when the queue is loaded and the transport has taken over.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _changes = [.. sources.Select(source => ChangeToken.OnChange(source.Configuration.GetReloadToken, transport.ConfigurationChanged))];
        await transport.StartAsync().ConfigureAwait(false);
        _run = RunAsync();
    }

    /// <summary>Ends what is under way; waits no longer than the host does.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _run.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        foreach (var change in _changes)
            change.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await transport.RunAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Before it had begun.
        }
#pragma warning disable CA1031 // The transport has logged it, and has it in Defect.
        catch (Exception)
#pragma warning restore CA1031
        {
            lifetime.StopApplication();
        }
    }
}
