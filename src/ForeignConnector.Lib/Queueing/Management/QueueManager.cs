using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Queueing.Management;

/// <summary>
/// Manages a queue through its store: in the process that delivers from it, in another one, or while none runs. Looking disturbs nobody; an
/// action leases the entry, and tells the processes that deliver.
/// </summary>
public sealed class QueueManager : IQueueManager
{
    private readonly IQueueStore _store;
    private readonly AtomicFile _exports;
    private readonly ISenderReports _reports;
    private readonly IMessageTrail _trail;
    private readonly TimeProvider _time;

    /// <summary>A manager of a queue.</summary>
    /// <param name="store">Where the entries are; it need not be loaded.</param>
    /// <param name="reports">Tells senders of messages that are removed.</param>
    /// <param name="trail">Told of messages that are removed.</param>
    /// <param name="files">Where exported files go.</param>
    /// <param name="time">The clock.</param>
    public QueueManager(IQueueStore store, ISenderReports reports, IMessageTrail trail, IFileSystem files, TimeProvider time)
        : this(store, reports, trail, files, PlatformFiles.For(files), time)
    {
    }

    internal QueueManager(
        IQueueStore store, ISenderReports reports, IMessageTrail trail, IFileSystem files, IPlatformFiles platform, TimeProvider time)
    {
        _store = store;
        _exports = new AtomicFile(files, platform);
        _reports = reports;
        _trail = trail;
        _time = time;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<QueuedMessage> ListAsync(QueueFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await foreach (var entry in _store.ListAsync(filter.Connector, cancellationToken).ConfigureAwait(false))
        {
            if (QueuedMessage.Of(entry) is var message && filter.Matches(message, _time.GetUtcNow()))
                yield return message;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<QueuedMessage?> FindAsync(string id, CancellationToken cancellationToken) =>
        await _store.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } entry ? QueuedMessage.Of(entry) : null;

    /// <inheritdoc/>
    public ValueTask<QueueActionResult> HoldAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync(id, entry => entry.State.Held ? null : entry.State with { Held = true }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<QueueActionResult> ReleaseAsync(string id, CancellationToken cancellationToken)
    {
        if (!await _store.PutBackAsync(id, state => state.StartingAnew(), cancellationToken).ConfigureAwait(false))
            return await ChangeAsync(id, entry =>
                entry.State.Held ? entry.State with { Held = false, NextAttempt = _time.GetUtcNow() } : null, cancellationToken)
                    .ConfigureAwait(false);
        await _store.NotifyAsync(id, isRetryWanted: false, cancellationToken).ConfigureAwait(false);
        return QueueActionResult.Done;
    }

    /// <inheritdoc/>
    public ValueTask<QueueActionResult> RetryAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync(id, TryNow, cancellationToken, isRetryWanted: true);

    /// <inheritdoc/>
    public async ValueTask<QueueActionResult> RemoveAsync(string id, bool report, CancellationToken cancellationToken)
    {
        var (lease, isBusy) = await _store.LeaseAsync(id, cancellationToken).ConfigureAwait(false);
        if (lease is null)
            return Failure(isBusy);
        var entry = lease.Entry;
        await using (lease.ConfigureAwait(false))
        {
            // Of what cannot be read nobody could be named.
            ImmutableArray<RecipientOutcome> gone =
                [.. Remaining(entry).Select(recipient => RecipientOutcome.Failed(recipient, DeliveryStatus.Removed))];
            if (report && entry.Envelope is { } envelope)
            {
                // If the rest breaks off, the transport that delivers from the queue makes the report from what is recorded here.
                var state = entry.State.AfterAttempt(envelope, gone, _time.GetUtcNow(), _time.GetUtcNow()) with { Held = false };
                await lease.SaveAsync(state, cancellationToken).ConfigureAwait(false);
                Record(lease, gone);
                await ReportAsync(lease, envelope, state, cancellationToken).ConfigureAwait(false);
            }
            await lease.RemoveAsync(cancellationToken).ConfigureAwait(false);
            if (!report || entry.Envelope is null)
                Record(lease, gone);
        }
        if (entry.SetAside is null)
            await _store.NotifyAsync(id, isRetryWanted: false, CancellationToken.None).ConfigureAwait(false);
        return QueueActionResult.Done;
    }

    /// <inheritdoc/>
    public async ValueTask<QueueActionResult> ExportAsync(string id, string path, CancellationToken cancellationToken)
    {
        var (lease, isBusy) = await _store.LeaseAsync(id, cancellationToken).ConfigureAwait(false);
        if (lease is null)
            return Failure(isBusy);
        await using (lease.ConfigureAwait(false))
        {
            if (Remaining(lease.Entry) is not { IsEmpty: false } recipients)
                return QueueActionResult.NotApplicable;
            var envelope = lease.Entry.Envelope! with { Recipients = recipients };
            var isNew = await _exports.PublishAsync(
                path, (stream, token) => MessageFile.WriteAsync(envelope,
                    lease.Content, stream, token), FlushMode.Alone, cancellationToken, access: _exports.AccessBeside(path))
                        .ConfigureAwait(false);
            return isNew ? QueueActionResult.Done : throw new IOException($"'{path}' exists already; choose another name");
        }
    }

    // One that was not tried yet waits behind a connector that fails, or its deferral could not be written down.
    private DeliveryState? TryNow(EntrySnapshot entry) => entry switch
    {
        { Connector: DeliveryQueue.Unreachable } or { State.Held: true } => null,
        { State: { Attempts: > 0 } tried } => tried with { NextAttempt = _time.GetUtcNow() },
        { State: var untried } => untried,
    };

    // Of a message that was set aside also those that a release would try again.
    private static ImmutableArray<EnvelopeRecipient> Remaining(EntrySnapshot entry) =>
        entry.Envelope is null ? [] : (entry.SetAside is null ? entry.State : entry.State.StartingAnew()).Pending(entry.Envelope);

    private async ValueTask<QueueActionResult> ChangeAsync(
        string id, Func<EntrySnapshot, DeliveryState?> change, CancellationToken cancellationToken, bool isRetryWanted = false)
    {
        var (lease, isBusy) = await _store.LeaseAsync(id, cancellationToken).ConfigureAwait(false);
        if (lease is null)
            return Failure(isBusy);
        await using (lease.ConfigureAwait(false))
        {
            if (lease.Entry.SetAside is not null || change(lease.Entry) is not { } state)
                return QueueActionResult.NotApplicable;
            if (state != lease.Entry.State)
                await lease.SaveAsync(state, cancellationToken).ConfigureAwait(false);
        }
        await _store.NotifyAsync(id, isRetryWanted, CancellationToken.None).ConfigureAwait(false);
        return QueueActionResult.Done;
    }

    private async ValueTask ReportAsync(IQueueLease lease, MailEnvelope envelope, DeliveryState state, CancellationToken cancellationToken)
    {
        var item = new MailItem(lease.Entry.Submission, envelope, lease.Content);
        foreach (var notice in state.DueReports(envelope))
            await _reports.ReportAsync(SenderReport.About(item, notice.Kind, notice.Outcomes), cancellationToken).ConfigureAwait(false);
    }

    private void Record(IQueueLease lease, ImmutableArray<RecipientOutcome> outcomes)
    {
        var entry = lease.Entry;
        // Those of a message that only waited for its reports have been recorded before.
        if (entry.Envelope is not null && outcomes.IsEmpty)
            return;
        _trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Fail,
            Source = TrackingSource.Admin,
            Id = entry.Submission,
            Sender = entry.Envelope?.Sender,
            Outcomes = outcomes,
            Connector = entry.Connector,
            Content = entry.Envelope is null ? null : lease.Content,
            Detail = entry.Id,
        });
    }

    private static QueueActionResult Failure(bool isBusy) => isBusy ? QueueActionResult.Busy : QueueActionResult.NotFound;
}
