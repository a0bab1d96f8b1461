using System.IO.Abstractions;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>Puts one file into a Drop directory so that a consumer never sees part of it (DR-3, DR-5, DR-9).</summary>
internal sealed class DropFileWriter(DropDirectoryOptions options, IFileSystem files, IPlatformFiles platform)
{
    private readonly AtomicFile _atomic = new(files, platform);
    private int _swept;

    private bool IsDurable => options.Durability != Durability.None;

    /// <summary>Octets the file will have, the X-header block included; fields that are left out are counted.</summary>
    public long FileSize(DeliveryRequest request)
    {
        if (request.PreparedFile is { } prepared)
            return files.FileInfo.New(prepared).Length;
        using var block = new PooledBuffer(1024);
        EnvelopeBlockWriter.Write(Stamp(request.Envelope), block);
        return block.Written + request.Content.Length;
    }

    /// <summary>Writes or renames; the first call also sweeps what a writer that died left in the directory. A file of this name that is there already was delivered before: done.</summary>
    public async ValueTask WriteAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _swept, 1) == 0)
            _atomic.SweepTemporaries(options.DropDirectory);
        var path = files.Path.Combine(options.DropDirectory, request.Id + FileNames.Message);
        // Relayed messages are reported: the queue needs its file until that is done.
        if (!options.RelayDsnRequired && request.PreparedFile is { } prepared && TryRename(prepared, path))
            return;
        await _atomic.PublishAsync(
            path,
            (stream, token) => MessageFile.WriteAsync(Stamp(request.Envelope), request.Content, stream, token),
            IsDurable,
            cancellationToken).ConfigureAwait(false);
    }

    private bool TryRename(string prepared, string path)
    {
        var result = platform.Move(prepared, path);
        if (result == MoveResult.OtherVolume)
            return false;
        if (result == MoveResult.Gone)
            throw new FileNotFoundException("the queue file is gone", prepared);
        // Moved now, or there from before: in both cases the entry must survive before we say so.
        if (IsDurable)
            platform.FlushDirectory(options.DropDirectory);
        return true;
    }

    private MailEnvelope Stamp(MailEnvelope envelope) =>
        envelope.CreatedBy == MailEnvelope.UnspecifiedCreator ? envelope with { CreatedBy = options.CreatedBy } : envelope;
}
