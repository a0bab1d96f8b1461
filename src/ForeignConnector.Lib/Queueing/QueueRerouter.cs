using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing.Processing;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Routes again what waits without a connector, for one that is no longer configured, or for one that a recipient no longer matches (RT-4,
/// RT-8). Recipients that still match their connector stay there. Entries that somebody works on, that are held, or that a process died
/// with are not touched.
/// </summary>
/// <remarks>One call for the same connector at a time.</remarks>
public sealed class QueueRerouter
{
    private readonly TransportState _state;
    private readonly DeliveryQueue _queue;
    private readonly DeliverySettler _settler;
    private readonly IMessageTrail _trail;
    private readonly ILogger _logger;
    private readonly OutageLog _outage = new();

    /// <summary>A rerouter for one queue.</summary>
    /// <param name="state">The configuration in force.</param>
    /// <param name="queue">Where entries come from and go to.</param>
    /// <param name="reports">Asked when recipients fail.</param>
    /// <param name="trail">Told of recipients that fail or move.</param>
    /// <param name="logger">Ids and counts.</param>
    public QueueRerouter(
        TransportState state, DeliveryQueue queue, ISenderReports reports, IMessageTrail trail, ILogger<QueueRerouter> logger)
        : this(state, queue, reports, trail, (ILogger)logger)
    {
    }

    internal QueueRerouter(TransportState state, DeliveryQueue queue, ISenderReports reports, IMessageTrail trail, ILogger logger)
    {
        _state = state;
        _queue = queue;
        _trail = trail;
        _logger = logger;
        _settler = new DeliverySettler(queue, reports, trail, logger);
    }

    /// <summary>
    /// At start and after every change of the configuration. The failure of one message is logged once per outage and left to
    /// <see cref="RerouteStrandedAsync"/>; the others are routed (RY-4).
    /// </summary>
    /// <returns>How many entries moved, in whole or in part, or were given up.</returns>
    public ValueTask<int> RerouteAsync(CancellationToken cancellationToken) => RerouteAsync(QueueAge.All, cancellationToken);

    /// <summary>
    /// From time to time: entries that came back to the queue of a connector that went away meanwhile, that could not be routed before, or
    /// that a process died with while it routed them (ND-4). Entries that were found unreachable wait for
    /// <see cref="RerouteAsync(CancellationToken)"/>.
    /// </summary>
    /// <returns>As for <see cref="RerouteAsync(CancellationToken)"/>.</returns>
    public ValueTask<int> RerouteStrandedAsync(CancellationToken cancellationToken) => RerouteAsync(QueueAge.Untried, cancellationToken);

    /// <summary>
    /// Now, the entries of one connector; also those of <see cref="DeliveryQueue.Unreachable"/>, or of a connector that is not configured.
    /// The failure of one message is logged once per outage.
    /// </summary>
    /// <returns>How many entries moved, in whole or in part, or were given up.</returns>
    public async ValueTask<int> RerouteAsync(string connector, CancellationToken cancellationToken) =>
        (await RerouteAsync([connector], QueueAge.All, cancellationToken).ConfigureAwait(false)).Moved;

    private async ValueTask<int> RerouteAsync(QueueAge unreachable, CancellationToken cancellationToken) =>
        (await RerouteAsync(_queue.Overview.Connectors.Select(backlog => backlog.Connector)
            .Where(name => !IsConfigured(name) && !_state.Current.ConnectorsElsewhere.Contains(name)),
            unreachable, cancellationToken).ConfigureAwait(false)).Moved;

    /// <summary>The entries of some connectors.</summary>
    /// <returns>How many moved; and false when something failed, so that it should be tried again.</returns>
    internal async ValueTask<(int Moved, bool IsWell)> RerouteAsync(
        IEnumerable<string> connectors, QueueAge unreachable, CancellationToken cancellationToken)
    {
        var (moved, isWell) = (0, true);
        foreach (var connector in connectors)
        {
            try
            {
                await foreach (var lease in Leases(connector, unreachable, cancellationToken).ConfigureAwait(false))
                {
                    await using (lease.ConfigureAwait(false))
                    {
                        if (await TryRerouteAsync(lease, cancellationToken).ConfigureAwait(false) is not { } isMoved)
                            isWell = false;
                        else if (isMoved)
                            moved++;
                    }
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                isWell = false;
                Fail(e, connector);
            }
        }
        if (isWell)
            _outage.End();
        if (moved > 0)
            _logger.Rerouted(moved);
        return (moved, isWell);
    }

    private bool IsConfigured(string connector) => _state.Current.Connectors.ContainsKey(connector);

    private IAsyncEnumerable<LeasedEntry> Leases(string connector, QueueAge unreachable, CancellationToken cancellationToken)
    {
        if (IsConfigured(connector))
            return _queue.LeaseChosenAsync(
                connector, (recipients, size) => !RecipientSplit.IsOnly(connector, recipients, size, _state.Current), cancellationToken);
        // In an order in which nothing comes twice, whatever becomes of it.
        var leases = _queue.LeaseAsync(
            LeaseQuery.Old(connector, connector == DeliveryQueue.Unreachable
                ? unreachable
                : QueueAge.All, DateTimeOffset.MaxValue), cancellationToken);
        return unreachable == QueueAge.Untried ? leases.Concat(
            _queue.LeaseAsync(LeaseQuery.Suspects(connector, DateTimeOffset.MaxValue), cancellationToken)) : leases;
    }

    // Null when it could not be routed now.
    private async ValueTask<bool?> TryRerouteAsync(LeasedEntry lease, CancellationToken cancellationToken)
    {
        try
        {
            var isMoved = await RerouteAsync(lease, cancellationToken).ConfigureAwait(false);
            // With a report left it is looked at again. Of those that have a connector, that one has to try (ND-8).
            lease.IsTried |= lease.DueReports.IsEmpty && !IsConfigured(lease.Connector);
            return isMoved;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Fail(e, lease.Connector);
            return null;
        }
    }

    private void Fail(Exception e, string connector)
    {
        if (_outage.Begin())
            _logger.QueueFailed(e, Telemetry.NameOf(connector));
    }

    private async ValueTask<bool> RerouteAsync(LeasedEntry lease, CancellationToken cancellationToken)
    {
        if (!lease.DueReports.IsEmpty)
            await _settler.ReportAsync(lease).ConfigureAwait(false);
        else if (lease.IsSettled)
            await _settler.FinishAsync(lease, lease.Item.Id.AcceptedAt).ConfigureAwait(false);
        if (lease.IsSettled)
            return false;
        var split = RecipientSplit.Of(lease.Item, _state.Current);
        if (split.Failed.Count == 0 && split.Accepted.Count == 1 && split.Accepted.ContainsKey(lease.Connector))
        {
            await NoteAsync(lease, split, cancellationToken).ConfigureAwait(false);
            return false;
        }
        await MoveAsync(lease, split, cancellationToken).ConfigureAwait(false);
        if (split.Failed.Count > 0)
            await _settler.SettleAsync(lease, [.. split.Failed], lease.Item.Id.AcceptedAt, TrackingSource.Routing).ConfigureAwait(false);
        return true;
    }

    // They stay, but perhaps for another reason than before.
    private async ValueTask NoteAsync(LeasedEntry lease, RecipientSplit split, CancellationToken cancellationToken)
    {
        ImmutableArray<RecipientOutcome> news = [.. split.Waiting.Except(lease.Waiting)];
        if (!news.IsEmpty)
            await _queue.NoteAsync(lease, news, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask MoveAsync(LeasedEntry lease, RecipientSplit split, CancellationToken cancellationToken)
    {
        QueueEntry[] copies =
        [
            .. split.Accepted.Where(pair => !pair.Key.Equals(lease.Connector, StringComparison.OrdinalIgnoreCase))
                .Select(pair =>
                    split.Copy(pair.Key, lease.Item with { Envelope = lease.Item.Envelope with { Recipients = [.. pair.Value] } })),
        ];
        var moved = await _queue.MoveAsync(lease, copies, cancellationToken).ConfigureAwait(false);
        if (moved.IsEmpty)
            return;
        _trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Resubmit,
            Source = TrackingSource.Routing,
            Id = lease.Item.Id,
            Sender = lease.Item.Envelope.Sender,
            Recipients = moved,
            Connector = lease.Connector,
            Content = lease.Item.Content,
            Detail = lease.DeliveryId,
        });
    }
}
