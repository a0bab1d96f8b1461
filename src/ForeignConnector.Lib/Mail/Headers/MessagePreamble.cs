namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>What programs put before the header and no reader wants: a byte-order mark, an mbox <c>From </c> line, Outlook's banner (PU-12).</summary>
internal static class MessagePreamble
{
    /// <summary>Octets to leave out, for a file with CRLF or LF line ends.</summary>
    public static int Length(ReadOnlySpan<byte> octets)
    {
        var length = octets.StartsWith(HeaderScanner.ByteOrderMark) ? HeaderScanner.ByteOrderMark.Length : 0;
        if (IsMboxLine(octets[length..]))
            length += LineLength(octets[length..]);
        if (octets[length..].StartsWith("Microsoft Mail Internet Headers Version 2.0"u8))
            length += LineLength(octets[length..]);
        return length;
    }

    // Obsolete syntax allows blanks between name and colon (RFC 5322, section 4.5): "From : bob@fabrikam.com" is a field.
    private static bool IsMboxLine(ReadOnlySpan<byte> line) => line.StartsWith("From "u8) && line[4..].TrimStart(" \t"u8) is not [(byte)':', ..];

    private static int LineLength(ReadOnlySpan<byte> octets) => octets.IndexOf((byte)'\n') is >= 0 and var lf ? lf + 1 : octets.Length;
}
