using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>
/// Records outcomes and tells whom they concern, in this order: durable first, then the trail, then the report to the sender. What was
/// reported as failed is thus never delivered later; a report that could not be made, or was not noted before a crash, is made again with
/// the same recipients, by which it can be recognised.
/// </summary>
internal sealed class DeliverySettler(DeliveryQueue queue, ISenderReports reports, IMessageTrail trail, ILogger logger)
{
    private readonly OutageLog _outage = new();

    /// <summary>Settles a lease.</summary>
    /// <param name="lease">The entry.</param>
    /// <param name="outcomes">What became of its recipients.</param>
    /// <param name="nextAttempt">When it is due again, if it stays.</param>
    /// <param name="source">Who decided.</param>
    /// <param name="protocol">The protocol of the delivery agent that decided; null for anybody else.</param>
    /// <param name="duration">How long the attempt took; null when there was none.</param>
    public async ValueTask SettleAsync(LeasedEntry lease,
        ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, TrackingSource source, string? protocol = null,
        TimeSpan? duration = null)
    {
        await RecordAsync(lease, outcomes, nextAttempt, source, protocol, duration).ConfigureAwait(false);
        await ReportAsync(lease).ConfigureAwait(false);
    }

    /// <summary>
    /// Records what became of some recipients while the attempt goes on with others. Reports wait for its end: what one attempt gave is
    /// reported together.
    /// </summary>
    public ValueTask SettlePartAsync(
        LeasedEntry lease, ImmutableArray<RecipientOutcome> outcomes, TrackingSource source, string? protocol, TimeSpan duration) =>
        RecordAsync(lease, outcomes, source, protocol, duration, () => queue.SettlePartAsync(lease, outcomes, CancellationToken.None));

    /// <summary>
    /// Ends what has expired: recipients that still wait have failed; reports that could not be made are made now. The other entries of the
    /// submission have expired with this one: the sender gets one report about all of them that nobody works on at this moment.
    /// </summary>
    /// <param name="lease">The entry.</param>
    /// <param name="mayExpire">Which of the other entries may be given up (ND-8).</param>
    /// <param name="nextAttempt">When to try the report again, if it cannot be made.</param>
    /// <returns>What was given up.</returns>
    public async ValueTask<DeliverySummary> GiveUpAsync(LeasedEntry lease, Func<LeasedEntry, bool> mayExpire, DateTimeOffset nextAttempt)
    {
        var summary = default(DeliverySummary);
        var leases = await LeaseTogetherAsync(lease).ConfigureAwait(false);
        await using var _ = leases.ConfigureAwait(false);
        foreach (var each in leases.All.Where(each => each == lease || mayExpire(each)))
        {
            ImmutableArray<RecipientOutcome> outcomes = [.. each.Waiting.Select(RecipientOutcome.Expired)];
            await RecordAsync(each, outcomes, nextAttempt, TrackingSource.Queue, protocol: null, duration: null).ConfigureAwait(false);
            if (!outcomes.IsEmpty)
                logger.Failed(each.DeliveryId,
                    Telemetry.NameOf(each.Connector), outcomes.Length, DeliveryStatus.Expired.Code.ToString(), DeliveryStatus.Expired.Text);
            summary += new DeliverySummary(0, 0, outcomes.Length);
        }
        await ReportAsync(leases.All.SelectMany(Due)).ConfigureAwait(false);
        return summary;
    }

    /// <summary>Ends an entry of which only reports are left to make, or its files to delete.</summary>
    public ValueTask FinishAsync(LeasedEntry lease, DateTimeOffset nextAttempt) =>
        SettleAsync(lease, [], nextAttempt, TrackingSource.Routing);

    /// <summary>Makes the reports that are due; about what expired, together with the other entries of the submission.</summary>
    /// <returns>False when one could not be made; the entry keeps it.</returns>
    public async ValueTask<bool> ReportAsync(LeasedEntry lease)
    {
        if (!lease.DueReports.Any(IsExpiry))
            return await ReportAsync(Due(lease)).ConfigureAwait(false);
        var leases = await LeaseTogetherAsync(lease).ConfigureAwait(false);
        await using var _ = leases.ConfigureAwait(false);
        return await ReportAsync(leases.All.SelectMany(Due).Where(due => due.Lease == lease || IsExpiry(due.Notice))).ConfigureAwait(false);
    }

    /// <summary>
    /// Tells the sender that recipients still wait, those in other entries of the submission, which are as old, included.
    /// </summary>
    /// <returns>False when that could not be done.</returns>
    public async ValueTask<bool> ReportDelayAsync(LeasedEntry lease, DateTimeOffset willRetryUntil)
    {
        var leases = await LeaseTogetherAsync(lease).ConfigureAwait(false);
        await using var _ = leases.ConfigureAwait(false);
        return await TellAsync(
            [.. leases.All.Where(each => !each.IsSettled && !each.IsDelayReported).Select(
                each => (each, new QueueNotice(SenderReportKind.Delayed, each.Waiting)))],
            willRetryUntil).ConfigureAwait(false);
    }

