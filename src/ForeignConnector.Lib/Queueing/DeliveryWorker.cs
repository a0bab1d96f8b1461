using System.Collections.Immutable;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>One attempt with one entry: asks the connector and settles what it answers.</summary>
internal sealed class DeliveryWorker(DeliverySettler settler, QueueProcessorOptions options, RetrySchedule schedule, TimeProvider time, ILogger logger)
{
    /// <summary>Makes the attempt and ends the lease. The connector is called before this returns the first time, so attempts begin in the order of the calls.</summary>
    /// <param name="lease">The entry.</param>
    /// <param name="connector">Who delivers.</param>
    /// <param name="health">Told how it went.</param>
    /// <param name="cancellationToken">Cancels the attempt, not its settlement.</param>
    public async Task<DeliverySummary> DeliverAsync(QueueLease lease, IForeignConnector connector, ConnectorHealth health, CancellationToken cancellationToken)
    {
        ImmutableArray<RecipientOutcome> outcomes;
        using (lease)
        {
            // If the work fails in any way the entry does not come back at once.
            lease.Postpone(time.GetUtcNow() + schedule.WaitForOutage());
            var isExpired = time.GetUtcNow() >= lease.Item.Id.AcceptedAt + options.MessageExpirationTimeout;
            if (isExpired || lease.IsSettled)
            {
                health.Abandon();
                // What has expired is given up by the review, together with all entries of its message.
                if (!isExpired)
                    await settler.FinishAsync(lease, time.GetUtcNow() + schedule.WaitForOutage()).ConfigureAwait(false);
                return default;
            }
            if (!lease.Notices.IsEmpty)
                await settler.ReportAsync(lease).ConfigureAwait(false);
            var start = time.GetTimestamp();
            outcomes = await AskAsync(lease, connector, health, cancellationToken).ConfigureAwait(false);
            Judge(lease, health, outcomes);
            var nextAttempt = time.GetUtcNow() + schedule.Wait(lease.Attempts + 1);
            await settler.SettleAsync(lease, outcomes, nextAttempt, TrackingSource.Gateway, time.GetElapsedTime(start)).ConfigureAwait(false);
        }
        // Who reads this may act on the message: it is back by now.
        return Summarize(lease, outcomes);
    }

    private async ValueTask<ImmutableArray<RecipientOutcome>> AskAsync(QueueLease lease, IForeignConnector connector, ConnectorHealth health, CancellationToken cancellationToken)
    {
        var request = new DeliveryRequest(lease.DeliveryId, lease.Item.Envelope, lease.Item.Content) { PreparedFile = lease.PreparedFile };
        using var activity = MessageTracing.StartDelivery(lease.Item, lease.Connector, lease.DeliveryId, lease.Attempts + 1);
        try
        {
            var report = await connector.DeliverAsync(request, cancellationToken).ConfigureAwait(false);
            var outcomes = Complete(request, report.Outcomes);
            activity.End(outcomes);
            return outcomes;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nothing happened: it is due as before.
            health.Abandon();
            lease.Postpone(lease.Item.Id.AcceptedAt);
            throw;
        }
#pragma warning disable CA1031 // Whatever a connector throws means deferred.
        catch (Exception e)
#pragma warning restore CA1031
        {
            activity.End("exception", isError: true);
            if (!health.IsFailing)
                logger.ConnectorThrew(e, lease.Connector, lease.DeliveryId);
            return DeliveryReport.Deferred(request, DeliveryStatus.ConnectorProblem).Outcomes;
        }
    }

    // One outcome for each recipient, and for nobody else: without an answer a recipient is deferred.
    private static ImmutableArray<RecipientOutcome> Complete(DeliveryRequest request, ImmutableArray<RecipientOutcome> outcomes)
    {
        var unanswered = request.Envelope.Recipients.ToList();
        ImmutableArray<RecipientOutcome> answers = [.. (outcomes.IsDefault ? [] : outcomes).Where(outcome => unanswered.Remove(outcome.Recipient))];
        return [.. answers, .. unanswered.Select(recipient => RecipientOutcome.Deferred(recipient, DeliveryStatus.ConnectorProblem))];
    }

    private void Judge(QueueLease lease, ConnectorHealth health, ImmutableArray<RecipientOutcome> outcomes)
    {
        if (outcomes.All(outcome => outcome.Status == EnhancedStatusCode.SystemFull))
        {
            // There may still be room for a smaller message (DR-6).
            health.Abandon();
        }
        else if (outcomes.All(IsAboutTheConnector))
        {
            if (health.Fail(lease.DeliveryId, time.GetUtcNow() + schedule.WaitForOutage()))
                logger.ConnectorFailing(lease.Connector, ConnectorHealth.Threshold);
        }
        else if (health.Succeed())
        {
            logger.ConnectorRecovered(lease.Connector);
        }
    }

    // Of a recipient that is busy or full (RFC 3463, section 3.2 and 3.3: X.1 and X.2) the connector knows because it works.
    private static bool IsAboutTheConnector(RecipientOutcome outcome) => outcome is { Action: RecipientAction.Deferred, Status.Subject: not (1 or 2) };

    private DeliverySummary Summarize(QueueLease lease, ImmutableArray<RecipientOutcome> outcomes)
    {
        var delivered = outcomes.Count(outcome => outcome.Action is RecipientAction.Delivered or RecipientAction.Relayed);
        var failed = outcomes.Where(outcome => outcome.Action == RecipientAction.Failed).ToArray();
        var deferred = outcomes.Where(outcome => outcome.Action == RecipientAction.Deferred).ToArray();
        if (delivered > 0)
            logger.Delivered(lease.DeliveryId, lease.Connector, delivered);
        if (failed.Length > 0)
            logger.Failed(lease.DeliveryId, lease.Connector, failed.Length, failed[0].Status.ToString(), Redaction.Text(failed[0].Text));
        if (deferred.Length > 0)
            logger.Deferred(lease.DeliveryId, lease.Connector, deferred.Length, deferred[0].Status.ToString(), Redaction.Text(deferred[0].Text));
        return new DeliverySummary(delivered, deferred.Length, failed.Length);
    }
}
