using System.Buffers;

namespace ForeignConnector.Lib.Smtp.Intake;

/// <summary>
/// Takes a message out of the form of DATA (RFC 5321, 4.5.2). The end is CRLF.CRLF; a dot goes where it stands behind CRLF. Whatever stands
/// behind a bare CR or LF is text. Takes the octets in pieces of any size.
/// </summary>
internal struct DataScanner
{
    private State _state;

    public DataScanner() => _state = State.LineStart;

    // How much of CRLF.CRLF has been seen; a message begins as if CRLF had been.
    private enum State
    {
        Text,
        Cr,
        LineStart,
        Dot,
        DotCr,
    }

    /// <summary>Writes what a piece holds of the message.</summary>
    /// <param name="piece">Octets as they come.</param>
    /// <param name="output">Where the message goes.</param>
    /// <param name="used">How many octets of the piece belong to the message and its end.</param>
    /// <returns>True when the end was in it.</returns>
    public bool Write(ReadOnlySpan<byte> piece, IBufferWriter<byte> output, out int used)
    {
        var (from, i) = (0, 0);
        for (; i < piece.Length; i++)
        {
            var octet = piece[i];
            switch (_state)
            {
                case State.Text:
                    var skip = piece[i..].IndexOf((byte)'\r');
                    if (skip < 0)
                    {
                        i = piece.Length - 1;
                        continue;
                    }
                    i += skip;
                    _state = State.Cr;
                    break;
                case State.Cr:
                    _state = octet switch { (byte)'\n' => State.LineStart, (byte)'\r' => State.Cr, _ => State.Text };
                    break;
                case State.LineStart when octet == '.':
                    output.Write(piece[from..i]);
                    from = i + 1;
                    _state = State.Dot;
                    break;
                case State.LineStart:
                    _state = octet == '\r' ? State.Cr : State.Text;
                    break;
                case State.Dot when octet == '\r':
                    // It is of the message only when the end does not follow.
                    output.Write(piece[from..i]);
                    from = i + 1;
                    _state = State.DotCr;
                    break;
                case State.Dot:
                    _state = State.Text;
                    break;
                case State.DotCr when octet == '\n':
                    used = i + 1;
                    return true;
                case State.DotCr:
                    output.Write("\r"u8);
                    _state = octet == '\r' ? State.Cr : State.Text;
                    break;
            }
        }
        used = piece.Length;
        output.Write(piece[from..]);
        return false;
    }
}