    private async ValueTask<LeasesOfMessage> LeaseTogetherAsync(LeasedEntry lease) =>
        new(lease, await queue.LeaseBesideAsync(lease, CancellationToken.None).ConfigureAwait(false));

    // What was delivered must be recorded even when we are stopping.
    private ValueTask RecordAsync(
        LeasedEntry lease, ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, TrackingSource source, string? protocol,
        TimeSpan? duration) => RecordAsync(
            lease, outcomes, source, protocol, duration, () => queue.SettleAsync(lease, outcomes, nextAttempt, CancellationToken.None));

    private async ValueTask RecordAsync(
        LeasedEntry lease, ImmutableArray<RecipientOutcome> outcomes, TrackingSource source, string? protocol, TimeSpan? duration,
        Func<ValueTask> save)
    {
        var isSaved = false;
        try
        {
            await save().ConfigureAwait(false);
            isSaved = true;
        }
        finally
        {
            // Delivered is delivered, also when that could not be written down; this process remembers it and will not say it again.
            foreach (var group in outcomes.GroupBy(outcome => outcome.Action).Where(
                group => isSaved || group.Key is RecipientAction.Delivered or RecipientAction.Relayed or RecipientAction.HandedOver))
                trail.Record(Event(lease, group.Key, [.. group]) with
                {
                    Source = source,
                    Duration = duration,
                    Age = queue.Time.GetUtcNow() - lease.Item.Id.AcceptedAt,
                    Detail = protocol is null
                        ? lease.DeliveryId
                        : $"{protocol};{group.Select(outcome => outcome.RemoteHost).FirstOrDefault(host => host is not null)}",
                });
        }
    }

    // What expired goes into one report; whatever else happened has one for each attempt and kind.
    private async ValueTask<bool> ReportAsync(IEnumerable<(LeasedEntry Lease, QueueNotice Notice)> due)
    {
        foreach (var together in due.GroupBy(each => IsExpiry(each.Notice) ? null : each.Notice).ToArray())
        {
            if (!await TellAsync([.. together], willRetryUntil: null).ConfigureAwait(false))
                return false;
        }
        return true;
    }

    private static IEnumerable<(LeasedEntry Lease, QueueNotice Notice)> Due(LeasedEntry lease) =>
        lease.DueReports.Select(notice => (lease, notice));

    private static bool IsExpiry(QueueNotice notice) =>
        notice.Outcomes.All(outcome => outcome.Action == RecipientAction.Failed && outcome.Status == DeliveryStatus.Expired.Code);

    // The same entries ask the same question again. If only some of them note the answer before the process dies, the others are told of
    // twice; nobody is told of too seldom.
    private async ValueTask<bool> TellAsync((LeasedEntry Lease, QueueNotice Notice)[] due, DateTimeOffset? willRetryUntil)
    {
        var (lease, first) = due[0];
        try
        {
            var report = SenderReport.About(
                lease.Item, first.Kind, [.. due.SelectMany(each => each.Notice.Outcomes)]) with
            { WillRetryUntil = willRetryUntil };
            var result = await reports.ReportAsync(report, CancellationToken.None).ConfigureAwait(false);
            foreach (var (each, notice) in due)
                await queue.ReportedAsync(each, notice, result, CancellationToken.None).ConfigureAwait(false);
            _outage.End();
            return true;
        }
#pragma warning disable CA1031 // Whatever a report fails of: the entry keeps it, and the other messages go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_outage.Begin())
                logger.SenderReportFailed(e, lease.DeliveryId, Telemetry.NameOf(lease.Connector));
            return false;
        }
    }

    private static TrackingEvent Event(LeasedEntry lease, RecipientAction action, ImmutableArray<RecipientOutcome> outcomes) => new()
    {
        Kind = action switch
        {
            RecipientAction.Delivered or RecipientAction.HandedOver => TrackingEventKind.Send,
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
    };

    // A lease, and those on the other entries of its submission that could be had at once. Ends those others alone.
    private sealed class LeasesOfMessage(LeasedEntry lease, ImmutableArray<LeasedEntry> others) : IAsyncDisposable
    {
        public ImmutableArray<LeasedEntry> All { get; } = [lease, .. others];

        public async ValueTask DisposeAsync()
        {
            foreach (var other in others)
                await other.DisposeAsync().ConfigureAwait(false);
        }
    }
}
