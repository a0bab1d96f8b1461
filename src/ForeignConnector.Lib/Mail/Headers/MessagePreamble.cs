namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>
/// What programs put before the header and no reader wants: a byte-order mark, an mbox <c>From </c> line, Outlook's banner, lines of blanks
/// (PU-12).
/// </summary>
internal static class MessagePreamble
{
    /// <summary>Octets to leave out, for a file with CRLF or LF line ends.</summary>
    public static int Length(ReadOnlySpan<byte> octets)
    {
        var length = octets.StartsWith(HeaderScanner.ByteOrderMark) ? HeaderScanner.ByteOrderMark.Length : 0;
        length += BlankLines(octets[length..]);
        if (IsMboxLine(octets[length..]))
            length += LineLength(octets[length..]);
        if (octets[length..].StartsWith("Microsoft Mail Internet Headers Version 2.0"u8))
            length += LineLength(octets[length..]);
        return length + BlankLines(octets[length..]);
    }

    /// <summary>
    /// True when a file can only be text of two octets for each character, with or without a byte-order mark: none of its lines would be a
    /// field.
    /// </summary>
    public static bool IsUtf16(ReadOnlySpan<byte> octets) => octets switch
    {
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => true,
        [> 0 and < 0x80, 0, > 0 and < 0x80, 0, ..] or [0, > 0 and < 0x80, 0, > 0 and < 0x80, ..] => true,
        _ => false,
    };

    // A line with nothing on it ends the header, and one that goes on behind its blanks is no line of blanks.
    private static int BlankLines(ReadOnlySpan<byte> octets)
    {
        var length = 0;
        while (octets[length..].IndexOfAnyExcept((byte)' ', (byte)'\t') is > 0 and var blanks
            && HeaderScanner.BlankLine(octets[(length + blanks)..]) is > 0 and var lineEnd)
            length += blanks + lineEnd;
        return length;
    }

    // Obsolete syntax allows blanks between name and colon (RFC 5322, section 4.5): "From : bob@fabrikam.com" is a field.
    private static bool IsMboxLine(ReadOnlySpan<byte> line) =>
        line.StartsWith("From "u8) && line[4..].TrimStart(" \t"u8) is not [(byte)':', ..];

    private static int LineLength(ReadOnlySpan<byte> octets) => octets.IndexOf((byte)'\n') is >= 0 and var lf ? lf + 1 : octets.Length;
}
