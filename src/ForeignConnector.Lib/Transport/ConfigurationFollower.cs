using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Transport.Configuration;
using ForeignConnector.Lib.Transport.Connectors;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Transport;

/// <summary>
/// Puts a changed configuration in force while the transport runs: as a whole, or, when anything in it is wrong, not at all. Messages that
/// waited for a connector are routed again (RT-4).
/// </summary>
internal sealed class ConfigurationFollower : IDisposable
{
    // An entry that was being delivered while its connector went away comes back to a queue that nobody empties.
    private static readonly TimeSpan StrandedInterval = TimeSpan.FromMinutes(1);

    private readonly TransportServices _services;
    private readonly ConnectorSet _connectors;
    private readonly TransportState _state;
    private readonly TransportRounds _rounds;
    private readonly ConfigurationWarnings _warnings;
    private readonly MissingDirectories _missing;
    private readonly ILogger _logger;
    private readonly OutageLog _outage = new();
    private readonly WakeSignal _changed;
    private readonly SemaphoreSlim _applying = new(1);
    private ForeignConnectorOptions _current;

    /// <summary>Notes changes from now on.</summary>
    public ConfigurationFollower(
        ForeignConnectorOptions initial, TransportServices services,
            ConnectorSet connectors, TransportState state, TransportRounds rounds, ConfigurationWarnings warnings,
        MissingDirectories missing)
    {
        _current = initial;
        _services = services;
        _connectors = connectors;
        _state = state;
        _rounds = rounds;
        _warnings = warnings;
        _missing = missing;
        _logger = services.Loggers.CreateLogger<ConfigurationFollower>();
        _changed = new WakeSignal(services.FollowerTime ?? services.Time);
    }

    /// <summary>The options in force.</summary>
    public ForeignConnectorOptions Current => Volatile.Read(ref _current);

    /// <summary>The configuration is to be read again.</summary>
    public void NoteChange() => _changed.Set();

    /// <summary>Puts options in force now.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong with them; the old ones stay in force.</exception>
    public async Task ApplyAsync(ForeignConnectorOptions options, CancellationToken cancellationToken)
    {
        options.ThrowIfInvalid(_services);
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Apply(options);
        }
        finally
        {
            _applying.Release();
        }
        await _missing.CreateAsync(options, cancellationToken).ConfigureAwait(false);
        await RerouteAsync(isChanged: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts changes in force until <paramref name="cancellationToken"/> is cancelled.</summary>
    /// <param name="cancellationToken">Ends with <see cref="OperationCanceledException"/>.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // A change that could not be put in force is tried again.
            var isChanged = await _changed.WaitAsync(StrandedInterval, cancellationToken).ConfigureAwait(false) || _outage.IsOut;
            if (isChanged && _services.Reload is { } reload)
            {
                if (!await TryApplyAsync(reload, cancellationToken).ConfigureAwait(false))
                    continue;
                await _missing.CreateAsync(Current, cancellationToken).ConfigureAwait(false);
            }
            await RerouteAsync(isChanged, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _applying.Dispose();

    // False leaves the options as they were.
    private async ValueTask<bool> TryApplyAsync(Func<ForeignConnectorOptions> reload, CancellationToken cancellationToken)
    {
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var changed = reload();
            changed.ThrowIfInvalid(_services);
            Apply(changed);
            return true;
        }
        catch (OptionsValidationException e)
        {
            _outage.End();
            foreach (var failure in e.Failures)
                _logger.ReloadRefused(Redaction.Addresses(failure));
            return false;
        }
        // Code of the application runs here, callbacks and factories.
#pragma warning disable CA1031 // Whatever it throws, the old configuration goes on (RY-4).
        catch (Exception e)
#pragma warning restore CA1031
        {
            // It is tried again, and told once.
            if (_outage.Begin())
                _logger.ReloadRefused(RedactedException.Of(e).ToString());
            return false;
        }
        finally
        {
            _applying.Release();
        }
    }

    private void Apply(ForeignConnectorOptions options)
    {
        var (snapshot, commit) = _connectors.Prepare(options);
        var previous = Current;
        _state.Replace(snapshot);
        commit();
        Volatile.Write(ref _current, options);
        _outage.End();
        _logger.Reloaded(snapshot.Connectors.Count);
        _warnings.Log(options);
        _warnings.LogRestartNeeded(previous.Transport, options.Transport);
    }

    private async ValueTask RerouteAsync(bool isChanged, CancellationToken cancellationToken)
    {
        try
        {
            await _rounds.RerouteAsync(isChanged, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _logger.QueueFailed(e, Telemetry.NameOf(DeliveryQueue.Unreachable));
        }
    }
}
