using System.Buffers;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;

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

    private ClaimedContent(ReadOnlyMemory<byte> header, LockedFile file, long bodyOffset, LineEnds lineEnds, long bodyLength, bool mayChange)
    {
        _header = header;
        _file = file;
        _bodyOffset = bodyOffset;
        _lineEnds = lineEnds;
        _bodyLength = bodyLength;
        _mayChange = mayChange;
    }

    /// <summary>The rest of a file as it is.</summary>
    /// <param name="file">The claimed file.</param>
    /// <param name="offset">Where the message begins.</param>
    public ClaimedContent(LockedFile file, long offset = 0)
        : this(default, file, offset, default, file.Length - offset, mayChange: false)
    {
    }

    /// <summary>Reads the body once, to know its length, unless its lines stay as they are.</summary>
    /// <param name="header">The header as it shall be, its blank line included.</param>
    /// <param name="file">The claimed file. Its writer may go on writing although it was quiet: reading to the end of such a file fails.</param>
    /// <param name="bodyOffset">Where its body begins.</param>
    /// <param name="lineEnds">What happens to the lines of the body.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="FileChangedException">The file is still being written.</exception>
    public static ClaimedContent Measure(ReadOnlyMemory<byte> header, LockedFile file, long bodyOffset, LineEnds lineEnds, CancellationToken cancellationToken)
    {
        if (lineEnds.IsIdentity)
            return new ClaimedContent(header, file, bodyOffset, lineEnds, file.Length - bodyOffset, mayChange: true);
        var (length, changes) = Measure(file, bodyOffset, lineEnds, cancellationToken);
        // Otherwise let the octets through without looking at them again.
        return new ClaimedContent(header, file, bodyOffset, changes ? lineEnds : default, length, mayChange: true);
    }

    /// <summary>Throws when the file was written to since it was opened.</summary>
    /// <exception cref="FileChangedException">It was.</exception>
    public static void ThrowIfChanged(LockedFile file)
    {
        if (!file.AskFacts().HasSameOctets(file.Facts))
            throw new FileChangedException();
    }

    public override long Length => _header.Length + _bodyLength;

    public override Stream OpenRead() => new Reader(_header, new LockedFileStream(_file, _bodyOffset), _lineEnds, _mayChange ? _file : null);

    private static (long Length, bool Changes) Measure(LockedFile file, long offset, LineEnds lineEnds, CancellationToken cancellationToken)
    {
        using var source = new LockedFileStream(file, offset);
        using var reader = new Reader(default, source, lineEnds, mayChange: file);
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

    /// <summary>The header, then the body through the line ends.</summary>
    private sealed class Reader(ReadOnlyMemory<byte> header, LockedFileStream body, LineEnds lineEnds, LockedFile? mayChange) : ForwardStream
    {
        private readonly PooledBuffer _converted = new(1);
        private ReadOnlyMemory<byte> _ready = header;
        private LineEnds _lineEnds = lineEnds;
        private bool _ended;

        /// <summary>True once something had to change, or may have.</summary>
        public bool Changes { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty)
                return 0;
            while (_ready.IsEmpty && !_ended)
            {
                var read = body.Read(buffer);
                if (read == 0 && mayChange is not null)
                    ThrowIfChanged(mayChange);
                if (read > 0 && _lineEnds.Passes(buffer[..read]))
                    return read;
                Changes |= read > 0;
                Convert(buffer[..read]);
            }
            var count = Math.Min(buffer.Length, _ready.Length);
            _ready.Span[..count].CopyTo(buffer);
            _ready = _ready[count..];
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            _converted.Dispose();
            base.Dispose(disposing);
        }

        private void Convert(ReadOnlySpan<byte> piece)
        {
            _converted.Clear();
            _lineEnds.Write(piece, _converted);
            if (piece.IsEmpty)
            {
                _lineEnds.Complete(_converted);
                _ended = true;
            }
            _ready = _converted.WrittenMemory;
        }
    }
}
