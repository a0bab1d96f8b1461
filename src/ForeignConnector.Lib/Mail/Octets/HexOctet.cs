namespace ForeignConnector.Lib.Mail.Octets;

/// <summary>Two hexadecimal digits, as in <c>+2B</c>: the escape of xtext and IMCEA addresses.</summary>
internal static class HexOctet
{
    public static bool TryParse(ReadOnlySpan<byte> digits, out byte octet)
    {
        octet = 0;
        if (digits.Length < 2 || !char.IsAsciiHexDigit((char)digits[0]) || !char.IsAsciiHexDigit((char)digits[1]))
            return false;
        octet = (byte)((Value(digits[0]) << 4) | Value(digits[1]));
        return true;
    }

    private static int Value(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
