using System.Buffers;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Claims;

/// <summary>A message whose header is in memory and whose body is the rest of a claimed file. Valid while the claim is held.</summary>
internal sealed class ClaimedContent : MessageContent
{
    private const int BlockSize = 256 << 10;

    private readonly ReadOnlyMemory<byte> _header;
    private readonly LockedFile _file;
    private readonly long _bodyOffset;
    private readonly LineEnds _lineEnds;
    private readonly long _bodyLength;
    private readonly bool _mayChange;
    private readonly Cleanness _cleanness;

    private ClaimedContent(
        ReadOnlyMemory<byte> header, LockedFile file, long bodyOffset, LineEnds lineEnds, long bodyLength, bool mayChange,
        Cleanness cleanness)
    {
        _header = header;
        _file = file;
        _bodyOffset = bodyOffset;
        _lineEnds = lineEnds;
        _bodyLength = bodyLength;
        _mayChange = mayChange;
        _cleanness = cleanness;
    }

    /// <summary>The rest of a file as it is.</summary>
    /// <param name="file">The claimed file.</param>
    /// <param name="offset">Where the message begins.</param>
    /// <param name="cleanness">What is known of it.</param>
    public ClaimedContent(LockedFile file, long offset = 0, Cleanness cleanness = Cleanness.Unknown)
        : this(default, file, offset, default, file.Length - offset, mayChange: false, cleanness)
    {
    }

    /// <summary>Reads the body once, to know its length, unless its lines stay as they are.</summary>
    /// <param name="header">The header as it shall be, its blank line included.</param>
    /// <param name="file">
    /// The claimed file. Its writer may go on writing although it was quiet: reading to the end of such a file fails.
    /// </param>
    /// <param name="bodyOffset">Where its body begins.</param>
    /// <param name="lineEnds">What happens to the lines of the body.</param>
    /// <param name="cleanness">What is known of the result.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="FileChangedException">The file is still being written.</exception>
    public static ClaimedContent Measure(
        ReadOnlyMemory<byte> header, LockedFile file, long bodyOffset, LineEnds lineEnds, Cleanness cleanness,
        CancellationToken cancellationToken)
    {
        if (lineEnds.IsIdentity)
            return new ClaimedContent(header, file, bodyOffset, lineEnds, file.Length - bodyOffset, mayChange: true, cleanness);
        var (length, changes) = Measure(file, bodyOffset, lineEnds, cancellationToken);
        // Otherwise let the octets through without looking at them again.
        return new ClaimedContent(header, file, bodyOffset, changes ? lineEnds : default, length, mayChange: true, cleanness);
    }

    /// <summary>Throws when the file was written to since it was opened.</summary>
    /// <exception cref="FileChangedException">It was.</exception>
    public static void ThrowIfChanged(LockedFile file)
    {
        if (!file.AskFacts().HasSameOctets(file.Facts))
            throw new FileChangedException();
    }

    internal override Cleanness Cleanness => _cleanness;

    public override long Length => _header.Length + _bodyLength;

    public override Stream OpenRead() => new EditedStream(
        _header, new LockedFileStream(_file, _bodyOffset), _lineEnds, _mayChange ? () => ThrowIfChanged(_file) : null);

    private static (long Length, bool Changes) Measure(LockedFile file, long offset, LineEnds lineEnds, CancellationToken cancellationToken)
    {
        using var reader = new EditedStream(default, new LockedFileStream(file, offset), lineEnds, () => ThrowIfChanged(file));
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var length = 0L;
            int read;
            while ((read = reader.Read(block)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                length += read;
            }
            return (length, reader.Changes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
