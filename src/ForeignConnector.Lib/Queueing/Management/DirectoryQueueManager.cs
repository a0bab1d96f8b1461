using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing.Management;

/// <summary>
/// Manages a <see cref="DirectoryDeliveryQueue"/> through its files: in the process that delivers from it, in another one, or while none runs. Looking
/// disturbs nobody; an action takes the message's lock, and tells running processes by a file in <c>%changed</c>.
/// </summary>
public sealed class DirectoryQueueManager : IQueueManager
{
    private static readonly (string Extension, QueuedMessageStatus? Aside)[] Kinds =
    [
        (FileNames.Message, null),
        (QueueFolder.BadExtension, QueuedMessageStatus.Failed),
        (QueueFolder.PoisonExtension, QueuedMessageStatus.Poison),
    ];

    private readonly QueueFolder _folder;
    private readonly QueueChanges _changes;
    private readonly AtomicFile _exports;
    private readonly ISenderReports _reports;
    private readonly IMessageTrail _trail;
    private readonly TimeProvider _time;

    /// <summary>A manager of the queue in a directory.</summary>
    /// <param name="directory">The directory of the queue.</param>
    /// <param name="reports">Tells senders of messages that are removed.</param>
    /// <param name="trail">Told of messages that are removed.</param>
    /// <param name="files">The file system.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to tell about files that cannot be read.</param>
    public DirectoryQueueManager(string directory, ISenderReports reports, IMessageTrail trail, IFileSystem files, TimeProvider time, ILogger<DirectoryQueueManager> logger)
        : this(directory, reports, trail, files, PlatformFiles.For(files), time, logger)
    {
    }

