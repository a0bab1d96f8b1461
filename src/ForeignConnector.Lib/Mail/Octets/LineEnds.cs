using System.Buffers;

namespace ForeignConnector.Lib.Mail.Octets;

/// <summary>
/// Makes every line end CRLF: a bare LF gets its CR, everything else passes, a bare CR and NUL included (DR-4, PU-12). Optionally takes the
/// dot stuffing of SMTP off (RFC 5321, section 4.5.2). Works on a message in pieces; a value of this type is the state between them.
/// </summary>
/// <param name="normalize">False passes LF as it is (BINARYMIME).</param>
/// <param name="unstuff">True deletes the first dot of each line that begins with one and goes on.</param>
internal struct LineEnds(bool normalize, bool unstuff = false)
{
    // The writer need not have room for a large message in one stretch.
    private const int LargestBlock = 64 << 10;

    private byte _last = (byte)'\n';
    private bool _dot;

    /// <summary>True when octets pass unchanged whatever they are.</summary>
    public readonly bool IsIdentity => !normalize && !unstuff;

    /// <summary>Writes a piece of the message; at most twice its length, and one octet held back from the piece before.</summary>
    public void Write(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        if (unstuff)
            WriteUnstuffed(piece, output);
        else
            WriteNormalized(piece, output);
    }

    /// <summary>
    /// False when something in the piece has to change and it is still to be written; otherwise it is behind, as if it had been written as
    /// it is.
    /// </summary>
    public bool Passes(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty)
            return true;
        if (unstuff || (normalize && BareLineFeed.IsIn(piece, _last)))
            return false;
        _last = piece[^1];
        return true;
    }

    /// <summary>Writes what is still held back at the end of the message.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        if (!_dot)
            return;
        _dot = false;
        output.Write("."u8);
    }

    private void WriteNormalized(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        if (piece.IsEmpty)
            return;
        if (normalize)
            WriteLines(piece, output);
        else
            output.Write(piece);
        _last = piece[^1];
    }

    private readonly void WriteLines(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        var before = _last;
        while (!piece.IsEmpty)
        {
            var block = piece[..Math.Min(piece.Length, LargestBlock)];
            var copied = BareLineFeed.CopyUntil(block, before, output.GetSpan(block.Length));
            output.Advance(copied);
            if (copied < block.Length)
            {
                output.Write("\r\n"u8);
                copied++;
            }
            before = block[copied - 1];
            piece = piece[copied..];
        }
    }

    private void WriteUnstuffed(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        while (!piece.IsEmpty)
        {
            if (_dot)
            {
                // A dot begins the line; it goes unless it is the whole line.
                _dot = false;
                if (piece[0] is (byte)'\r' or (byte)'\n')
                    WriteNormalized("."u8, output);
            }
            else if (_last == '\n' && piece[0] == '.')
            {
                _dot = true;
                _last = (byte)'.';
                piece = piece[1..];
                continue;
            }
            var lf = piece.IndexOf((byte)'\n');
            var end = lf < 0 ? piece.Length : lf + 1;
            WriteNormalized(piece[..end], output);
            piece = piece[end..];
        }
    }
}
