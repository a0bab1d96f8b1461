using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>Routes again what waits without a connector, or for one that is no longer configured (RT-4); the rest is looked at before each attempt. One call at a time.</summary>
public sealed class QueueRerouter
{
    private readonly TransportState _state;
    private readonly IDeliveryQueue _queue;
    private readonly DeliverySettler _settler;
    private readonly Rerouting _rerouting;
    private readonly ILogger _logger;
    private bool _isReportLeft;

    /// <summary>A rerouter for one queue.</summary>
    /// <param name="state">The configuration in force.</param>
    /// <param name="queue">Where entries come from and go to.</param>
    /// <param name="reports">Asked when recipients fail.</param>
    /// <param name="trail">Told of recipients that fail.</param>
    /// <param name="logger">Ids and counts.</param>
    public QueueRerouter(TransportState state, IDeliveryQueue queue, ISenderReports reports, IMessageTrail trail, ILogger<QueueRerouter> logger)
    {
        _state = state;
        _queue = queue;
        _logger = logger;
        _settler = new DeliverySettler(queue, reports, trail, logger);
        _rerouting = new Rerouting(state, queue, _settler);
    }

    /// <summary>At start and after every change of the configuration.</summary>
    /// <returns>How many entries moved, in whole or in part, or were given up.</returns>
    public ValueTask<int> RerouteAsync(CancellationToken cancellationToken) =>
        RerouteAsync(_queue.Connectors.Where(name => !_state.Current.Connectors.ContainsKey(name)), cancellationToken);

    /// <summary>
    /// From time to time: what came back to the queue of a connector that went away meanwhile. What is unreachable waits for <see cref="RerouteAsync(CancellationToken)"/>,
    /// unless a report about some of it could not be made.
    /// </summary>
    /// <returns>As for <see cref="RerouteAsync(CancellationToken)"/>.</returns>
    public ValueTask<int> RerouteStrandedAsync(CancellationToken cancellationToken) =>
        RerouteAsync(_queue.Connectors.Where(name => (_isReportLeft || name != IDeliveryQueue.Unreachable) && !_state.Current.Connectors.ContainsKey(name)), cancellationToken);

    private async ValueTask<int> RerouteAsync(IEnumerable<string> connectors, CancellationToken cancellationToken)
    {
        var (moved, isReportLeft) = (0, false);
        foreach (var connector in connectors)
        {
            await foreach (var lease in _queue.TakeAsync(connector, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false))
            {
                using (lease)
                {
                    moved += await RerouteAsync(lease, cancellationToken).ConfigureAwait(false) ? 1 : 0;
                    isReportLeft |= !lease.Notices.IsEmpty;
                }
            }
        }
        _isReportLeft = isReportLeft;
        if (moved > 0)
            _logger.Rerouted(moved);
        return moved;
    }

    private async ValueTask<bool> RerouteAsync(QueueLease lease, CancellationToken cancellationToken)
    {
        if (!lease.Notices.IsEmpty)
            await _settler.ReportAsync(lease).ConfigureAwait(false);
        return !lease.IsSettled && await _rerouting.RunAsync(lease, cancellationToken).ConfigureAwait(false) is not null;
    }
}
