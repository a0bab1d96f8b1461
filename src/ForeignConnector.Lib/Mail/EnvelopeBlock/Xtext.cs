using System.Buffers;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>
/// The encoding of ENVID and ORCPT values: <c>+hh</c> for every octet outside 33 to 126, for <c>+</c> and <c>=</c> (RFC 3461, section 4),
/// and for <c>;</c>, which separates parameters in files (EN-4). The octets are UTF-8.
/// </summary>
internal static class Xtext
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create(PlainOctets());

    /// <summary>The most octets that encoding <paramref name="octets"/> octets can give.</summary>
    public static int MaxLength(int octets) => octets * HexOctet.Length;

    /// <summary>
    /// Encodes into <paramref name="target"/>, which must have room for <see cref="MaxLength"/>; returns the octets written.
    /// </summary>
    public static int Encode(ReadOnlySpan<byte> octets, Span<byte> target)
    {
        var length = 0;
        foreach (var octet in octets)
        {
            if (Plain.Contains(octet))
            {
                target[length++] = octet;
                continue;
            }
            HexOctet.Write('+', octet, target[length..]);
            length += HexOctet.Length;
        }
        return length;
    }

    /// <summary>
    /// What a value was meant to be that need not be xtext (EN-11): a <c>+</c> that begins no escape stands for itself, and so does the
    /// whole value where its
    /// escapes are not UTF-8. Null when it holds CR, LF or NUL, or is not UTF-8 either.
    /// </summary>
    public static string? DecodeHint(ReadOnlySpan<byte> octets)
    {
        var decoded = new byte[octets.Length];
        var length = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            var octet = octets[i];
            if (octet == '+' && HexOctet.TryParse(octets[(i + 1)..], out octet))
                i += 2;
            else
                octet = octets[i];
            decoded[length++] = octet;
        }
        ReadOnlySpan<byte> text = decoded.AsSpan(0, length);
        if (text.ContainsAny((byte)'\r', (byte)'\n', (byte)0))
            return null;
        if (!System.Text.Unicode.Utf8.IsValid(text))
            text = octets;
        return System.Text.Unicode.Utf8.IsValid(text) ? EnvelopeText.StrictUtf8.GetString(text) : null;
    }

    /// <summary>Takes the encoding off. Octets that should have been encoded stand for themselves.</summary>
    /// <param name="octets">The value as it stands in the file.</param>
    /// <param name="what">What it is, for the message of the exception.</param>
    /// <param name="position">Where it stands, for the position of the exception.</param>
    /// <exception cref="MailFormatException">
    /// A malformed escape (EN-2), octets that are not UTF-8 (EN-3), or CR, LF or NUL (EN-7).
    /// </exception>
    public static string Decode(ReadOnlySpan<byte> octets, string what, long position)
    {
        var buffer = new byte[octets.Length];
        var length = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            var begin = i;
            var octet = octets[i];
            if (octet == '+')
            {
                octet = HexOctet.TryParse(octets[(i + 1)..], out var decoded)
                    ? decoded
                    : throw new MailFormatException("EN-2", $"'+' in {what} must be followed by two hexadecimal digits", position + begin);
                i += 2;
            }
            if (octet is 0 or (byte)'\r' or (byte)'\n')
                throw new MailFormatException("EN-7", $"{what} must not contain CR, LF or NUL", position + begin);
            buffer[length++] = octet;
        }
        return EnvelopeText.Decode(buffer.AsSpan(0, length), what, position);
    }

    private static byte[] PlainOctets() =>
        [.. Enumerable.Range(33, 94).Select(octet => (byte)octet).Except("+=;"u8.ToArray())];
}
