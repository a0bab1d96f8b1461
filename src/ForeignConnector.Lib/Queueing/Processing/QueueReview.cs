using ForeignConnector.Lib.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>
/// Looks after entries for their age alone, whoever they wait for, also nobody: gives up those that have expired and tells senders of
/// delays. Waits for no attempt; but what was not tried since the process began is left to be tried first, unless its connector takes
/// nothing (ND-8).
/// </summary>
internal sealed class QueueReview(
    DeliveryQueue queue, DeliverySettler settler, QueueProcessorOptions options, RetrySchedule schedule, Func<string, bool> isAway,
    TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly OutageLog _outage = new();
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;

    private (QueueAge Age, TimeSpan Limit)[] Limits => options.DelayNotificationTimeout is { } delay && delay > TimeSpan.Zero
        ? [(QueueAge.All, options.MessageExpirationTimeout), (QueueAge.DelayNotReported, delay)]
        : [(QueueAge.All, options.MessageExpirationTimeout)];

    /// <summary>When there is something to do; null when nothing waits.</summary>
    public DateTimeOffset? NextDue() =>
        Next() is { } next ? next < _notBefore && _notBefore <= time.GetUtcNow() + schedule.Longest ? _notBefore : next : null;

    /// <summary>Does everything there is to do.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (age, _) in Limits)
                await RunAsync(age, cancellationToken).ConfigureAwait(false);
            // What is left cannot be had now: somebody works on it.
            if (Next() <= time.GetUtcNow() && _notBefore <= time.GetUtcNow())
                _notBefore = time.GetUtcNow() + Pause;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Fail(e, "(all)");
        }
    }

    private DateTimeOffset? Next()
    {
        DateTimeOffset? next = null;
        foreach (var backlog in queue.Overview.Connectors)
        {
            foreach (var (age, limit) in Limits)
            {
                if (backlog.OldestOf(Of(age, backlog.Connector)) + limit is { } due && (next is null || due < next))
                    next = due;
            }
        }
        return next;
    }

    /// <summary>Does what there is to do for one reason.</summary>
    public async Task<DeliverySummary> RunAsync(QueueAge age, CancellationToken cancellationToken)
    {
        var (summary, isWell) = (default(DeliverySummary), true);
        foreach (var (_, limit) in Limits.Where(reason => reason.Age == age))
        {
            foreach (var connector in queue.Overview.Connectors.Select(backlog => backlog.Connector))
            {
                try
                {
                    summary += await RunAsync(connector, age, time.GetUtcNow() - limit, cancellationToken).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    return summary;
                }
#pragma warning disable CA1031 // A queue that fails now is tried again; the other connectors go on.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    isWell = false;
                    Fail(e, connector);
                }
            }
        }
        if (isWell)
            _outage.End();
        return summary;
    }

    private async ValueTask<DeliverySummary> RunAsync(
        string connector, QueueAge age, DateTimeOffset acceptedBy, CancellationToken cancellationToken)
    {
        var summary = default(DeliverySummary);
        await foreach (var lease in queue.LeaseAsync(LeaseQuery.Old(connector, Of(age, connector), acceptedBy), cancellationToken)
            .ConfigureAwait(false))
        {
            await using (lease.ConfigureAwait(false))
            {
                if (age == QueueAge.All)
                    summary += await GiveUpAsync(lease, acceptedBy).ConfigureAwait(false);
                else if (lease.IsSettled)
                    await FinishAsync(lease).ConfigureAwait(false);
                else if (!lease.IsDelayReported && !await settler.ReportDelayAsync(lease,
                    lease.Item.Id.AcceptedAt + options.MessageExpirationTimeout).ConfigureAwait(false))
                    PutOff();
            }
        }
        return summary;
    }

    private QueueAge Of(QueueAge age, string connector) => isAway(connector) ? age : age | QueueAge.Tried;

    private async ValueTask<DeliverySummary> GiveUpAsync(LeasedEntry lease, DateTimeOffset acceptedBy)
    {
        var summary = await settler.GiveUpAsync(lease, other => other.CountsFrom <= acceptedBy
            && (other.IsTried || isAway(other.Connector)), time.GetUtcNow() + schedule.WaitForOutage()).ConfigureAwait(false);
        if (!lease.DueReports.IsEmpty)
            PutOff();
        return summary;
    }

    private async ValueTask FinishAsync(LeasedEntry lease)
    {
        await settler.FinishAsync(lease, time.GetUtcNow() + schedule.WaitForOutage()).ConfigureAwait(false);
        if (!lease.DueReports.IsEmpty)
            PutOff();
    }

    private void Fail(Exception e, string connector)
    {
        if (_outage.Begin())
            logger.QueueFailed(e, Telemetry.NameOf(connector));
        PutOff();
    }

    // What could not be done is done later, not at once again.
    private void PutOff() => _notBefore = time.GetUtcNow() + schedule.WaitForOutage();
}
