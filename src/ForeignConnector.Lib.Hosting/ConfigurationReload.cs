using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Queueing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ForeignConnector.Lib.Hosting;

/// <summary>
/// Puts a changed configuration in force while the transport runs: as a whole, or, when anything in it is wrong, not at all. Messages that waited for
/// a connector are routed again (RT-4).
/// </summary>
internal sealed class ConfigurationReload(
    IEnumerable<IOptionsChangeTokenSource<ForeignConnectorOptions>> sources, IOptionsFactory<ForeignConnectorOptions> factory, SnapshotFactory snapshots,
    TransportState state, Categorizer categorizer, ConfigurationWarnings warnings, TimeProvider time, ILogger<ConfigurationReload> logger)
{
    // An entry that was being delivered while its connector went away comes back to a queue that nobody empties.
    private static readonly TimeSpan StrandedInterval = TimeSpan.FromMinutes(1);

    private readonly WakeSignal _changed = new(time);

    /// <summary>Follows changes until <paramref name="cancellationToken"/> is cancelled.</summary>
    /// <param name="initial">The options in force.</param>
    /// <param name="cancellationToken">Ends with <see cref="OperationCanceledException"/>.</param>
    public async Task RunAsync(ForeignConnectorOptions initial, CancellationToken cancellationToken)
    {
        var current = initial;
        var registrations = sources.Select(source => ChangeToken.OnChange(source.GetChangeToken, _changed.Set)).ToArray();
        try
        {
            while (true)
            {
                var isChanged = await _changed.WaitAsync(StrandedInterval, cancellationToken).ConfigureAwait(false);
                if (isChanged && TryRead(out var changed))
                    current = Apply(changed, current);
                else if (isChanged)
                    continue;
                await RerouteAsync(isChanged, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var registration in registrations)
                registration.Dispose();
        }
    }

    private bool TryRead(out ForeignConnectorOptions options)
    {
        options = null!;
        try
        {
            options = factory.Create(Options.DefaultName);
            return true;
        }
        catch (OptionsValidationException e)
        {
            foreach (var failure in e.Failures)
                logger.ReloadRefused(failure);
            return false;
        }
    }

    private ForeignConnectorOptions Apply(ForeignConnectorOptions changed, ForeignConnectorOptions previous)
    {
        state.Replace(snapshots.Create(changed));
        logger.Reloaded(state.Current.Connectors.Count);
        warnings.Log(changed);
        warnings.LogRestartNeeded(previous.Transport, changed.Transport);
        return changed;
    }

    private async ValueTask RerouteAsync(bool isChanged, CancellationToken cancellationToken)
    {
        try
        {
            if (isChanged)
                await categorizer.RerouteAsync(cancellationToken).ConfigureAwait(false);
            else
                await categorizer.RerouteStrandedAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.QueueFailed(e, IDeliveryQueue.Unreachable);
        }
    }
}
