using System.Buffers.Text;

namespace ForeignConnector.Lib.Intake;

/// <summary>Recognises dates in the one form that nearly every program writes, <c>Fri, 30 Jan 2026 10:00:00 +0100</c> (RFC 5322, section 3.3); any other is left to MimeKit.</summary>
internal static class PlainDate
{
    private static ReadOnlySpan<byte> Days => "Mon,Tue,Wed,Thu,Fri,Sat,Sun,"u8;

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>True for a date that MimeKit reads, too.</summary>
    public static bool IsDate(ReadOnlySpan<byte> value)
    {
        value = value.Trim(" \t\r\n"u8);
        // Fri, 3 Jan 2026 … is one octet shorter.
        if (value.Length is not (30 or 31) || IndexOf(Days, value[..4]) < 0 || value[4] != ' ')
            return false;
        var date = value[5..];
        var dayLength = value.Length - 29;
        return TryNumber(date[..dayLength], out var day) && date[dayLength] == ' ' && IsRest(day, date[(dayLength + 1)..]);
    }

    // Jan 2026 10:00:00 +0100
    private static bool IsRest(int day, ReadOnlySpan<byte> rest) =>
        IndexOf(Months, rest[..3]) is >= 0 and var month
        && rest[3] == ' ' && TryNumber(rest[4..8], out var year) && year is >= 1970 and <= 2099 && day >= 1 && day <= DateTime.DaysInMonth(year, month + 1)
        && rest[8] == ' ' && IsBelow(rest[9..11], 24) && rest[11] == ':' && IsBelow(rest[12..14], 60) && rest[14] == ':' && IsBelow(rest[15..17], 60)
        && rest[17] == ' ' && rest[18] is (byte)'+' or (byte)'-' && IsBelow(rest[19..21], 13) && IsBelow(rest[21..23], 60);

    private static int IndexOf(ReadOnlySpan<byte> table, ReadOnlySpan<byte> name) =>
        table.IndexOf(name) is >= 0 and var i && i % name.Length == 0 ? i / name.Length : -1;

    private static bool IsBelow(ReadOnlySpan<byte> digits, int limit) => TryNumber(digits, out var number) && number < limit;

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        return digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && Utf8Parser.TryParse(digits, out number, out _);
    }
}
