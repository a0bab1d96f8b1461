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
    /// <returns>What became of the recipients, and what the connector said about its queue.</returns>
    public async Task<(DeliverySummary Summary, QueueVerdict? Verdict)> DeliverAsync(
        LeasedEntry lease, ConnectorInUse current, ConnectorInUse.ConnectorPlace place, TimeSpan timeout, Action begun,
        CancellationToken cancellationToken)
    {
        DeliveryReport report;
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
            var request = new DeliveryRequest(lease.DeliveryId, lease.Item.Envelope, lease.Item.Content)
            {
                Attempt = lease.Attempts + 1,
                AcceptedAt = lease.Item.Id.AcceptedAt,
                ExpiresAt = lease.Item.Id.AcceptedAt + options.MessageExpirationTimeout,
            };
            DateTimeOffset nextAttempt;
            if (_late.Take(lease.DeliveryId) is { } earlier)
            {
                current.Health.Abandon();
                report = Complete(request, new DeliveryReport(earlier.Outcomes));
                nextAttempt = time.GetUtcNow() + schedule.WaitForMessage();
            }
            else
            {
                report = await AskAsync(request, lease, current, place, timeout, begun, cancellationToken).ConfigureAwait(false);
                nextAttempt = NotBefore(report.Outcomes, Judge(lease, current.Health, report));
            }
            lease.IsTried = true;
            await settler.SettleAsync(lease, report.Outcomes, nextAttempt, current.Source, current.Protocol, time.GetElapsedTime(start))
                .ConfigureAwait(false);
        }
        // The message is back in the queue before the caller sees this result.
        return (Summarize(lease, report.Outcomes), report.Queue);
    }

    /// <summary>Fails an entry without an attempt, because the connector failed its queue (DA-6). Ends the lease.</summary>
    public async Task<DeliverySummary> FailAsync(LeasedEntry lease, QueueVerdict verdict, ConnectorInUse current)
    {
        await using (lease.ConfigureAwait(false))
        {
            if (lease.IsSettled)
                return default;
            lease.IsTried = true;
            ImmutableArray<RecipientOutcome> outcomes = [.. lease.Waiting.Select(waiting => verdict.OutcomeFor(waiting.Recipient))];
            await settler.SettleAsync(
                lease, outcomes, time.GetUtcNow() + schedule.WaitForOutage(), current.Source, current.Protocol).ConfigureAwait(false);
            return Summarize(lease, outcomes);
        }
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
            return !lease.State.HandedOver;
        lease.Postpone(time.GetUtcNow() + schedule.WaitForMessage());
        return false;
    }

    private async ValueTask<DeliveryReport> AskAsync(
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
                return DeliveryReport.Deferred(request, DeliveryStatus.TookTooLong);
            }
            var answer = await attempt.Completion.ConfigureAwait(false);
            var report = Complete(request, answer);
            if (report.Queue != answer.Queue)
                logger.WrongVerdict(lease.Connector, Redaction.Text(answer.Queue!.Response.ToString()));
            activity.End(report.Outcomes);
            return report;
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
            return DeliveryReport.Deferred(request, DeliveryStatus.ConnectorProblem);
        }
    }

    // One outcome for each recipient, and for nobody else. Without an answer a recipient follows its queue, or is deferred (DA-8).
    private static DeliveryReport Complete(DeliveryRequest request, DeliveryReport report)
    {
        var verdict = report.Queue?.Checked();
        var asked = new Bag<EnvelopeRecipient>(request.Envelope.Recipients);
        ImmutableArray<RecipientOutcome> answers = [.. report.Outcomes.Where(outcome => asked.TryTake(outcome.Recipient))];
        var unanswered = request.Envelope.Recipients.Where(asked.TryTake).Select(
            recipient => verdict?.OutcomeFor(recipient) ?? RecipientOutcome.Deferred(recipient, DeliveryStatus.NoAnswer));
        return new([.. answers, .. unanswered]) { Queue = verdict };
    }

    // A connector may ask for a longer wait than the schedule's (DA-10). What one recipient does not ask for, none of the entry gets.
    private DateTimeOffset NotBefore(ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset next)
    {
        var deferred = outcomes.Where(outcome => outcome.Action == RecipientAction.Deferred).ToArray();
        if (deferred.Length == 0 || deferred.Min(outcome => outcome.NotBefore ?? DateTimeOffset.MinValue) is var asked && asked <= next)
            return next;
        var now = time.GetUtcNow();
        return now + schedule.Ask(asked - now);
    }

    // When what is deferred is tried again (RY-1): for the connector's sake or for its own.
    private DateTimeOffset Judge(LeasedEntry lease, ConnectorHealth health, DeliveryReport report)
    {
        var (now, outcomes) = (time.GetUtcNow(), report.Outcomes);
        if (report.Queue is { IsFailure: false } deferral)
        {
            var next = now + (deferral.RetryInterval is { } interval
                ? schedule.Ask(interval)
                : schedule.WaitForConnector(health.CountRound(now, schedule)));
            if (health.DeferQueue(next))
                logger.QueueDeferred(lease.Connector, Redaction.Text(deferral.Response.ToString()));
            return next;
        }
        if (report.Queue is not null)
        {
            // Later messages are tried anew.
            health.Abandon();
        }
        else if (outcomes.All(outcome => outcome.Status == EnhancedStatusCode.SystemFull))
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
