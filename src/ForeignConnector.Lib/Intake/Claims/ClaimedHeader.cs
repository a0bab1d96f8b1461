using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>The front of a claimed file, read once: its header, and of a small file all the rest, too.</summary>
/// <param name="Octets">What was read.</param>
/// <param name="IsWholeFile">True when nothing of the file is left to read.</param>
internal sealed record ClaimedHeader(HeaderBuffer Octets, bool IsWholeFile) : IDisposable
{
    // A header up to this size is nothing special. Of larger ones only one at a time is in memory, whatever lies in the directories.
    private const int LargeHeader = 4 << 20;

    // A file up to this size is one read and one buffer from the pool.
    private const int SmallFile = 128 << 10;

    private SemaphoreSlim? _place;

    /// <summary>Reads to the blank line, the limit or the end, and a small file in any case to its end.</summary>
    /// <param name="file">The file.</param>
    /// <param name="limit">The most octets of header.</param>
    /// <param name="large">The place of the one large header that may be in memory.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<ClaimedHeader> ReadAsync(
        LockedFile file, long limit, SemaphoreSlim large, CancellationToken cancellationToken)
    {
        var header = await ReadAsync(file, Math.Min(limit, LargeHeader), cancellationToken).ConfigureAwait(false);
        if (!header.Octets.IsTooLarge || limit <= LargeHeader)
            return header;
        header.Dispose();
        await large.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            header = await ReadAsync(file, limit, cancellationToken).ConfigureAwait(false);
            header._place = large;
            return header;
        }
        catch
        {
            large.Release();
            throw;
        }
    }

    /// <exception cref="MailFormatException">PU-12: the file is UTF-16.</exception>
    public void RefuseUtf16()
    {
        if (MessagePreamble.IsUtf16(Octets.Octets))
            throw new MailFormatException("PU-12", "the file is UTF-16 text; a message is ASCII or UTF-8", 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Octets.Dispose();
        Interlocked.Exchange(ref _place, null)?.Release();
    }

    private static async ValueTask<ClaimedHeader> ReadAsync(LockedFile file, long limit, CancellationToken cancellationToken)
    {
        var length = file.Length;
        using var stream = new LockedFileStream(file, 0, length);
        var size = length < SmallFile ? (int)length + 1 : 0;
        var octets = await HeaderBuffer.ReadAsync(stream, limit, skipPreamble: true, cancellationToken, size).ConfigureAwait(false);
        return new ClaimedHeader(octets, octets.BodyOffset + octets.BodyStart.Length == length);
    }
}
