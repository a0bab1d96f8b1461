using System.Text;
using CsCheck;
using ForeignConnector.Lib.Intake.Parsing;
using MimeKit.Utils;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>PU-9: what a date is.</summary>
public class MailDateTests
{
    private static readonly Gen<string> Dates =
        from day in Pieces.Of("Mon, ", "Sun, ", "Xyz, ", "Mon,", "")
        from date in Pieces.Of("1", "9", "28", "29", "30", "31", "32", "00", "0", " 1")
        from month in Pieces.Of(" Jan ", " Feb ", " Apr ", " Dec ", " Abc ", " anF ")
        from year in Pieces.Of("2026", "2024", "1970", "1969", "9999", "26")
        from time in Pieces.Of(" 10:00:00", " 23:59:59", " 24:00:00", " 10:60:00", " 10:00:61", " 10:00")
        from zone in Pieces.Of(" +0000", " -0800", " +1259", " +1300", " +0060", " GMT", "")
        from end in Pieces.Of("", "\r\n", " (UTC)", " x")
        select $" {day}{date}{month}{year}{time}{zone}{end}";

    [Theory(DisplayName = "PU-9: dates of RFC 5322, the obsolete forms included")]
    [InlineData(" Fri, 30 Jan 2026 10:00:00 +0100\r\n")]
    [InlineData("Sun, 1 Feb 2026 00:00:00 -0000")]
    [InlineData("Thu, 29 Feb 2024 23:59:59 +0000")]
    [InlineData("30 Jan 2026 10:00 +0100")]
    [InlineData("fri, 30 jan 2026 10:00:00 gmt")]
    [InlineData("Fri,\r\n 30 Jan 2026\r\n\t10:00:00 +0100 (CET (winter\\) time))")]
    [InlineData("Fri (today), 30 Jan 26 10 : 00 : 00 EST")]
    [InlineData("Sat, 31 Dec 2016 23:59:60 +0000")]
    [InlineData("30 Jan 126 10:00:00 Z")]
    public void Dates_are_recognised(string value) => Assert.True(MailDate.IsDate(Encoding.ASCII.GetBytes(value)));

    [Theory(DisplayName = "PU-9: what is not quite a date is malformed")]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("Sun, 29 Feb 2026 23:59:59 +0000")]
    [InlineData("Mon, 32 Jan 2024 10:00:00 +0000")]
    [InlineData("Mon, 01 Jan 2024 99:99:99 +0000")]
    [InlineData("Mon, 01 Jan 2024 25:00:00 +0000")]
    [InlineData("Mon, 01 Jan 2024 12:60:00 +0000")]
    [InlineData("Mon, 01 Jan 2024 12:00:61 +0000")]
    [InlineData("Mon, 01 Jan 0000 12:00:00 +0000")]
    [InlineData("Mon, 01 Jan 20240 12:00:00 +0000")]
    [InlineData("Mon, 01 Jan 2024 12:00:00 +9999")]
    [InlineData("Mon, 01 Jan 2024 12:00:00 +00000")]
    [InlineData("Mon, 01 Jan 2024 12:00:00")]
    [InlineData("Mon, 01 Jan 2024 12:00:00 +0000 garbage")]
    [InlineData("Mon, 01 Jan 2024 12:00:00 +0000 (open")]
    [InlineData("Mon, 01 Jan 2024 12:00:00 +0000 (open\\")]
    [InlineData("Moo, 01 Jan 2024 12:00:00 +0000")]
    [InlineData("2024-01-01T12:00:00Z")]
    public void The_rest_is_not(string value) => Assert.False(MailDate.IsDate(Encoding.ASCII.GetBytes(value)));

    [Fact(DisplayName = "PU-9: every date that is recognised is one for MimeKit")]
    public void Agrees_with_MimeKit() =>
        Dates.Sample(value => !MailDate.IsDate(Encoding.ASCII.GetBytes(value)) || DateUtils.TryParse(value, out _), iter: 20_000);

    [Fact(DisplayName = "PU-9: no octets are too much for it")]
    public void Ends_on_anything() =>
        Pieces.Of("Mon", ",", " ", "1", "30", "Jan", "2024", ":", "(", ")", "\\", "+", "0", "\r\n", "\0", "é").Array[0, 20]
            .Sample(pieces => { MailDate.IsDate(Encoding.UTF8.GetBytes(string.Concat(pieces))); }, iter: 20_000);
}
