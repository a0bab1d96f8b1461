using System.Net.Security;

namespace ForeignConnector.Lib.Smtp.Intake;

/// <summary>How a line of commands was read.</summary>
internal enum LineResult
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>There are no more.</summary>
    End,

    /// <summary>It is too long.</summary>
    TooLong,

    /// <summary>CR or LF stand alone in it: who sends that may want to be read in two ways.</summary>
    BareLineEnd,
}

/// <summary>
/// What a client sends: lines of commands, and messages. A buffer of fixed size; nothing is kept that was not asked for. A line ends with
/// CRLF, a message with CRLF.CRLF, and with nothing that looks like it.
/// </summary>
internal sealed class SessionInput(Stream stream)
{
    /// <summary>The longest line of commands, in octets.</summary>
    public const int MaxLine = 4 << 10;

    private readonly byte[] _buffer = new byte[16 << 10];
    private int _start;
    private int _end;

    public Stream Stream { get; private set; } = stream;

    /// <summary>Something was sent ahead.</summary>
    public bool HasMore => _start < _end;

    /// <summary>Goes over to TLS; the handshake is done.</summary>
    public void Secure(SslStream secured) => Stream = secured;

    /// <summary>Reads a line of commands.</summary>
    /// <returns>The line without its end, valid until the next call.</returns>
    public async ValueTask<(LineResult Result, ReadOnlyMemory<byte> Line)> ReadLineAsync(
        Func<ValueTask> beforeWait, CancellationToken cancellationToken)
    {
        while (true)
        {
            var waiting = _buffer.AsSpan(_start, _end - _start);
            if (waiting.IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var length
                && (waiting[length] == '\n' || length + 1 < waiting.Length))
            {
                if (waiting[length] == '\n' || waiting[length + 1] != '\n')
                    return (LineResult.BareLineEnd, default);
                var line = _buffer.AsMemory(_start, length);
                _start += length + 2;
                return length <= MaxLine ? (LineResult.Line, line) : (LineResult.TooLong, default);
            }
            if (waiting.Length > MaxLine + 1)
                return (LineResult.TooLong, default);
            await beforeWait().ConfigureAwait(false);
            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
                return (LineResult.End, default);
        }
    }

    /// <summary>What has come of a message; at least one octet. Empty when the client is gone.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(CancellationToken cancellationToken)
    {
        if (_start == _end && !await FillAsync(cancellationToken).ConfigureAwait(false))
            return default;
        return _buffer.AsMemory(_start, _end - _start);
    }

    /// <summary>So many octets of it are done with.</summary>
    public void Take(int count) => _start += count;

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        var read = await Stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }
}
