namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>What programs put before the header and no reader wants: a byte-order mark, an mbox <c>From </c> line, Outlook's banner (PU-12).</summary>
internal static class MessagePreamble
{
    /// <summary>Octets to leave out, for a file with CRLF or LF line ends.</summary>
    public static int Length(ReadOnlySpan<byte> octets)
    {
        var length = octets.StartsWith("\uFEFF"u8) ? 3 : 0;
        if (octets[length..].StartsWith("From "u8))
            length += LineLength(octets[length..]);
        if (octets[length..].StartsWith("Microsoft Mail Internet Headers Version 2.0"u8))
            length += LineLength(octets[length..]);
        return length;
    }

    private static int LineLength(ReadOnlySpan<byte> octets) => octets.IndexOf((byte)'\n') is >= 0 and var lf ? lf + 1 : octets.Length;
}
