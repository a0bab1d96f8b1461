using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ForeignConnector.Lib.Mail;

/// <summary>
/// Makes every line end CRLF: a bare LF gets its CR, everything else passes, a bare CR and NUL included (DR-4, PU-12). Optionally takes the dot
/// stuffing of SMTP off (RFC 5321, section 4.5.2). Works on a message in pieces; a value of this type is the state between them.
/// </summary>
/// <param name="normalize">False passes LF as it is (BINARYMIME).</param>
/// <param name="unstuff">True deletes the first dot of each line that begins with one and goes on.</param>
internal struct LineEnds(bool normalize, bool unstuff = false)
{
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

    /// <summary>True when <see cref="Write"/> would write this piece as it is; it then counts as written.</summary>
    public bool Passes(ReadOnlySpan<byte> piece)
    {
        if (unstuff || (normalize && !piece.IsEmpty && IndexOfBareLineFeed(piece, _last) >= 0))
            return false;
        if (!piece.IsEmpty)
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
        while (!piece.IsEmpty)
        {
            var bare = normalize ? IndexOfBareLineFeed(piece, _last) : -1;
            if (bare < 0)
            {
                output.Write(piece);
                _last = piece[^1];
                return;
            }
            output.Write(piece[..bare]);
            output.Write("\r\n"u8);
            _last = (byte)'\n';
            piece = piece[(bare + 1)..];
        }
    }

    // Compares each octet, and the one before it, a vector at a time.
    private static int IndexOfBareLineFeed(ReadOnlySpan<byte> piece, byte before)
    {
        if (piece[0] == '\n' && before != '\r')
            return 0;
        ref var octets = ref MemoryMarshal.GetReference(piece);
        var (lineFeed, carriageReturn) = (new Vector<byte>((byte)'\n'), new Vector<byte>((byte)'\r'));
        var i = 1;
        for (; i <= piece.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var here = Vector.Equals(Vector.LoadUnsafe(ref octets, (nuint)i), lineFeed);
            var isReturnBefore = Vector.Equals(Vector.LoadUnsafe(ref octets, (nuint)i - 1), carriageReturn);
            if (Vector.AndNot(here, isReturnBefore) != Vector<byte>.Zero)
                break;
        }
        for (; i < piece.Length; i++)
        {
            if (piece[i] == '\n' && piece[i - 1] != '\r')
                return i;
        }
        return -1;
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
