namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>
/// Where one header field stands in the octets that were scanned. A line that is not a field (no colon, or something other than
/// printable ASCII before it) is reported too, with an empty name, so that nothing is skipped unseen.
/// </summary>
/// <param name="Start">First octet of the name.</param>
/// <param name="NameLength">Octets of the name, without blanks before the colon; 0 for a line that is not a field.</param>
/// <param name="ValueStart">First octet after the colon; <paramref name="Start"/> for a line that is not a field.</param>
/// <param name="End">First octet after the field, its line end and folded lines included.</param>
internal readonly record struct HeaderField(int Start, int NameLength, int ValueStart, int End)
{
    public bool IsField => NameLength > 0;

    /// <summary>True for byte-order marks before a field, which are no part of any message (PU-12).</summary>
    public bool IsByteOrderMark(ReadOnlySpan<byte> octets) =>
        !IsField && octets[Start..End].StartsWith(HeaderScanner.ByteOrderMark) && octets[End - 1] == HeaderScanner.ByteOrderMark[^1];

    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> octets) => octets.Slice(Start, NameLength);

    /// <summary>The value as it stands: leading blank, folds and line end included.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> octets) => octets[ValueStart..End];

    public bool Is(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> name) =>
        NameLength == name.Length && System.Text.Ascii.EqualsIgnoreCase(Name(octets), name);

    public bool StartsWith(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> prefix) =>
        NameLength >= prefix.Length && System.Text.Ascii.EqualsIgnoreCase(octets.Slice(Start, prefix.Length), prefix);

    /// <summary>
    /// Octets of the white space at a place: a blank, a tab or a line end; 0 when there is none. A bare CR is none: it stays, and is
    /// refused with the text it stands in (EN-7).
    /// </summary>
    public static int BlankLength(ReadOnlySpan<byte> octets, int at) =>
        at < octets.Length && octets[at] is (byte)' ' or (byte)'\t' ? 1 : HeaderScanner.BlankLine(octets[at..]);

    /// <summary>The first place from there on where no white space stands; at most the end.</summary>
    public static int SkipBlanks(ReadOnlySpan<byte> octets, int at)
    {
        while (at < octets.Length && BlankLength(octets, at) is > 0 and var blank)
            at += blank;
        return at;
    }

    /// <summary>A range without white space at its ends.</summary>
    public static Range TrimBlanks(ReadOnlySpan<byte> octets, Range range)
    {
        var end = TrimBlanksAtEnd(octets, range.Start.Value, range.End.Value);
        return SkipBlanks(octets[..end], range.Start.Value)..end;
    }

    /// <summary>Where a range ends without white space at its end.</summary>
    public static int TrimBlanksAtEnd(ReadOnlySpan<byte> octets, int start, int end)
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