    internal DirectoryQueueManager(
        string directory, ISenderReports reports, IMessageTrail trail, IFileSystem files, IPlatformFiles platform, TimeProvider time, ILogger logger)
    {
        _folder = new QueueFolder(directory, files, platform, new QueueStateFiles(files, platform, logger));
        _changes = new QueueChanges(directory, files, platform);
        _exports = new AtomicFile(files, platform);
        _reports = reports;
        _trail = trail;
        _time = time;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<QueuedMessage> ListAsync(QueueFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        foreach (var folder in _folder.Existing().Order(StringComparer.OrdinalIgnoreCase))
        {
            if (!filter.MatchesConnector(DirectoryDeliveryQueue.ConnectorOf(folder)))
                continue;
            foreach (var (name, extension) in Names(folder))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await ReadAsync(folder, name, extension, cancellationToken).ConfigureAwait(false) is { } message && filter.Matches(message, _time.GetUtcNow()))
                    yield return message;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<QueuedMessage?> FindAsync(string id, CancellationToken cancellationToken) =>
        Locate(id) is var (folder, extension) ? await ReadAsync(folder, id, extension, cancellationToken).ConfigureAwait(false) : null;

    /// <inheritdoc/>
    public ValueTask<QueueActionResult> HoldAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync(id, entry => entry.State.Held ? null : entry.State with { Held = true }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<QueueActionResult> ReleaseAsync(string id, CancellationToken cancellationToken) =>
        Locate(id) is var (folder, extension) && extension != FileNames.Message
            ? PutBackAsync(folder, id, extension, cancellationToken)
            : ChangeAsync(id, entry => entry.State.Held ? entry.State with { Held = false, NextAttempt = _time.GetUtcNow() } : null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<QueueActionResult> RetryAsync(string id, CancellationToken cancellationToken) =>
        Locate(id) is var (folder, _) && DirectoryDeliveryQueue.ConnectorOf(folder) == IDeliveryQueue.Unreachable
            ? new(QueueActionResult.NotApplicable)
            : ChangeAsync(id, TryNow, cancellationToken, isRetry: true);

    /// <inheritdoc/>
    public async ValueTask<QueueActionResult> RemoveAsync(string id, bool report, CancellationToken cancellationToken)
    {
        if (Locate(id) is not var (folder, extension))
            return QueueActionResult.NotFound;
        var (entry, opened) = await OpenToRemoveAsync(folder, id, extension, cancellationToken).ConfigureAwait(false);
        if (opened != OpenResult.Opened)
            return Failure(opened);
        using (entry)
        {
            ImmutableArray<RecipientOutcome> gone = entry is null ? [] : [.. Remaining(entry).Select(recipient => RecipientOutcome.Failed(recipient, DeliveryStatus.Removed))];
            if (report && entry is not null)
            {
                // If the rest breaks off, the transport that delivers from the queue makes the report from what is recorded here.
                entry.State = entry.After(gone, _time.GetUtcNow(), _time.GetUtcNow()) with { Held = false };
                await _folder.WriteStateAsync(entry, entry.State, cancellationToken).ConfigureAwait(false);
                Record(id, folder, entry, gone);
                await ReportAsync(id, entry, cancellationToken).ConfigureAwait(false);
            }
            if (extension == FileNames.Message)
                _folder.Delete(entry!);
            else
                _folder.DeleteAside(folder, id, extension);
            if (!report || entry is null)
                Record(id, folder, entry, gone);
        }
        if (extension == FileNames.Message)
            _changes.Note(id);
        return QueueActionResult.Done;
    }

    /// <inheritdoc/>
    public async ValueTask<QueueActionResult> ExportAsync(string id, string path, CancellationToken cancellationToken)
    {
        if (Locate(id) is not var (folder, extension))
            return QueueActionResult.NotFound;
        var (entry, opened) = await _folder.OpenAsync(folder, id, unsaved: null, cancellationToken, extension).ConfigureAwait(false);
        if (entry is null)
            return Failure(opened);
        using (entry)
        {
            if (Remaining(entry) is not { IsEmpty: false } recipients)
                return QueueActionResult.NotApplicable;
            var envelope = entry.Envelope with { Recipients = recipients };
            var isNew = await _exports.PublishAsync(
                path, (stream, token) => MessageFile.WriteAsync(envelope, entry.Content, stream, token), FlushMode.Alone, cancellationToken, access: _exports.AccessBeside(path)).ConfigureAwait(false);
            return isNew ? QueueActionResult.Done : throw new IOException($"'{path}' exists already; choose another name");
        }
    }

    // One that was not tried yet waits behind a connector that fails, or its deferral could not be written down.
    private QueueEntryState? TryNow(QueueEntry entry) => entry.State switch
    {
        { Held: true } => null,
        { Attempts: > 0 } tried => tried with { NextAttempt = _time.GetUtcNow() },
        var untried => untried,
    };

    // Of a message that was set aside also those that a release would try again.
    private static ImmutableArray<EnvelopeRecipient> Remaining(QueueEntry entry)
    {
        var isWaiting = entry.Path.EndsWith(FileNames.Message, StringComparison.Ordinal);
        var settled = entry.State.Recipients.Where(recipient => recipient.IsFinal && (isWaiting || !recipient.MayStartAnew)).Select(recipient => recipient.Index).ToHashSet();
        return [.. entry.Envelope.Recipients.Where((_, index) => !settled.Contains(index))];
    }

    private async ValueTask<QueueActionResult> ChangeAsync(
        string id, Func<QueueEntry, QueueEntryState?> change, CancellationToken cancellationToken, bool isRetry = false)
    {
        if (Locate(id) is not var (folder, extension))
            return QueueActionResult.NotFound;
        if (extension != FileNames.Message)
            return QueueActionResult.NotApplicable;
        var (entry, opened) = await _folder.OpenAsync(folder, id, unsaved: null, cancellationToken).ConfigureAwait(false);
        if (entry is null)
            return Failure(opened);
        using (entry)
        {
            if (change(entry) is not { } state)
                return QueueActionResult.NotApplicable;
            if (state != entry.State)
                await _folder.WriteStateAsync(entry, state, cancellationToken).ConfigureAwait(false);
        }
        _changes.Note(id, isRetry);
        return QueueActionResult.Done;
    }

    private async ValueTask<QueueActionResult> PutBackAsync(string folder, string id, string extension, CancellationToken cancellationToken)
    {
        if (!await _folder.PutBackAsync(folder, id, extension, cancellationToken).ConfigureAwait(false))
            return QueueActionResult.NotFound;
        _changes.Note(id);
        return QueueActionResult.Done;
    }

    // What cannot be read was set aside for that, and can go all the same: then there is no entry, and nobody who could be named.
    private async ValueTask<(QueueEntry? Entry, OpenResult Result)> OpenToRemoveAsync(string folder, string id, string extension, CancellationToken cancellationToken)
    {
        try
        {
            return await _folder.OpenAsync(folder, id, unsaved: null, cancellationToken, extension).ConfigureAwait(false);
        }
        catch (MailFormatException) when (extension != FileNames.Message)
        {
            return (null, OpenResult.Opened);
        }
    }

    private async ValueTask ReportAsync(string id, QueueEntry entry, CancellationToken cancellationToken)
    {
        if (!QueueEntryName.TryParse(id, out var submission, out _))
            return;
        var item = new MailItem(submission, entry.Envelope, entry.Content);
        foreach (var notice in entry.Notices)
            await _reports.ReportAsync(SenderReport.About(item, notice.Kind, notice.Outcomes), cancellationToken).ConfigureAwait(false);
    }

    private void Record(string id, string folder, QueueEntry? entry, ImmutableArray<RecipientOutcome> outcomes)
    {
        // Those of a message that only waited for its reports have been recorded before.
        if (!QueueEntryName.TryParse(id, out var submission, out _) || (entry is not null && outcomes.IsEmpty))
            return;
        _trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Fail,
            Source = TrackingSource.Admin,
            Id = submission,
            Sender = entry?.Envelope.Sender,
            Outcomes = outcomes,
            Connector = DirectoryDeliveryQueue.ConnectorOf(folder),
            Content = entry?.Content,
            Detail = id,
        });
    }

    private static QueueActionResult Failure(OpenResult opened) => opened == OpenResult.Locked ? QueueActionResult.Busy : QueueActionResult.NotFound;

    // The id becomes part of a path, so it must be one.
    private (string Folder, string Extension)? Locate(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (!QueueEntryName.TryParse(id, out _, out _))
            return null;
        foreach (var folder in _folder.Existing())
        {
            foreach (var (extension, _) in Kinds)
            {
                if (_folder.Exists(folder, id, extension))
                    return (folder, extension);
            }
        }
        return null;
    }

    private IEnumerable<(string Name, string Extension)> Names(string folder) =>
        Kinds.SelectMany(kind => _folder.Names(folder, kind.Extension).Select(name => (name, kind.Extension)))
            .Where(file => QueueEntryName.TryParse(file.name, out _, out _))
            .OrderBy(file => file.name, StringComparer.Ordinal);

    private async ValueTask<QueuedMessage?> ReadAsync(string folder, string name, string extension, CancellationToken cancellationToken)
    {
        if (_folder.Size(folder, name, extension) is not { } size || !QueueEntryName.TryParse(name, out var id, out _))
            return null;
        var content = await _folder.PeekAsync(folder, name, cancellationToken, extension).ConfigureAwait(false);
        var (envelope, state) = content is { } known ? (known.Envelope, known.State) : ((MailEnvelope?)null, new QueueEntryState());
        var aside = Kinds.First(kind => kind.Extension == extension).Aside;
        var connector = DirectoryDeliveryQueue.ConnectorOf(folder);
        var status = aside ?? Waiting(connector, state);
        return new QueuedMessage
        {
            Id = name,
            Connector = connector,
            Status = status,
            AcceptedAt = id.AcceptedAt,
            Size = size,
            Sender = envelope?.Sender,
            Recipients = envelope is null ? [] : Recipients(envelope, state),
            Attempts = state.Attempts,
            LastAttempt = state.LastAttempt,
            NextAttempt = status == QueuedMessageStatus.Retry ? state.NextAttempt : null,
            Reason = aside is not null ? _folder.Reason(folder, name, extension) : status == QueuedMessageStatus.Unreachable ? WhyUnreachable(state) : null,
        };
    }

    private static string? WhyUnreachable(QueueEntryState state)
    {
        var reasons = string.Join(' ', state.Recipients.Where(recipient => !recipient.IsFinal).Select(recipient => $"{recipient.Status} {recipient.Text}").Distinct());
        return reasons.Length == 0 ? null : reasons;
    }

    private static QueuedMessageStatus Waiting(string connector, QueueEntryState state) => (connector, state) switch
    {
        (_, { Held: true }) => QueuedMessageStatus.Held,
        (IDeliveryQueue.Unreachable, _) => QueuedMessageStatus.Unreachable,
        (_, { Attempts: > 0 }) => QueuedMessageStatus.Retry,
        _ => QueuedMessageStatus.Ready,
    };

    private static ImmutableArray<QueuedRecipient> Recipients(MailEnvelope envelope, QueueEntryState state)
    {
        var known = state.Recipients.ToDictionary(recipient => recipient.Index);
        return
        [
            .. envelope.Recipients.Select((recipient, index) => known.TryGetValue(index, out var last)
                ? new QueuedRecipient(recipient.Address, last.Action, last.Status, last.Text)
                : new QueuedRecipient(recipient.Address, null, null, null)),
        ];
    }
}
