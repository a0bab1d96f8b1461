using System.Buffers;

namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>The header of a message, read from the front of a stream into a pooled buffer, and whatever of the body came with it.</summary>
internal sealed class HeaderBuffer : IDisposable
{
    /// <summary>
    /// The most that is read in search of the blank line where no smaller limit applies: a guard for memory, not a rule of mail.
    /// </summary>
    public const int Ceiling = 128 << 20;

    private const int FirstRead = 16 << 10;

    private byte[] _buffer;
    private int _filled;
    private int _scanned;

    private HeaderBuffer(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>All octets read so far.</summary>
    public ReadOnlySpan<byte> Octets => _buffer.AsSpan(0, _filled);

    /// <summary>The part of the body that was read together with the header.</summary>
    public ReadOnlyMemory<byte> BodyStart => _buffer.AsMemory(BodyOffset, _filled - BodyOffset);

    /// <summary>Octets to skip before the first field (<see cref="HeaderScanner.PreambleLength"/>); 0 unless asked for.</summary>
    public int Start { get; private set; }

    /// <summary>First octet after the last field: the blank line, or the end of the message.</summary>
    public int End { get; private set; }

    /// <summary>First octet of the body.</summary>
    public int BodyOffset { get; private set; }

    /// <summary>True when a blank line ends the header; false when the message, or the limit, ended first.</summary>
    public bool HasBlankLine { get; private set; }

    /// <summary>True when the header is larger than the limit.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>The blank line as it stands; CRLF where the message has none.</summary>
    public ReadOnlySpan<byte> BlankLine => HasBlankLine ? _buffer.AsSpan(End, BodyOffset - End) : "\r\n"u8;

    /// <summary>Reads until the blank line, the end or the limit.</summary>
    /// <param name="stream">At the first octet of the message.</param>
    /// <param name="limit">The most octets the header may have.</param>
    /// <param name="skipPreamble">Leave out what <see cref="HeaderScanner.PreambleLength"/> knows.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <param name="size">How much to read at first, if that is more than usual.</param>
    public static async ValueTask<HeaderBuffer> ReadAsync(
        Stream stream, long limit, bool skipPreamble, CancellationToken cancellationToken, int size = FirstRead)
    {
        HeaderScanner.CountWalk();
        var header = new HeaderBuffer(Math.Max(size, FirstRead));
        try
        {
            limit = Math.Min(limit, Ceiling);
            while (true)
            {
                // Full buffers: a preamble or a blank line must not be missed because a read was short.
                var free = header.Free();
                var read = await stream.ReadAtLeastAsync(free, free.Length, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
                header._filled += read;
                if (read == 0 || header.FindEnd(skipPreamble) || header._scanned - header.Start > limit)
                    break;
            }
            header.Finish(limit);
            return header;
        }
        catch
        {
            header.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private Memory<byte> Free()
    {
        if (_filled == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _filled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        return _buffer.AsMemory(_filled);
    }

    private bool FindEnd(bool skipPreamble)
    {
        var octets = Octets;
        if (skipPreamble && _scanned == Start)
            Start = _scanned = HeaderScanner.PreambleLength(octets);
        if (_scanned == Start && HeaderScanner.BlankLine(octets[Start..]) > 0)
        {
            End = Start;
            return HasBlankLine = true;
        }
        // Each line end is looked at once; the one a read cut short is looked at again.
        while (octets[_scanned..].IndexOf((byte)'\n') is >= 0 and var i)
        {
            var next = _scanned + i + 1;
            if (HeaderScanner.BlankLine(octets[next..]) > 0)
            {
                End = next;
                return HasBlankLine = true;
            }
            if (octets.Length - next < 2)
                return false;
            _scanned = next;
        }
        _scanned = octets.Length;
        return false;
    }

    private void Finish(long limit)
    {
        if (!HasBlankLine)
            End = _filled;
        IsTooLarge = End - Start > limit;
        BodyOffset = End + (HasBlankLine ? HeaderScanner.BlankLine(Octets[End..]) : 0);
    }
}
