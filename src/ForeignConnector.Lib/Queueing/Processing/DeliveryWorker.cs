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

    /// <summary>
    /// Makes the attempt and ends the lease. A connector that takes fewer recipients at a time than there are is asked several times, and
    /// what came of one call is saved before the next begins.
    /// </summary>
    /// <param name="lease">The entry.</param>
    /// <param name="current">Who delivers, and how it goes.</param>
    /// <param name="place">The place of the attempt, kept when the connector does not end it.</param>
    /// <param name="snapshot">The configuration: how long a call may take, and what addresses mean.</param>
    /// <param name="begun">Called when the connector has begun, so that attempts begin in the order of the calls.</param>
    /// <param name="cancellationToken">Cancels the attempt, not its settlement.</param>
    /// <returns>What became of the recipients, and what the connector said about its queue.</returns>
    public async Task<(DeliverySummary Summary, QueueVerdict? Verdict)> DeliverAsync(
        LeasedEntry lease, ConnectorInUse current, ConnectorInUse.ConnectorPlace place, TransportSnapshot snapshot, Action begun,
        CancellationToken cancellationToken)
    {
        await using (lease.ConfigureAwait(false))
        {
            // If the work fails in any way the entry does not come back at once.
            lease.Postpone(time.GetUtcNow() + schedule.WaitForOutage());
            if (!await IsToBeTriedAsync(lease).ConfigureAwait(false))
            {
                current.Health.Abandon();
                return default;
            }
            if (_late.Take(lease.DeliveryId) is not var (asked, earlier))
                return await CallAsync(lease, current, place, snapshot, begun, cancellationToken).ConfigureAwait(false);
            current.Health.Abandon();
            var outcomes = Late(lease, asked, earlier);
            await SettleAsync(lease, current, outcomes, time.GetUtcNow() + schedule.WaitForMessage(), time.GetTimestamp())
                .ConfigureAwait(false);
            return (Summarize(lease, outcomes, untried: 0), null);
        }
    }

    // Asks the connector until every recipient had its turn, or asking on makes no sense.
    private async Task<(DeliverySummary Summary, QueueVerdict? Verdict)> CallAsync(
        LeasedEntry lease, ConnectorInUse current, ConnectorInUse.ConnectorPlace place, TransportSnapshot snapshot, Action begun,
        CancellationToken cancellationToken)
    {
        var parts = Parts(lease, current.MaxRecipients);
        var told = ImmutableArray<RecipientOutcome>.Empty;
        for (var (part, inVain) = (0, 0); ; part++)
        {
            var start = time.GetTimestamp();
            var request = RoutedRequest.Of(Request(lease, parts[part]), snapshot.Addresses);
            var (report, isOver) = await AskAsync(
                request, lease, current, place, snapshot.DeliveryTimeoutOf(lease.Connector), begun, cancellationToken)
                .ConfigureAwait(false);
            told = told.AddRange(report.Outcomes);
            inVain = report.Outcomes.All(IsAboutTheConnector) ? inVain + 1 : 0;
            if (part + 1 == parts.Length || report.Queue is not null || isOver || inVain == ConnectorHealth.Threshold)
            {
                ImmutableArray<EnvelopeRecipient> rest = [.. parts[(part + 1)..].SelectMany(envelope => envelope.Recipients)];
                return (await EndAsync(lease, current, told, report, rest, start).ConfigureAwait(false), report.Queue);
            }
            await settler.SettlePartAsync(lease, report.Outcomes, current.Source, current.Protocol, time.GetElapsedTime(start))
                .ConfigureAwait(false);
            lease.IsTried = true;
            if (cancellationToken.IsCancellationRequested)
                Stop(lease, current, told, cancellationToken);
        }
    }

    // Settles the last call of an attempt. Those who had no turn follow a verdict about the queue, or wait as before.
    private async ValueTask<DeliverySummary> EndAsync(
        LeasedEntry lease, ConnectorInUse current, ImmutableArray<RecipientOutcome> told, DeliveryReport last,
        ImmutableArray<EnvelopeRecipient> rest, long start)
    {
        ImmutableArray<RecipientOutcome> followers = last.Queue is { } verdict ? [.. rest.Select(verdict.OutcomeFor)] : [];
        told = told.AddRange(followers);
        var untried = rest.Length - followers.Length;
        var next = Judge(lease, current.Health, new(told) { Queue = last.Queue });
        await SettleAsync(lease, current, last.Outcomes.AddRange(followers), untried > 0 ? next : NotBefore(told, next), start)
            .ConfigureAwait(false);
        return Summarize(lease, told, untried);
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
            return Summarize(lease, outcomes, untried: 0);
        }
    }

    private ValueTask SettleAsync(
        LeasedEntry lease, ConnectorInUse current, ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, long start)
    {
        lease.IsTried = true;
        return settler.SettleAsync(lease, outcomes, nextAttempt, current.Source, current.Protocol, time.GetElapsedTime(start));
    }

    private DeliveryRequest Request(LeasedEntry lease, MailEnvelope envelope) => new(lease.DeliveryId, envelope, lease.Item.Content)
    {
        Attempt = lease.Attempts + 1,
        AcceptedAt = lease.Item.Id.AcceptedAt,
        ExpiresAt = lease.Item.Id.AcceptedAt + options.MessageExpirationTimeout,
        All = lease.Envelope.Recipients,
    };

    private static MailEnvelope[] Parts(LeasedEntry lease, int most) => lease.Item.Envelope.Recipients.Length <= most
        ? [lease.Item.Envelope]
        : [.. lease.State.PendingInTurn(lease.Envelope).Chunk(most).Select(recipients =>
            lease.Item.Envelope with { Recipients = [.. recipients] })];

    // What a call delivered after it was given up, of recipients that still wait.
    private static ImmutableArray<RecipientOutcome> Late(LeasedEntry lease, DeliveryRequest asked, DeliveryReport report)
    {
        var waiting = new Bag<EnvelopeRecipient>(lease.Item.Envelope.Recipients);
        ImmutableArray<EnvelopeRecipient> left = [.. asked.Envelope.Recipients.Where(waiting.TryTake)];
        return left.IsEmpty ? [] : Complete(left, new(report.Outcomes)).Outcomes;
    }

    private void Stop(
        LeasedEntry lease, ConnectorInUse current, ImmutableArray<RecipientOutcome> told, CancellationToken cancellationToken)
    {
        Summarize(lease, told, untried: 0);
        Abandon(lease, current);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // Nothing more happened: what waits is due as before.
    private static void Abandon(LeasedEntry lease, ConnectorInUse current)
    {
        current.Health.Abandon();
        lease.Postpone(lease.Item.Id.AcceptedAt);
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

    // What the connector says, and whether it is to be asked no more.
    private async ValueTask<(DeliveryReport Report, bool IsOver)> AskAsync(
        RoutedRequest request, LeasedEntry lease, ConnectorInUse current, ConnectorInUse.ConnectorPlace place, TimeSpan timeout,
        Action begun, CancellationToken cancellationToken)
    {
        using var activity = MessageTracing.StartDelivery(lease.Item, lease.Connector, lease.DeliveryId, lease.Attempts + 1);
        var attempt = DeliveryAttempt.Begin(current.Connector, request, scheduler, begun, cancellationToken);
        try
        {
            if (!await attempt.WaitAsync(timeout, time).ConfigureAwait(false))
            {
                place.KeepFor(attempt.Completion);
                _late.Add(lease.DeliveryId, request.Queued, attempt.Completion);
                cancellationToken.ThrowIfCancellationRequested();
                activity.End("timeout", isError: true);
                logger.DeliveryOverdue(lease.Connector, lease.DeliveryId, timeout);
                return (DeliveryReport.Deferred(request.Queued, DeliveryStatus.TookTooLong), true);
            }
            var answer = await attempt.Completion.ConfigureAwait(false);
            var report = Complete(request.Queued.Envelope.Recipients, answer);
            if (report.Queue != answer.Queue)
                logger.WrongVerdict(lease.Connector, Redaction.Text(answer.Queue!.Response.ToString()));
            activity.End(report.Outcomes);
            return (report, false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Abandon(lease, current);
            throw;
        }
#pragma warning disable CA1031 // Whatever a connector throws means deferred.
        catch (Exception e)
#pragma warning restore CA1031
        {
            activity.End("exception", isError: true);
            if (!current.Health.IsFailing)
                logger.ConnectorThrew(e, lease.Connector, lease.DeliveryId);
            return (DeliveryReport.Deferred(request.Queued, DeliveryStatus.ConnectorProblem), false);
        }
    }

    // One outcome for each recipient, and for nobody else. Without an answer a recipient follows its queue, or is deferred (DA-8).
    private static DeliveryReport Complete(ImmutableArray<EnvelopeRecipient> recipients, DeliveryReport report)
    {
        var verdict = report.Queue?.Checked();
        var asked = new Bag<EnvelopeRecipient>(recipients);
        ImmutableArray<RecipientOutcome> answers = [.. report.Outcomes.Where(outcome => asked.TryTake(outcome.Recipient))];
        var unanswered = recipients.Where(asked.TryTake).Select(
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

    private DeliverySummary Summarize(LeasedEntry lease, ImmutableArray<RecipientOutcome> outcomes, int untried)
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
        return new DeliverySummary(delivered, deferred.Length + untried, failed.Length);
    }
}
