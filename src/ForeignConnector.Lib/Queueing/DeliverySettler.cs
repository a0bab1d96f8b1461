using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Records outcomes and tells whom they concern, in this order: durable first, then the trail, then the report to the sender. What was reported as failed is thus never
/// delivered later; a report that could not be made, or was not noted before a crash, is made again with the same recipients, by which it can be recognised.
/// </summary>
internal sealed class DeliverySettler(IDeliveryQueue queue, ISenderReports reports, IMessageTrail trail, ILogger logger)
{
    private readonly OutageLog _outage = new();

    /// <summary>Settles a lease.</summary>
    /// <param name="lease">The entry.</param>
    /// <param name="outcomes">What became of its recipients.</param>
    /// <param name="nextAttempt">When it is due again, if it stays.</param>
    /// <param name="source">Who decided.</param>
    /// <param name="duration">How long the attempt took; null when there was none.</param>
    public async ValueTask SettleAsync(QueueLease lease, ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, TrackingSource source, TimeSpan? duration = null)
    {
        // What was delivered must be recorded even when we are stopping.
        await queue.SettleAsync(lease, outcomes, nextAttempt, CancellationToken.None).ConfigureAwait(false);
        foreach (var group in outcomes.GroupBy(outcome => outcome.Action))
            trail.Record(Event(lease, group.Key, [.. group]) with { Source = source, Duration = duration });
        await ReportAsync(lease).ConfigureAwait(false);
    }

    /// <summary>Ends what is not tried any more: recipients that still wait have expired; reports that could not be made are made now.</summary>
    public async ValueTask<DeliverySummary> GiveUpAsync(QueueLease lease, DateTimeOffset nextAttempt)
    {
        ImmutableArray<RecipientOutcome> outcomes = [.. lease.Waiting.Select(waiting => RecipientOutcome.Failed(waiting.Recipient, DeliveryStatus.Expired))];
        await SettleAsync(lease, outcomes, nextAttempt, TrackingSource.Routing).ConfigureAwait(false);
        if (!outcomes.IsEmpty)
            logger.Failed(lease.DeliveryId, lease.Connector, outcomes.Length, DeliveryStatus.Expired.Code.ToString(), DeliveryStatus.Expired.Text);
        return new DeliverySummary(0, 0, outcomes.Length);
    }

    /// <summary>Makes the reports that are due.</summary>
    /// <returns>False when one could not be made; the entry keeps it.</returns>
    public async ValueTask<bool> ReportAsync(QueueLease lease)
    {
        foreach (var notice in lease.Notices)
        {
            if (!await TellAsync(lease, notice, SenderReport.About(lease.Item, notice.Kind, notice.Outcomes)).ConfigureAwait(false))
                return false;
        }
        return true;
    }

    /// <summary>Tells the sender that recipients still wait.</summary>
    /// <returns>False when that could not be done.</returns>
    public ValueTask<bool> ReportDelayAsync(QueueLease lease, DateTimeOffset willRetryUntil)
    {
        var notice = new QueueNotice(SenderReportKind.Delayed, lease.Waiting);
        return TellAsync(lease, notice, SenderReport.About(lease.Item, notice.Kind, notice.Outcomes) with { WillRetryUntil = willRetryUntil });
    }

    private async ValueTask<bool> TellAsync(QueueLease lease, QueueNotice notice, SenderReport report)
    {
        try
        {
            var result = await reports.ReportAsync(report, CancellationToken.None).ConfigureAwait(false);
            await queue.ReportedAsync(lease, notice, result, CancellationToken.None).ConfigureAwait(false);
            _outage.End();
            return true;
        }
#pragma warning disable CA1031 // Whatever a report fails of: the entry keeps it, and the other messages go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_outage.Begin())
                logger.SenderReportFailed(e, lease.DeliveryId, lease.Connector);
            return false;
        }
    }

    private static TrackingEvent Event(QueueLease lease, RecipientAction action, ImmutableArray<RecipientOutcome> outcomes) => new()
    {
        Kind = action switch
        {
            RecipientAction.Delivered => TrackingEventKind.Send,
            RecipientAction.Relayed => TrackingEventKind.Relay,
            RecipientAction.Deferred => TrackingEventKind.Defer,
            _ => TrackingEventKind.Fail,
        },
        Source = TrackingSource.Gateway,
        Id = lease.Item.Id,
        Sender = lease.Item.Envelope.Sender,
        Outcomes = outcomes,
        Connector = lease.Connector,
        Content = lease.Item.Content,
        Detail = lease.DeliveryId,
    };
}
