using System.Text;
using System.Text.RegularExpressions;
using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Intake.Parsing;
using MimeKit.Utils;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>The value of a Date field (PU-9).</summary>
internal static partial class DateTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        var isDate = MailDate.IsDate(input);
        Check.Equal(isDate, MailDate.IsDate([(byte)' ', .. input]), "RFC 5322: blanks before a date mean nothing");
        if (isDate)
            Check.That(MailDate.IsDate([.. input, .. " (a \\( comment)\r\n"u8]), "RFC 5322: a comment behind a date means nothing");
        // The obsolete syntax has more forms than others know, and MimeKit reads no year before 1969.
        if (isDate && Current().IsMatch(Encoding.Latin1.GetString(input)))
            Check.That(DateUtils.TryParse(input.ToArray(), out _), "what we keep as a date others can read");
        CheckFormatted(input);
    }

    private static void CheckFormatted(ReadOnlySpan<byte> input)
    {
        Span<byte> ticks = stackalloc byte[8];
        input[..Math.Min(8, input.Length)].CopyTo(ticks);
        var span = new DateTime(9998, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks - new DateTime(1900, 1, 2, 0, 0, 0, DateTimeKind.Utc).Ticks;
        var time = new DateTimeOffset(new DateTime(1900, 1, 2, 0, 0, 0, DateTimeKind.Utc).AddTicks((long)(BitConverter.ToUInt64(ticks) % (ulong)span)));
        Check.That(MailDate.IsDate(Encoding.ASCII.GetBytes(DateUtils.FormatDate(time))), "what others write as a date is one");
    }

    [GeneratedRegex(@"^[ \t]*(?:[A-Z]{3},)?[ \t]*[0-9]{1,2} [A-Z]{3} (?:1969|19[7-9][0-9]|[2-9][0-9]{3}) [0-9]{2}:[0-9]{2}(?::[0-9]{2})? (?:[+-][0-9]{4}|GMT|EST)[ \t\r\n]*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Current();
}
