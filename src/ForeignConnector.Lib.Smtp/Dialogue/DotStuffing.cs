using System.Buffers;

namespace ForeignConnector.Lib.Smtp.Dialogue;

/// <summary>
/// Puts a message into the form of DATA (RFC 5321, 4.5.2): a dot more in front of each line that begins with one, and at the end the line
/// with the dot. A bare LF, which no server may be sent, becomes CRLF, a bare CR a blank: servers that disagree about them can be made to
/// see the end of a message where it is not. All other octets stay. Takes the message in pieces of any size.
/// </summary>
/// <param name="hasBare">The message has bare CR or LF; without them most of it is copied in one go.</param>
internal struct DotStuffing(bool hasBare)
{
    private bool _isLineStart = true;
    private bool _isAfterCr;

    /// <summary>Writes the next piece.</summary>
    public void Write(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        if (piece.IsEmpty)
            return;
        if (hasBare)
            WriteMended(piece, output);
        else
            WriteWhole(piece, output);
    }

    /// <summary>Ends the message: with a line end if it has none, and with the dot.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        if (_isAfterCr)
            output.Write(" "u8);
        if (!_isLineStart)
            output.Write("\r\n"u8);
        output.Write(".\r\n"u8);
    }

    private void WriteWhole(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        if (_isLineStart && piece[0] == '.')
            output.Write("."u8);
        _isLineStart = piece[^1] == '\n';
        while (piece.IndexOf("\n."u8) is >= 0 and var end)
        {
            output.Write(piece[..(end + 1)]);
            output.Write("."u8);
            piece = piece[(end + 1)..];
        }
        output.Write(piece);
    }

    private void WriteMended(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        while (!piece.IsEmpty)
        {
            if (piece[0] == '\n')
            {
                output.Write("\r\n"u8);
                (_isLineStart, _isAfterCr) = (true, false);
                piece = piece[1..];
                continue;
            }
            if (_isAfterCr)
            {
                output.Write(" "u8);
                (_isLineStart, _isAfterCr) = (false, false);
            }
            if (piece[0] == '\r')
            {
                _isAfterCr = true;
                piece = piece[1..];
                continue;
            }
            if (_isLineStart && piece[0] == '.')
                output.Write("."u8);
            _isLineStart = false;
            var length = piece.IndexOfAny((byte)'\r', (byte)'\n');
            length = length < 0 ? piece.Length : length;
            output.Write(piece[..length]);
            piece = piece[length..];
        }
    }
}
