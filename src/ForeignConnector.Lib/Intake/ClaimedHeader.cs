using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake;

/// <summary>The front of a claimed file, read once: its header, and of a small file all the rest, too.</summary>
/// <param name="Octets">What was read.</param>
/// <param name="IsWholeFile">True when nothing of the file is left to read.</param>
internal sealed record ClaimedHeader(HeaderBuffer Octets, bool IsWholeFile) : IDisposable
{
    // A file up to this size is one read and one buffer from the pool.
    private const int SmallFile = 128 << 10;

    /// <summary>Reads to the blank line, the limit or the end, and a small file in any case to its end.</summary>
    public static async ValueTask<ClaimedHeader> ReadAsync(LockedFile file, long limit, CancellationToken cancellationToken)
    {
        var length = file.Length;
        using var stream = new LockedFileStream(file, 0, length);
        var size = length < SmallFile ? (int)length + 1 : 0;
        var octets = await HeaderBuffer.ReadAsync(stream, limit, skipPreamble: true, cancellationToken, size).ConfigureAwait(false);
        return new ClaimedHeader(octets, octets.BodyOffset + octets.BodyStart.Length == length);
    }

    public void Dispose() => Octets.Dispose();
}
