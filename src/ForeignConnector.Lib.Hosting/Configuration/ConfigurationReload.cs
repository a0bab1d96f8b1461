using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Queueing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ForeignConnector.Lib.Hosting.Configuration;

/// <summary>
/// Puts a changed configuration in force while the transport runs: as a whole, or, when anything in it is wrong, not at all. Messages that waited for
/// a connector are routed again (RT-4).
/// </summary>
internal sealed class ConfigurationReload : IDisposable
{
    // An entry that was being delivered while its connector went away comes back to a queue that nobody empties.
    private static readonly TimeSpan StrandedInterval = TimeSpan.FromMinutes(1);

    private readonly IOptionsFactory<ForeignConnectorOptions> _factory;
    private readonly SnapshotFactory _snapshots;
    private readonly TransportState _state;
    private readonly QueueRerouter _rerouter;
    private readonly ConfigurationWarnings _warnings;
    private readonly MissingDirectories _missing;
    private readonly ILogger _logger;
    private readonly OutageLog _outage = new();
    private readonly WakeSignal _changed;
    private readonly IDisposable[] _registrations;

    /// <summary>Notes changes from now on.</summary>
    public ConfigurationReload(
        IEnumerable<ConfigurationSource> sources, IOptionsFactory<ForeignConnectorOptions> factory, SnapshotFactory snapshots, TransportState state,
        QueueRerouter rerouter, ConfigurationWarnings warnings, MissingDirectories missing, TimeProvider time, ILogger<ConfigurationReload> logger)
    {
        _factory = factory;
        _snapshots = snapshots;
        _state = state;
        _rerouter = rerouter;
        _warnings = warnings;
        _missing = missing;
        _logger = logger;
        _changed = new WakeSignal(time);
        _registrations = [.. sources.Select(source => ChangeToken.OnChange(source.Configuration.GetReloadToken, _changed.Set))];
    }

    /// <summary>Puts changes in force until <paramref name="cancellationToken"/> is cancelled.</summary>
    /// <param name="initial">The options in force.</param>
    /// <param name="cancellationToken">Ends with <see cref="OperationCanceledException"/>.</param>
    public async Task RunAsync(ForeignConnectorOptions initial, CancellationToken cancellationToken)
    {
        var current = initial;
        while (true)
        {
            // A change that could not be put in force is tried again.
            var isChanged = await _changed.WaitAsync(StrandedInterval, cancellationToken).ConfigureAwait(false) || _outage.IsOut;
            if (isChanged)
            {
                if (!TryApply(out current, current))
                    continue;
                await _missing.CreateAsync(current, cancellationToken).ConfigureAwait(false);
            }
            await RerouteAsync(isChanged, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    // False leaves the options as they were.
    private bool TryApply(out ForeignConnectorOptions options, ForeignConnectorOptions previous)
    {
        options = previous;
        try
        {
            var changed = _factory.Create(Options.DefaultName);
            _state.Replace(_snapshots.Create(changed));
            options = changed;
            _outage.End();
        }
        catch (OptionsValidationException e)
        {
            _outage.End();
            foreach (var failure in e.Failures)
                _logger.ReloadRefused(Redaction.Addresses(failure));
            return false;
        }
#pragma warning disable CA1031 // Code of the application runs here, callbacks and factories: whatever it throws, the old configuration goes on (RY-4).
        catch (Exception e)
#pragma warning restore CA1031
        {
            // It is tried again, and told once.
            if (_outage.Begin())
                _logger.ReloadRefused(RedactedException.Of(e).ToString());
            return false;
        }
        _logger.Reloaded(_state.Current.Connectors.Count);
        _warnings.Log(options);
        _warnings.LogRestartNeeded(previous.Transport, options.Transport);
        return true;
    }

    private async ValueTask RerouteAsync(bool isChanged, CancellationToken cancellationToken)
    {
        try
        {
            if (isChanged)
                await _rerouter.RerouteAsync(cancellationToken).ConfigureAwait(false);
            else
                await _rerouter.RerouteStrandedAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _logger.QueueFailed(e, Telemetry.NameOf(DeliveryQueue.Unreachable));
        }
    }
}
