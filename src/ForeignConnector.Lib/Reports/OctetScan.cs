using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Reports;

/// <summary>
/// Finds out what octets a message needs (RFC 2045, section 2.7 to 2.9), piece by piece. message/rfc822 must not be encoded (RFC 2046,
/// section 5.2.1), so the label has to be true: 7bit, 8bit, or binary for NUL, for CR or LF alone and for lines over 998 octets.
/// </summary>
internal struct OctetScan
{
    private const int LongestLine = 998;

    private long _line;
    private bool _afterReturn;
    private bool _isEightBit;
    private bool _isBinary;

    /// <summary>What is needed so far.</summary>
    public readonly BodyType Body => _isBinary ? BodyType.BinaryMime : _isEightBit ? BodyType.EightBitMime : BodyType.SevenBit;

    public void Add(ReadOnlySpan<byte> piece)
    {
        _isEightBit = _isEightBit || piece.ContainsAnyInRange((byte)0x80, (byte)0xff);
        _isBinary = _isBinary || piece.Contains((byte)0);
        while (!_isBinary && !piece.IsEmpty)
        {
            if (_afterReturn || piece[0] == '\n')
            {
                // Only the two together end a line.
                _isBinary = !_afterReturn || piece[0] != '\n';
                _afterReturn = false;
                _line = 0;
                piece = piece[1..];
                continue;
            }
            var end = piece.IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var i ? i : piece.Length;
            _line += end;
            _isBinary = _line > LongestLine;
            _afterReturn = end < piece.Length && piece[end] == '\r';
            piece = piece[(_afterReturn ? end + 1 : end)..];
        }
    }

    /// <summary>The end of the message.</summary>
    public void Complete() => _isBinary = _isBinary || _afterReturn;
}
