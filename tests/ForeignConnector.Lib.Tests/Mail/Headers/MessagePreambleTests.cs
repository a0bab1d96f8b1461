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
    ];

    [Theory(DisplayName = "PU-12: a byte-order mark, an mbox From line and the banner before the header are skipped")]
    [MemberData(nameof(Preambles))]
    public void Skips(string preamble)
    {
        Assert.Equal(Encoding.UTF8.GetByteCount(preamble), Length(preamble + "Subject: x\r\n\r\n"));
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

    private static int Length(string text) => MessagePreamble.Length(Encoding.UTF8.GetBytes(text));
}
