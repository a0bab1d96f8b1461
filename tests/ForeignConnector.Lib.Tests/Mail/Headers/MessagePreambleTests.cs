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
        "\r\n",
        " \t\r\n\n",
        Mark + "\n" + Mbox + "\r\n \r\n",
        Banner + "\r\n\r\n",
    ];

    [Theory(DisplayName = "PU-12: a byte-order mark, an mbox From line, the banner and lines of blanks before the header are skipped")]
    [MemberData(nameof(Preambles))]
    public void Skips(string preamble)
    {
        Assert.Equal(Encoding.UTF8.GetByteCount(preamble), Length(preamble + "Subject: x\r\n\r\n"));
        Assert.Equal(Encoding.UTF8.GetByteCount(preamble), Length(preamble + " Subject: x\r\n\r\n"));
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
    [InlineData(true, 0xFF, 0xFE, 'F', 0)]
    [InlineData(true, 0xFE, 0xFF, 0, 'F')]
    [InlineData(true, 'F', 0, 'r', 0)]
    [InlineData(true, 0, 'F', 0, 'r')]
    [InlineData(false, 'F', 'r', 'o', 'm')]
    [InlineData(false, 0xEF, 0xBB, 0xBF, 'F')]
    [InlineData(false, 'F', 0, 'r', 'o')]
    [InlineData(false, 0, 0, 0, 0)]
    public void Knows_UTF_16(bool expected, params int[] octets) => Assert.Equal(expected, MessagePreamble.IsUtf16([.. octets.Select(octet => (byte)octet)]));

    private static int Length(string text) => MessagePreamble.Length(Encoding.UTF8.GetBytes(text));
}
