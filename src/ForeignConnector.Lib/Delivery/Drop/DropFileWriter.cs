using System.IO.Abstractions;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>Puts one file into a Drop directory so that a consumer never sees part of it (DR-3, DR-5, DR-9).</summary>
internal sealed class DropFileWriter(DropDirectoryOptions options, IFileSystem files, IPlatformFiles platform)
{
    private const int CopySize = 128 << 10;

    private readonly AtomicFile _atomic = new(files, platform);

    private FlushMode Flush => options.Durability switch
    {
        Durability.None => FlushMode.None,
        Durability.PerMessage => FlushMode.Alone,
        _ => FlushMode.Grouped,
    };

    public static string NameOf(DeliveryRequest request) => request.Id + FileNames.Message;

    /// <summary>Octets the file will have, the X-header block included: exact for a prepared file, otherwise as long as nothing is removed and no line end changes.</summary>
    public long ExpectedSize(DeliveryRequest request)
    {
        if (request.PreparedFile is { } prepared)
            return prepared.Length;
        using var block = new PooledBuffer(1024);
        EnvelopeBlockWriter.Write(Stamp(request.Envelope), block);
        return block.Written + request.Content.Length;
    }

    /// <summary>Writes the file, or gives a prepared one its new name.</summary>
    /// <param name="request">The message.</param>
    /// <param name="room">Grows to the real size.</param>
    /// <param name="mayMove">False when a report is due: the queue needs its file until that is made.</param>
    /// <param name="cancellationToken">Ends the call before the file has its name.</param>
    /// <returns>False when a file of this name is there: it was delivered before, and nothing changed.</returns>
    /// <exception cref="DropDirectoryFullException">There is no room for its real size.</exception>
    public async ValueTask<bool> WriteAsync(DeliveryRequest request, DropReservation room, bool mayMove, CancellationToken cancellationToken)
    {
        var path = files.Path.Combine(options.DropDirectory, NameOf(request));
        if (mayMove && request.PreparedFile is { } prepared)
        {
            var result = await _atomic.HandOverAsync(prepared, path, Flush, cancellationToken).ConfigureAwait(false);
            if (result == MoveResult.Gone)
                throw new FileNotFoundException("the queue file is gone", prepared.Path);
            if (result != MoveResult.OtherVolume)
                return result == MoveResult.Moved;
        }
        // With a quota the real size may need the directory to be listed: not while others wait.
        return await _atomic.PublishAsync(
            path, (stream, token) => WriteAsync(request, room, stream, token), Flush, cancellationToken,
            isAtHand: request.PreparedFile is null && options.DropDirectoryQuota.IsUnlimited && MessageFile.IsAtHand(request.Content)).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(DeliveryRequest request, DropReservation room, Stream stream, CancellationToken cancellationToken)
    {
        if (request.PreparedFile is { } prepared)
        {
            using var source = prepared.OpenRead();
            await source.CopyToAsync(stream, CopySize, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await MessageFile.WriteAsync(Stamp(request.Envelope), request.Content, stream, cancellationToken).ConfigureAwait(false);
        }
        if (!room.TryResize(stream.Position))
            throw new DropDirectoryFullException();
    }

    private MailEnvelope Stamp(MailEnvelope envelope) =>
        envelope.CreatedBy == MailEnvelope.UnspecifiedCreator ? envelope with { CreatedBy = options.CreatedBy } : envelope;
}
