using System.Buffers;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Reports;

/// <summary>
/// Quoted-printable (RFC 2045, section 6.7) for text with CRLF line ends. A CR or LF alone is an octet like any other: every octet comes
/// back.
/// </summary>
internal static class QuotedPrintable
{
    // The '=' of a soft line break is the 76th.
    private const int LineLength = 75;

    /// <summary>Writes lines of at most 76 printable characters.</summary>
    public static void Encode(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        var column = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            if (IsLineEnd(octets, i))
            {
                output.Write("\r\n"u8);
                column = 0;
                i++;
                continue;
            }
            var isLiteral = IsLiteral(octets[i])
                && !(octets[i] is (byte)' ' or (byte)'\t' && (i + 1 == octets.Length || IsLineEnd(octets, i + 1)));
            var width = isLiteral ? 1 : HexOctet.Length;
            if (column + width > LineLength)
            {
                output.Write("=\r\n"u8);
                column = 0;
            }
            Write(octets[i], isLiteral, output);
            column += width;
        }
    }

    private static bool IsLineEnd(ReadOnlySpan<byte> octets, int at) =>
        octets[at] == '\r' && at + 1 < octets.Length && octets[at + 1] == '\n';

    private static bool IsLiteral(byte octet) => octet is (byte)'\t' or (>= (byte)' ' and <= (byte)'~' and not (byte)'=');

    private static void Write(byte octet, bool isLiteral, IBufferWriter<byte> output)
    {
        var target = output.GetSpan(HexOctet.Length);
        if (isLiteral)
        {
            target[0] = octet;
            output.Advance(1);
            return;
        }
        HexOctet.Write('=', octet, target);
        output.Advance(HexOctet.Length);
    }
}
