using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

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
        if (unstuff || (normalize && HasBareLineFeed(piece, _last)))
            return false;
        _last = piece[^1];
        return true;
    }

    /// <summary>Writes the octet that is still held back at the end of the message, if there is one.</summary>
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
            var copied = CopyUntilBareLineFeed(block, before, output.GetSpan(block.Length));
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

    /// <summary>
    /// Copies the octets before the first bare LF. A vector of octets is compared while it is copied, and so is the vector that begins an
    /// octet before: one pass over memory where searching first would make two.
    /// </summary>
    /// <param name="source">At least one octet.</param>
    /// <param name="before">The octet before the first.</param>
    /// <param name="destination">As long as the source, or longer. Octets behind the copied ones may be overwritten.</param>
    /// <returns>Octets copied: where the bare LF is, or all of them.</returns>
    internal static int CopyUntilBareLineFeed(ReadOnlySpan<byte> source, byte before, Span<byte> destination)
    {
        if (IsBare(source[0], before))
            return 0;
        destination[0] = source[0];
        for (var i = CopyVectors(source, destination[..source.Length]); i < source.Length; i++)
        {
            if (IsBare(source[i], source[i - 1]))
                return i;
            destination[i] = source[i];
        }
        return source.Length;
    }

    /// <summary>True when an octet is a bare LF.</summary>
    /// <param name="source">At least one octet.</param>
    /// <param name="before">The octet before the first.</param>
    internal static bool HasBareLineFeed(ReadOnlySpan<byte> source, byte before)
    {
        if (IsBare(source[0], before))
            return true;
        ref var from = ref MemoryMarshal.GetReference(source);
        var i = 1;
        for (; i <= source.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            if (InVector(ref from, i) != Vector<byte>.Zero)
                return true;
        }
        for (; i < source.Length; i++)
        {
            if (IsBare(source[i], source[i - 1]))
                return true;
        }
        return false;
    }

    private static bool IsBare(byte octet, byte before) => octet == '\n' && before != '\r';

    /// <summary>Copies all but the first octet; stops early when a vector holds a bare LF.</summary>
    /// <returns>Octets that are copied, with no bare LF among them.</returns>
    private static int CopyVectors(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var width = Vector<byte>.Count;
        var i = 1;
        for (; i <= source.Length - (2 * width); i += 2 * width)
        {
            if ((CopyVector(ref from, ref to, i) | CopyVector(ref from, ref to, i + width)) != Vector<byte>.Zero)
                return i;
        }
        while (i < source.Length && width < source.Length)
        {
            // The last vector overlaps the one before.
            i = Math.Min(i, source.Length - width);
            if (CopyVector(ref from, ref to, i) != Vector<byte>.Zero)
                return i;
            i += width;
        }
        return i;
    }

    /// <summary>Copies one vector; the result is not zero where a bare LF is.</summary>
    private static Vector<byte> CopyVector(ref byte from, ref byte to, int offset)
    {
        Vector.LoadUnsafe(ref from, (nuint)offset).StoreUnsafe(ref to, (nuint)offset);
        return InVector(ref from, offset);
    }

    private static Vector<byte> InVector(ref byte from, int offset)
    {
        var octets = Vector.LoadUnsafe(ref from, (nuint)offset);
        var before = Vector.LoadUnsafe(ref from, (nuint)offset - 1);
        return Vector.AndNot(Vector.Equals(octets, new Vector<byte>((byte)'\n')), Vector.Equals(before, new Vector<byte>((byte)'\r')));
    }
}
