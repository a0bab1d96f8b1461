using System.Runtime.CompilerServices;

namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>
/// Walks the header of a message: octets in, field positions out (RFC 5322, section 2.2). Nothing is copied or decoded. A line ends with
/// LF, with or without CR before it; a bare CR and NUL are ordinary octets (PU-12). A line that begins with a blank continues the field
/// before it. A byte-order mark before a field is reported as a line of its own that is not a field, so that it hides none: a Bcc behind it
/// is a Bcc.
/// </summary>
internal ref struct HeaderScanner
{
    private readonly ReadOnlySpan<byte> _octets;
    private int _position;

    /// <param name="octets">The message, or as much of it as holds the header.</param>
    /// <param name="start">Where the header begins.</param>
    public HeaderScanner(ReadOnlySpan<byte> octets, int start = 0)
    {
        _octets = octets;
        _position = start;
        CountWalk();
    }

    /// <summary>Counts the walks over headers in the flow of whoever sets it: for the test that bounds their number.</summary>
    public static AsyncLocal<StrongBox<int>?> Walks { get; } = new();

    /// <summary>U+FEFF in UTF-8.</summary>
    public static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>First octet not yet scanned; after the last field, the blank line or the end of the octets.</summary>
    public readonly int Position => _position;

    /// <summary>Octets of the blank line at <see cref="Position"/>: 2 for CRLF, 1 for LF, 0 when there is none (yet).</summary>
    public readonly int BlankLineLength => BlankLine(_octets[_position..]);

    /// <summary>Tells <see cref="Walks"/> of a walk, also of one that looks for the end of the header alone.</summary>
    public static void CountWalk()
    {
        if (Walks.Value is { } walks)
            Interlocked.Increment(ref walks.Value);
    }

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

    /// <summary>
    /// Octets that programs put before the header and no reader wants, in a file with CRLF or LF line ends: a byte-order mark, an mbox
    /// <c>From </c> line, Outlook's banner, lines of blanks (PU-12).
    /// </summary>
    public static int PreambleLength(ReadOnlySpan<byte> octets)
    {
        var length = octets.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        length += LinesOfBlanks(octets[length..]);
        if (IsMboxLine(octets[length..]))
            length += FirstLineLength(octets[length..]);
        if (octets[length..].StartsWith("Microsoft Mail Internet Headers Version 2.0"u8))
            length += FirstLineLength(octets[length..]);
        return length + LinesOfBlanks(octets[length..]);
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

    private static int LineEnd(ReadOnlySpan<byte> octets, int from)
    {
        var lf = octets[from..].IndexOf((byte)'\n');
        return lf < 0 ? octets.Length : from + lf + 1;
    }

    // Byte-order marks of a line that is no field stay part of it: without them it could be blank, or continue the field before.
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

    // A line with nothing on it ends the header, and one that goes on behind its blanks is no line of blanks.
    private static int LinesOfBlanks(ReadOnlySpan<byte> octets)
    {
        var length = 0;
        while (octets[length..].IndexOfAnyExcept((byte)' ', (byte)'\t') is > 0 and var blanks
            && BlankLine(octets[(length + blanks)..]) is > 0 and var lineEnd)
            length += blanks + lineEnd;
        return length;
    }

    // Obsolete syntax allows blanks between name and colon (RFC 5322, section 4.5): "From : bob@fabrikam.com" is a field.
    private static bool IsMboxLine(ReadOnlySpan<byte> line) =>
        line.StartsWith("From "u8) && line[4..].TrimStart(" \t"u8) is not [(byte)':', ..];

    private static int FirstLineLength(ReadOnlySpan<byte> octets) => octets.IndexOf((byte)'\n') is >= 0 and var lf ? lf + 1 : octets.Length;
}
