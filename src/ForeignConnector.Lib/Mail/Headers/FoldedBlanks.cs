namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>
/// White space inside a header field: blanks, tabs and line ends. A bare CR is none: it stays, and is refused with the text it stands in
/// (EN-7).
/// </summary>
internal static class FoldedBlanks
{
    /// <summary>Octets of the one at a place; 0 when there is none.</summary>
    public static int Length(ReadOnlySpan<byte> octets, int at) =>
        at < octets.Length && octets[at] is (byte)' ' or (byte)'\t' ? 1 : HeaderScanner.BlankLine(octets[at..]);

    /// <summary>The first place from there on where none stands; at most the end.</summary>
    public static int Skip(ReadOnlySpan<byte> octets, int at)
    {
        while (at < octets.Length && Length(octets, at) is > 0 and var blank)
            at += blank;
        return at;
    }

    /// <summary>A range without those at its ends.</summary>
    public static Range Trim(ReadOnlySpan<byte> octets, Range range)
    {
        var end = TrimEnd(octets, range.Start.Value, range.End.Value);
        return Skip(octets[..end], range.Start.Value)..end;
    }

    /// <summary>Where a range ends without those at its end.</summary>
    public static int TrimEnd(ReadOnlySpan<byte> octets, int start, int end)
    {
        while (end > start && octets[end - 1] is (byte)' ' or (byte)'\t' or (byte)'\n')
        {
            end--;
            if (octets[end] == '\n' && end > start && octets[end - 1] == '\r')
                end--;
        }
        return end;
    }
}
