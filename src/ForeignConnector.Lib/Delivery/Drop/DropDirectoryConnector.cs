using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>
/// Writes each message as one file into a directory that a gateway empties (DR). Works with the queue or on its own. Thread-safe; lives as
/// long as its configuration.
/// </summary>
public sealed class DropDirectoryConnector : IForeignConnector
{
    // The gain of sharing levels off here, and each holds one open file.
    private const int SharedDeliveries = 64;

    private readonly DropDirectoryOptions _options;
    private readonly DropPublisher _publisher;
    private readonly DropQuota _quota;
    private readonly ILogger _logger;
    private readonly OutageLog _outage = new();
    private readonly OutageLog _unreadable = new();

    /// <summary>A connector for one directory. Nothing is touched before the first delivery.</summary>
    /// <param name="options">Read as they are; changes made later have no effect that can be relied on.</param>
    /// <param name="files">The file system.</param>
    /// <param name="logger">Where outages are told about, once each.</param>
    /// <param name="time">The clock; by default the system's.</param>
    public DropDirectoryConnector(
        DropDirectoryOptions options, IFileSystem files, ILogger<DropDirectoryConnector> logger, TimeProvider? time = null)
        : this(options, files, PlatformFiles.For(files), logger, time)
    {
    }

    internal DropDirectoryConnector(
        DropDirectoryOptions options, IFileSystem files, IPlatformFiles platform, ILogger logger, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _logger = logger;
        _publisher = new DropPublisher(options, files, platform, name => logger.DropNameTaken(options.Name, name));
        _quota = new DropQuota(options.DropDirectoryQuota, files, options.DropDirectory, time ?? TimeProvider.System);
    }

    /// <summary>
    /// Enough for deliveries to share their flushes. One with <see cref="Durability.PerMessage"/>, where they share nothing, and files
    /// appear in the order of acceptance.
    /// </summary>
    public int MaxConcurrentDeliveries => _options.Durability == Durability.PerMessage ? 1 : SharedDeliveries;

    internal string DropDirectory => _options.DropDirectory;

    internal bool CreatesDirectory => _options.CreateDropDirectory;

    /// <summary>True from a delivery that the directory did not take until one that it did.</summary>
    internal bool IsOut => _outage.IsOut;

    /// <inheritdoc/>
    public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Content.Length > _options.MaxMessageSize.Octets)
            return DeliveryReport.ForAll(request, r => RecipientOutcome.Failed(r, DeliveryStatus.TooBigForDestination));
        var success = DeliveryReport.ForAll(request, recipient => Success(request, recipient));
        var mayMove = success.Outcomes.All(outcome => outcome.Action == RecipientAction.Delivered);
        try
        {
            await WriteAsync(request, mayMove, cancellationToken).ConfigureAwait(false);
        }
        catch (DropDirectoryFullException e) when (e.IsForGood)
        {
            return DeliveryReport.ForAll(request, r => RecipientOutcome.Failed(r, DeliveryStatus.TooBigForDestination));
        }
        catch (DropDirectoryFullException)
        {
            return Defer(request, DeliveryStatus.DestinationFull, $"the Drop directory is full ({_options.DropDirectoryQuota})");
        }
        catch (DropNamesTakenException e)
        {
            // The directory works: other messages have other names.
            _logger.DropNamesTaken(_options.Name, e.First, e.Last, request.Id);
            var status = DeliveryStatus.NamesTaken;
            return DeliveryReport.Deferred(request, status.Code, $"{status.Text} They are {e.First} to {e.Last}.");
        }
        catch (UnreadableMessageException e)
        {
            if (_unreadable.Begin())
                _logger.MessageUnreadable(e.InnerException, _options.Name, request.Id);
            return DeliveryReport.Deferred(request, DeliveryStatus.ConnectorProblem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Invalidate();
            return e is DirectoryNotFoundException
                ? Defer(request, DeliveryStatus.DestinationUnavailable, "the Drop directory does not exist")
                : Defer(request, DeliveryStatus.DestinationUnavailable, "the Drop directory cannot be written to", e);
        }
        _publisher.SweepOnce();
        _unreadable.End();
        if (_outage.End())
            _logger.DropDirectoryAvailable(_options.Name);
        return success;
    }

    // A directory cannot know what becomes of its files: a sender who asked to hear of success hears that the message was relayed (ND-6). A
    // sender who did not ask hears of it by DR-8.
    private RecipientOutcome Success(DeliveryRequest request, EnvelopeRecipient recipient) =>
        _options.RelayDsnRequired || request.Envelope.WantsSuccess(recipient)
            ? RecipientOutcome.Relayed(recipient)
            : RecipientOutcome.Delivered(recipient);

    private async ValueTask WriteAsync(DeliveryRequest request, bool mayMove, CancellationToken cancellationToken)
    {
        try
        {
            await TryWriteAsync(request, mayMove, cancellationToken).ConfigureAwait(false);
        }
        catch (DirectoryNotFoundException) when (_options.CreateDropDirectory)
        {
            // It was there, and somebody removed it.
            Invalidate();
            await TryWriteAsync(request, mayMove, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask TryWriteAsync(DeliveryRequest request, bool mayMove, CancellationToken cancellationToken)
    {
        if (!_publisher.TryEnter())
            throw new DirectoryNotFoundException();
        using var room = await ReserveAsync(request, cancellationToken).ConfigureAwait(false);
        var (_, isNew) = await _publisher.WriteAsync(request, room, mayMove, cancellationToken).ConfigureAwait(false);
        if (isNew)
            room.Keep();
    }

    private async ValueTask<DropReservation> ReserveAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (_options.DropDirectoryQuota.IsUnlimited)
            return DropReservation.Nothing;
        var size = await _publisher.ExpectedSizeAsync(request, cancellationToken).ConfigureAwait(false);
        if (size > _options.DropDirectoryQuota.Octets)
            throw new DropDirectoryFullException(isForGood: true);
        if (_quota.TryReserve(DropPublisher.NameOf(request), size) is { } room)
            return room;
        // A message that was delivered before needs no room.
        return await _publisher.IsDeliveredAsync(request, cancellationToken)
            .ConfigureAwait(false) ? DropReservation.Nothing : throw new DropDirectoryFullException();
    }

    private void Invalidate()
    {
        _publisher.Invalidate();
        _quota.Invalidate();
    }

    private DeliveryReport Defer(DeliveryRequest request, DeliveryStatus status, string reason, Exception? exception = null)
    {
        if (_outage.Begin())
            _logger.DropDirectoryUnavailable(exception, _options.Name, reason);
        return DeliveryReport.Deferred(request, status);
    }
}
