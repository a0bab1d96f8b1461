namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>
/// Walks the header of a message: octets in, field positions out (RFC 5322, section 2.2). Nothing is copied or decoded. A line ends with
/// LF, with or without CR before it; a bare CR and NUL are ordinary octets (PU-12). A line that begins with a blank continues the field
/// before it. A byte-order mark before a field is reported as a line of its own that is not a field, so that it hides none: a Bcc behind it
/// is a Bcc.
/// </summary>
/// <param name="octets">The message, or as much of it as holds the header.</param>
/// <param name="start">Where the header begins.</param>
internal ref struct HeaderScanner(ReadOnlySpan<byte> octets, int start = 0)
{
    private readonly ReadOnlySpan<byte> _octets = octets;
    private int _position = start;

    /// <summary>U+FEFF in UTF-8.</summary>
    public static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>First octet not yet scanned; after the last field, the blank line or the end of the octets.</summary>
    public readonly int Position => _position;

    /// <summary>Octets of the blank line at <see cref="Position"/>: 2 for CRLF, 1 for LF, 0 when there is none (yet).</summary>
    public readonly int BlankLineLength => BlankLine(_octets[_position..]);

    /// <summary>The next field, or false at the blank line or the end of the octets.</summary>
    public bool TryRead(out HeaderField field)
    {
        field = default;
        if (_position >= _octets.Length || BlankLineLength > 0)
            return false;
        var begin = _position;
        var end = LineEnd(_octets, begin);
        if (_octets[begin] == ByteOrderMark[0] && MarksBeforeField(begin, end) is > 0 and var marks)
        {
            _position = begin + marks;
            field = NotAField(begin, _position);
            return true;
        }
        while (end < _octets.Length && (_octets[end] is (byte)' ' or (byte)'\t'))
            end = LineEnd(_octets, end);
        _position = end;
        field = Locate(begin, end);
        return true;
    }

    /// <summary>Octets of the line end that begins the span: 2 for CRLF, 1 for LF, 0 when the line is not blank.</summary>
    public static int BlankLine(ReadOnlySpan<byte> line) => line switch
    {
        [(byte)'\n', ..] => 1,
        [(byte)'\r', (byte)'\n', ..] => 2,
        _ => 0,
    };

    private static int LineEnd(ReadOnlySpan<byte> octets, int from)
    {
        var lf = octets[from..].IndexOf((byte)'\n');
        return lf < 0 ? octets.Length : from + lf + 1;
    }

    // Those of a line that is no field stay part of it: without them it could be blank, or continue the field before.
    private readonly int MarksBeforeField(int begin, int end)
    {
        var marks = 0;
        while (_octets[(begin + marks)..end].StartsWith(ByteOrderMark))
            marks += ByteOrderMark.Length;
        return Locate(begin + marks, end).IsField ? marks : 0;
    }

    private readonly HeaderField Locate(int begin, int end)
    {
        var line = _octets[begin..end];
        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
            return NotAField(begin, end);
        var length = line[..colon].IndexOfAnyExceptInRange((byte)0x21, (byte)0x7e);
        if (length < 0)
            return new HeaderField(begin, colon, begin + colon + 1, end);
        // Obsolete syntax allows blanks between name and colon (RFC 5322, section 4.5): such a Bcc is a Bcc.
        return length > 0 && line[length..colon].IndexOfAnyExcept((byte)' ', (byte)'\t') < 0
            ? new HeaderField(begin, length, begin + colon + 1, end)
            : NotAField(begin, end);
    }

    private static HeaderField NotAField(int begin, int end) => new(begin, 0, begin, end);
}
