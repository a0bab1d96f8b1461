using System.Text;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Tests.Mail.Headers;

public class MessagePreambleTests
{
    private const string Mark = "\ufeff";
    private const string Mbox = "From bob@fabrikam.com Mon Jan  1 00:00:00 2024";
    private const string Banner = "Microsoft Mail Internet Headers Version 2.0";

    public static TheoryData<string> Preambles =>
    [
        "",
        Mark,
        Mbox + "\r\n",
        Mbox + "\n",
        Banner + "\r\n",
        Banner + "\n",
        Banner + "   \r\n",
        Mark + Mbox + "\r\n",
        Mark + Banner + "\r\n",
        Mark + Mbox + "\n" + Banner + "\n",
        " \r\n",
        " \t\r\n\t\n",
        Mark + " \n" + Mbox + "\r\n \r\n",
        Banner + "\r\n\t\r\n",
    ];

    [Theory(DisplayName = "PU-12: a byte-order mark, an mbox From line, the banner and lines of blanks before the header are skipped")]
    [MemberData(nameof(Preambles))]
    public void Skips(string preamble)
    {
        Assert.Equal(Encoding.UTF8.GetByteCount(preamble), Length(preamble + "Subject: x\r\n\r\n"));
        Assert.Equal(Encoding.UTF8.GetByteCount(preamble), Length(preamble + " Subject: x\r\n\r\n"));
        Assert.Equal(Encoding.UTF8.GetByteCount(preamble), Length(preamble + "\r\n"));
        Assert.Equal(Encoding.UTF8.GetByteCount(preamble), Length(preamble));
    }

    [Theory(DisplayName = "PU-12: what only looks like a preamble is kept")]
    [InlineData("From: bob@fabrikam.com\r\n")]
    [InlineData("from bob\r\n")]
    [InlineData("From : bob@fabrikam.com\r\n")]
    [InlineData("From \t: bob@fabrikam.com\r\n")]
    [InlineData(">From bob\r\n")]
    [InlineData("From")]
    [InlineData(" " + Banner)]
    [InlineData("Microsoft Mail Internet Headers Version 1.0\r\n")]
    [InlineData("Subject: x\r\n" + Banner + "\r\n")]
    [InlineData("\ufffe")]
    public void Keeps(string text) => Assert.Equal(0, Length(text));

    [Theory(DisplayName = "PU-12: UTF-16 is known by its mark or its zeros")]
    [InlineData(true, "\u00FF\u00FEF\0")]
    [InlineData(true, "\u00FE\u00FF\0F")]
    [InlineData(true, "F\0r\0")]
    [InlineData(true, "\0F\0r")]
    [InlineData(false, "From")]
    [InlineData(false, "\u00EF\u00BB\u00BFF")]
    [InlineData(false, "F\0ro")]
    [InlineData(false, "\0\0\0\0")]
    [InlineData(false, "F")]
    public void Knows_UTF_16(bool expected, string octets) => Assert.Equal(expected, HeaderScanner.IsUtf16(Encoding.Latin1.GetBytes(octets)));

    private static int Length(string text) => HeaderScanner.PreambleLength(Encoding.UTF8.GetBytes(text));
}
