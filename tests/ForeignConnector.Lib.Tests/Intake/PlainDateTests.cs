using System.Text;
using CsCheck;
using ForeignConnector.Lib.Intake;
using MimeKit.Utils;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>PU-9: what is recognised as a date without MimeKit is one for MimeKit.</summary>
public class PlainDateTests
{
    private static readonly Gen<string> Dates =
        from day in Pieces.Of("Mon, ", "Sun, ", "Xyz, ", "Mon,", "")
        from date in Pieces.Of("1", "9", "28", "29", "30", "31", "32", "00", "0", " 1")
        from month in Pieces.Of(" Jan ", " Feb ", " Apr ", " Dec ", " Abc ", " anF ")
        from year in Pieces.Of("2026", "2024", "1970", "1969", "9999", "26")
        from time in Pieces.Of(" 10:00:00", " 23:59:59", " 24:00:00", " 10:60:00", " 10:00:60", " 10:00")
        from zone in Pieces.Of(" +0000", " -0800", " +1259", " +1300", " +0060", " GMT", "")
        from end in Pieces.Of("", "\r\n", " (UTC)", " x")
        select $" {day}{date}{month}{year}{time}{zone}{end}";

    [Theory]
    [InlineData(" Fri, 30 Jan 2026 10:00:00 +0100\r\n", true)]
    [InlineData("Sun, 1 Feb 2026 00:00:00 -0000", true)]
    [InlineData("Thu, 29 Feb 2024 23:59:59 +0000", true)]
    [InlineData("Sun, 29 Feb 2026 23:59:59 +0000", false)]
    [InlineData("Fri, 30 Jan 2026 10:00:00 GMT", false)]
    [InlineData("yesterday", false)]
    [InlineData("", false)]
    public void Recognises_the_usual_form(string value, bool isDate) => Assert.Equal(isDate, PlainDate.IsDate(Encoding.ASCII.GetBytes(value)));

    [Fact(DisplayName = "PU-9: every date that is recognised is one for MimeKit")]
    public void Agrees_with_MimeKit() =>
        Dates.Sample(value => !PlainDate.IsDate(Encoding.ASCII.GetBytes(value)) || DateUtils.TryParse(value, out _), iter: 20_000);
}
