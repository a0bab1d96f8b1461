using System.Numerics;
using System.Runtime.InteropServices;

namespace ForeignConnector.Lib.Mail.Octets;

/// <summary>Finds an LF that has no CR before it.</summary>
internal static class BareLineFeed
{
    /// <summary>
    /// Copies what stands before the first bare LF. While a vector of octets is copied it is compared, and so is the one that begins an
    /// octet before: one pass over memory where searching first would make two.
    /// </summary>
    /// <param name="source">At least one octet.</param>
    /// <param name="before">The octet before the first.</param>
    /// <param name="destination">As long as the source, or longer. What follows the copied octets may be overwritten.</param>
    /// <returns>Octets copied: where the bare LF is, or all of them.</returns>
    public static int CopyUntil(ReadOnlySpan<byte> source, byte before, Span<byte> destination)
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
    public static bool IsIn(ReadOnlySpan<byte> source, byte before)
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

    /// <summary>Copies one vector; what it returns is not zero where a bare LF is.</summary>
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
