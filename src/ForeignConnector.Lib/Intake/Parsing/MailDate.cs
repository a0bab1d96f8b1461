namespace ForeignConnector.Lib.Intake.Parsing;

/// <summary>
/// Recognises dates (RFC 5322, section 3.3), those of the obsolete syntax with comments, two-digit years and named zones included (section
/// 4.3). Tells whether a text is a date, not which, and is stricter than parsers that make the best of anything: a text that is no date is
/// replaced (PU-9).
/// </summary>
internal ref struct MailDate
{
    private readonly ReadOnlySpan<byte> _value;
    private int _position;

    private MailDate(ReadOnlySpan<byte> value) => _value = value;

    private static ReadOnlySpan<byte> Days => "MonTueWedThuFriSatSun"u8;

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    private readonly byte Current => _position < _value.Length ? _value[_position] : (byte)0;

    /// <summary>True for the value of a Date field that is one.</summary>
    public static bool IsDate(ReadOnlySpan<byte> value)
    {
        var date = new MailDate(value);
        return date.SkipDayName() && date.IsDay() && date.IsTime() && date.IsZone() && date._position == value.Length;
    }

    // Fri, (or nothing)
    private bool SkipDayName()
    {
        SkipBlanks();
        return !char.IsAsciiLetter((char)Current) || (ReadName(Days) >= 0 && Skip(','));
    }

    // 30 Jan 2026; the time of day in some zones ends in the year 9999, with DateTime.
    private bool IsDay() =>
        ReadNumber(1, 2) is >= 1 and var day && ReadName(Months) is >= 0 and var month && ReadYear() is >= 1900 and < 9999 and var year
        && day <= DateTime.DaysInMonth(year, month + 1);

    // 10:00:00, the seconds optional; 60 is a leap second.
    private bool IsTime() =>
        ReadNumber(1, 2) is >= 0 and < 24 && Skip(':')
            && ReadNumber(2, 2) is >= 0 and < 60 && (!Skip(':') || ReadNumber(2, 2) is >= 0 and <= 60);

    // +0100, GMT; any other name means that nobody knows.
    private bool IsZone()
    {
        if (Skip('+') || Skip('-'))
            return ReadNumber(4, 4) is >= 0 and var zone && zone % 100 < 60;
        var begin = _position;
        while (char.IsAsciiLetter((char)Current))
            _position++;
        var length = _position - begin;
        SkipBlanks();
        return length is >= 1 and <= 5;
    }

    private int ReadYear()
    {
        var begin = _position;
        var year = ReadNumber(2, 4);
        return year < 0
            ? year
            : _value[begin..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') switch
            {
                2 => year + (year < 50 ? 2000 : 1900),
                3 => year + 1900,
                _ => year,
            };
    }

    // The index of the name in a table of names of three letters; -1 when it is none.
    private int ReadName(ReadOnlySpan<byte> table)
    {
        if (_value.Length - _position < 3)
            return -1;
        var name = _value.Slice(_position, 3);
        _position += 3;
        SkipBlanks();
        var letters = Letters(name);
        for (var i = 0; i < table.Length; i += 3)
        {
            if (Letters(table.Slice(i, 3)) == letters)
                return i / 3;
        }
        return -1;
    }

    // Without case. A character that is no letter equals no letter of a table.
    private static int Letters(ReadOnlySpan<byte> name) => ((name[0] | 0x20) << 16) | ((name[1] | 0x20) << 8) | (name[2] | 0x20);

    // -1 when there are fewer or more digits.
    private int ReadNumber(int least, int most)
    {
        var number = 0;
        var begin = _position;
        while (_position - begin <= most && char.IsAsciiDigit((char)Current))
            number = (number * 10) + _value[_position++] - '0';
        var digits = _position - begin;
        SkipBlanks();
        return digits >= least && digits <= most ? number : -1;
    }

    private bool Skip(char octet)
    {
        if (Current != octet)
            return false;
        _position++;
        SkipBlanks();
        return true;
    }

    // Blanks, folds and comments.
    private void SkipBlanks()
    {
        while (Current is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'(')
        {
            if (Current == '(')
                SkipComment();
            else
                _position++;
        }
    }

    // One that does not end, or ends with a backslash, is none: the position is behind the value then.
    private void SkipComment()
    {
        var depth = 0;
        do
        {
            var octet = Current;
            depth += octet == '(' ? 1 : octet == ')' ? -1 : 0;
            _position += octet == '\\' ? 2 : 1;
        }
        while (depth > 0 && _position < _value.Length);
        if (depth > 0)
            _position = _value.Length + 1;
    }
}
