using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>Routes again what waits without a connector, or for one that is no longer configured (RT-4). One call at a time.</summary>
public sealed class QueueRerouter
{
    private readonly TransportState _state;
    private readonly IDeliveryQueue _queue;
    private readonly DeliverySettler _settler;
    private readonly IMessageTrail _trail;
    private readonly ILogger _logger;
    private bool _isReportLeft;

    /// <summary>A rerouter for one queue.</summary>
    /// <param name="state">The configuration in force.</param>
    /// <param name="queue">Where entries come from and go to.</param>
    /// <param name="reports">Asked when recipients fail.</param>
    /// <param name="trail">Told of recipients that fail or move.</param>
    /// <param name="logger">Ids and counts.</param>
    public QueueRerouter(TransportState state, IDeliveryQueue queue, ISenderReports reports, IMessageTrail trail, ILogger<QueueRerouter> logger)
    {
        _state = state;
        _queue = queue;
        _trail = trail;
        _logger = logger;
        _settler = new DeliverySettler(queue, reports, trail, logger);
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
    private async ValueTask NoteAsync(QueueLease lease, RecipientSplit split, CancellationToken cancellationToken)
    {
        ImmutableArray<RecipientOutcome> news = [.. split.Waiting.Except(lease.Waiting)];
        if (!news.IsEmpty)
            await _queue.NoteAsync(lease, news, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask MoveAsync(QueueLease lease, RecipientSplit split, CancellationToken cancellationToken)
    {
        // After a move that broke off, or under another configuration, recipients may be elsewhere already.
        var known = (await _queue.KnownAsync(lease.Item.Id, lease, cancellationToken).ConfigureAwait(false)).ToList();
        var moved = ImmutableArray.CreateBuilder<EnvelopeRecipient>();
        var copies = new List<QueueCopy>();
        foreach (var (connector, recipients) in split.Accepted.Where(pair => !pair.Key.Equals(lease.Connector, StringComparison.OrdinalIgnoreCase)))
        {
            var missing = recipients.FindAll(recipient => !known.Remove(recipient));
            if (missing.Count > 0)
                copies.Add(split.Copy(connector, lease.Item with { Envelope = lease.Item.Envelope with { Recipients = [.. missing] } }));
            moved.AddRange(recipients);
        }
        await _queue.EnqueueAsync(copies, cancellationToken).ConfigureAwait(false);
        if (moved.Count == 0)
            return;
        await _queue.MoveAsync(lease, moved.ToImmutable(), cancellationToken).ConfigureAwait(false);
        _trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Resubmit,
            Source = TrackingSource.Routing,
            Id = lease.Item.Id,
            Sender = lease.Item.Envelope.Sender,
            Recipients = moved.ToImmutable(),
            Connector = lease.Connector,
            Content = lease.Item.Content,
            Detail = lease.DeliveryId,
        });
    }
}
