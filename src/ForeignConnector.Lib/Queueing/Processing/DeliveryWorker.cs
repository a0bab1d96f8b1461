using System.Collections.Immutable;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>One attempt with one entry: asks the connector and settles what it answers, or that it does not (RY-2).</summary>
internal sealed class DeliveryWorker(DeliverySettler settler,
    QueueProcessorOptions options, RetrySchedule schedule, TaskScheduler scheduler, TimeProvider time, ILogger logger)
{
    private readonly LateAttempts _late = new();

    /// <summary>Makes the attempt and ends the lease.</summary>
    /// <param name="lease">The entry.</param>
    /// <param name="current">Who delivers, and how it goes.</param>
    /// <param name="place">The place of the attempt, kept when the connector does not end it.</param>
    /// <param name="timeout">How long the attempt may take.</param>
    /// <param name="begun">Called when the connector has begun, so that attempts begin in the order of the calls.</param>
    /// <param name="cancellationToken">Cancels the attempt, not its settlement.</param>
    public async Task<DeliverySummary> DeliverAsync(
        LeasedEntry lease, ConnectorInUse current, ConnectorInUse.ConnectorPlace place, TimeSpan timeout, Action begun,
        CancellationToken cancellationToken)
    {
        ImmutableArray<RecipientOutcome> outcomes;
        await using (lease.ConfigureAwait(false))
        {
            // If the work fails in any way the entry does not come back at once.
            lease.Postpone(time.GetUtcNow() + schedule.WaitForOutage());
            if (!await IsToBeTriedAsync(lease).ConfigureAwait(false))
            {
                current.Health.Abandon();
                return default;
            }
            var start = time.GetTimestamp();
            var request = new DeliveryRequest(lease.DeliveryId, lease.Item.Envelope, lease.Item.Content);
            DateTimeOffset nextAttempt;
            if (_late.Take(lease.DeliveryId) is { } earlier)
            {
                current.Health.Abandon();
                outcomes = Complete(request, earlier.Outcomes);
                nextAttempt = time.GetUtcNow() + schedule.WaitForMessage();
            }
            else
            {
                outcomes = await AskAsync(request, lease, current, place, timeout, begun, cancellationToken).ConfigureAwait(false);
                nextAttempt = Judge(lease, current.Health, outcomes);
            }
            lease.IsTried = true;
            await settler.SettleAsync(lease, outcomes, nextAttempt, TrackingSource.Gateway, time.GetElapsedTime(start))
                .ConfigureAwait(false);
        }
        // The message is back in the queue before the caller sees this result.
        return Summarize(lease, outcomes);
    }

    private async ValueTask<bool> IsToBeTriedAsync(LeasedEntry lease)
    {
        // What has expired is given up by the review, together with all entries of its message.
        if (lease.IsTried && time.GetUtcNow() >= lease.CountsFrom + options.MessageExpirationTimeout)
            return false;
        if (lease.IsSettled)
        {
            lease.IsTried = true;
            await settler.FinishAsync(lease, time.GetUtcNow() + schedule.WaitForOutage()).ConfigureAwait(false);
            return false;
        }
        if (!lease.DueReports.IsEmpty)
            await settler.ReportAsync(lease).ConfigureAwait(false);
        if (!_late.IsRunning(lease.DeliveryId))
            return true;
        lease.Postpone(time.GetUtcNow() + schedule.WaitForMessage());
        return false;
    }

    private async ValueTask<ImmutableArray<RecipientOutcome>> AskAsync(
        DeliveryRequest request, LeasedEntry lease, ConnectorInUse current, ConnectorInUse.ConnectorPlace place, TimeSpan timeout,
        Action begun, CancellationToken cancellationToken)
    {
        using var activity = MessageTracing.StartDelivery(lease.Item, lease.Connector, lease.DeliveryId, lease.Attempts + 1);
        var attempt = DeliveryAttempt.Begin(current.Connector, request, scheduler, begun, cancellationToken);
        try
        {
            if (!await attempt.WaitAsync(timeout, time).ConfigureAwait(false))
            {
                place.KeepFor(attempt.Completion);
                _late.Add(lease.DeliveryId, attempt.Completion);
                cancellationToken.ThrowIfCancellationRequested();
                activity.End("timeout", isError: true);
                logger.DeliveryOverdue(lease.Connector, lease.DeliveryId, timeout);
                return DeliveryReport.Deferred(request, DeliveryStatus.TookTooLong).Outcomes;
            }
            var report = await attempt.Completion.ConfigureAwait(false);
            var outcomes = Complete(request, report.Outcomes);
            activity.End(outcomes);
            return outcomes;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nothing happened: it is due as before.
            current.Health.Abandon();
            lease.Postpone(lease.Item.Id.AcceptedAt);
            throw;
        }
#pragma warning disable CA1031 // Whatever a connector throws means deferred.
        catch (Exception e)
#pragma warning restore CA1031
        {
            activity.End("exception", isError: true);
            if (!current.Health.IsFailing)
                logger.ConnectorThrew(e, lease.Connector, lease.DeliveryId);
            return DeliveryReport.Deferred(request, DeliveryStatus.ConnectorProblem).Outcomes;
        }
    }

    // One outcome for each recipient, and for nobody else: without an answer a recipient is deferred.
    private static ImmutableArray<RecipientOutcome> Complete(DeliveryRequest request, ImmutableArray<RecipientOutcome> outcomes)
    {
        var asked = new Bag<EnvelopeRecipient>(request.Envelope.Recipients);
        ImmutableArray<RecipientOutcome> answers =
            [.. (outcomes.IsDefault ? [] : outcomes).Where(outcome => asked.TryTake(outcome.Recipient))];
        var unanswered = request.Envelope.Recipients.Where(asked.TryTake);
        return [.. answers, .. unanswered.Select(recipient => RecipientOutcome.Deferred(recipient, DeliveryStatus.ConnectorProblem))];
    }

    // When what is deferred is tried again (RY-1): for the connector's sake or for its own.
    private DateTimeOffset Judge(LeasedEntry lease, ConnectorHealth health, ImmutableArray<RecipientOutcome> outcomes)
    {
        var now = time.GetUtcNow();
        if (outcomes.All(outcome => outcome.Status == EnhancedStatusCode.SystemFull))
        {
            // There may still be room for a smaller message (DR-6).
            health.Abandon();
        }
        else if (outcomes.All(IsAboutTheConnector))
        {
            var next = now + schedule.WaitForConnector(health.CountRound(now, schedule));
            if (health.Fail(lease.DeliveryId, next))
                logger.ConnectorFailing(lease.Connector, ConnectorHealth.Threshold);
            return next;
        }
        else if (health.Succeed())
        {
            logger.ConnectorRecovered(lease.Connector);
        }
        return now + schedule.WaitForMessage();
    }

    // Of a recipient that is busy or full (RFC 3463, section 3.2 and 3.3: X.1 and X.2) the connector knows because it works.
    private static bool IsAboutTheConnector(RecipientOutcome outcome) =>
        outcome is { Action: RecipientAction.Deferred, Status.Subject: not (1 or 2) };

    private DeliverySummary Summarize(LeasedEntry lease, ImmutableArray<RecipientOutcome> outcomes)
    {
        var delivered = outcomes.Count(outcome => outcome.Action is RecipientAction.Delivered or RecipientAction.Relayed);
        var failed = outcomes.Where(outcome => outcome.Action == RecipientAction.Failed).ToArray();
        var deferred = outcomes.Where(outcome => outcome.Action == RecipientAction.Deferred).ToArray();
        if (delivered > 0)
            logger.Delivered(lease.DeliveryId, lease.Connector, delivered);
        if (failed.Length > 0)
            logger.Failed(lease.DeliveryId, lease.Connector, failed.Length, failed[0].Status.ToString(), Redaction.Text(failed[0].Text));
        if (deferred.Length > 0)
            logger.Deferred(
                lease.DeliveryId, lease.Connector, deferred.Length, deferred[0].Status.ToString(), Redaction.Text(deferred[0].Text));
        return new DeliverySummary(delivered, deferred.Length, failed.Length);
    }
}
