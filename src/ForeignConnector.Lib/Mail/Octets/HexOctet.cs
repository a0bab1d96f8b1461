using System.Text;

namespace ForeignConnector.Lib.Mail.Octets;

/// <summary>
/// An octet as two hexadecimal digits behind a sign, as in <c>+2B</c>: the escape of xtext, IMCEA addresses, quoted-printable and file
/// names.
/// </summary>
internal static class HexOctet
{
    /// <summary>Octets of an escape.</summary>
    public const int Length = 3;

    private static ReadOnlySpan<byte> Digits => "0123456789ABCDEF"u8;

    /// <summary>Writes the sign and two digits, letters as capitals; the target has room for <see cref="Length"/> octets.</summary>
    public static void Write(char sign, byte octet, Span<byte> target)
    {
        target[0] = (byte)sign;
        target[1] = Digits[octet >> 4];
        target[2] = Digits[octet & 15];
    }

    /// <summary>The same as text.</summary>
    public static StringBuilder AppendEscape(this StringBuilder text, char sign, byte octet) =>
        text.Append(sign).Append((char)Digits[octet >> 4]).Append((char)Digits[octet & 15]);

    /// <summary>Reads the two digits that begin a span, in capitals or not.</summary>
    public static bool TryParse(ReadOnlySpan<byte> digits, out byte octet)
    {
        octet = 0;
        if (digits.Length < 2 || !char.IsAsciiHexDigit((char)digits[0]) || !char.IsAsciiHexDigit((char)digits[1]))
            return false;
        octet = (byte)((Value(digits[0]) << 4) | Value(digits[1]));
        return true;
    }

    /// <summary>What a digit stands for.</summary>
    public static int Value(int digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
