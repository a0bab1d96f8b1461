using System.Text;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>One message of <see cref="RoundTripTests"/>; all text is Latin-1, one character an octet.</summary>
/// <param name="File">What is put into Pickup.</param>
/// <param name="Message">What must come out behind the Received field: everything but the changes the specification lists.</param>
internal sealed record RoundTripCase(string File, string Message)
{
    /// <summary>A message whose fields all stay, with CRLF line ends and something after the blank line.</summary>
    public static RoundTripCase Unchanged(string message) => new(message, message);

    /// <summary>The same with other line ends in the file.</summary>
    public RoundTripCase WithLineFeeds() => this with { File = File.Replace("\r\n", "\n", StringComparison.Ordinal) };
}

/// <summary>The messages by name.</summary>
internal static class RoundTripCases
{
    private const string Addresses = "From: bob@fabrikam.com\r\nTo: mary@contoso.com\r\nMessage-ID: <1@x.test>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n";

    private static readonly string AllOctets = string.Concat(Enumerable.Range(0, 256).Select(octet => (char)octet));
    private static readonly string OctetsWithoutLineFeed = AllOctets.Replace("\n", "", StringComparison.Ordinal);

    // Everything a pretty-printer would touch: odd folding, blanks, case, order, repeated and empty fields, octets beyond ASCII.
    private const string OddFields =
        "suBJECT:no blank, trailing blanks  \r\n" +
        "Subject : blank before the colon\r\n" +
        "X-Folded:\r\n \t one\r\n\ttwo\r\n   \r\n three\r\n" +
        "X-Empty:\r\n" +
        "X-Twice: 1\r\nX-Twice: 1\r\n" +
        "X-Raw: \u00e4\u00f6\u00fc \u00ff\u0080 \u0001\r\n" +
        "X-Utf8: \u00c3\u00a4\u00e2\u0082\u00ac\r\n" +
        "X-Nul: a\0b\r\n" +
        "X-BareReturn: a\rb\r\n" +
        "X-Encoded: =?utf-8?Q?=C3=A4?= =?utf-8?b?w6Q=?=\r\n" +
        "DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=fabrikam.com;\r\n  bh=abc=; b=def\r\n   ghi=\r\n" +
        "X-Senders: not an envelope field\r\n";

    private static readonly RoundTripCase Ordinary = RoundTripCase.Unchanged(Addresses + "Subject: s\r\n\r\nline one\r\n\r\n.line three\r\n..\r\n.\r\nFrom here\r\n");

    private static readonly RoundTripCase WithOddFields = RoundTripCase.Unchanged(Addresses + OddFields + "\r\nbody\r\n");

    public static readonly IReadOnlyDictionary<string, RoundTripCase> All = new Dictionary<string, RoundTripCase>
    {
        ["CRLF line ends"] = Ordinary,
        ["LF line ends"] = Ordinary.WithLineFeeds(),
        ["odd header fields"] = WithOddFields,
        ["odd header fields with LF"] = WithOddFields.WithLineFeeds(),
        ["mixed line ends"] = new(Addresses + "\nx\ny\r\n\nz\n", Addresses + "\r\nx\r\ny\r\n\r\nz\r\n"),
        ["8-bit and NUL octets"] = RoundTripCase.Unchanged(Addresses + "\r\n" + OctetsWithoutLineFeed + "\0\0\r\n" + OctetsWithoutLineFeed + "\0"),
        ["bare CR"] = RoundTripCase.Unchanged(Addresses + "\r\na\rb\r\rc\r\r\n\r"),
        ["very long lines"] = RoundTripCase.Unchanged(Addresses + $"X-Long: {new string('h', 30_000)}\r\n\r\n{new string('b', 2_000_000)}\r\n{new string('c', 131_072)}"),
        ["line ends around buffers"] = new(
            Addresses + "\n" + LinesOf(4093, 65_537, 131_071, 16_383).Replace("\r\n", "\n", StringComparison.Ordinal), Addresses + "\r\n" + LinesOf(4093, 65_537, 131_071, 16_383)),
        ["no body"] = RoundTripCase.Unchanged(Addresses + "\r\n"),
        ["no blank line"] = new(Addresses, Addresses + "\r\n"),
        ["no end of the last field"] = new(Addresses + "Subject: s", Addresses + "Subject: s\r\n\r\n"),
        ["no final line end"] = RoundTripCase.Unchanged(Addresses + "\r\nbody"),
        ["no final line end with LF"] = RoundTripCase.Unchanged(Addresses + "\r\na\r\nb").WithLineFeeds(),
        ["only line ends"] = RoundTripCase.Unchanged(Addresses + "\r\n\r\n\r\n\r\n").WithLineFeeds(),
        ["a body that looks like a Drop file"] = RoundTripCase.Unchanged(Addresses + "\r\nX-Sender: <a@b.test>\r\nX-EndOfInjectedXHeaders: 0\r\nBcc: c@d.test\r\n\r\n"),
        ["fields that leave"] = new(
            "Received: from a by b\r\n" + Addresses + "Bcc: hidden@contoso.com,\r\n other@contoso.com\r\nX-Stays: 1\r\nResent-From: r@x.test\r\nResent-Bcc: s@x.test\r\n"
            + "X-MS-Exchange-Organization-SCL: 1\r\nX-MS-Exchange-Forest-A: 1\r\nX-MS-Exchange-Other: stays\r\nreceived: again\r\n\r\nBcc: stays\r\n",
            Addresses + "X-Stays: 1\r\nX-MS-Exchange-Other: stays\r\n\r\nBcc: stays\r\n"),
        ["byte-order mark, mbox line, banner"] = new(
            "\u00ef\u00bb\u00bfFrom bob@fabrikam.com Tue Nov 24 10:00:00 2026\nMicrosoft Mail Internet Headers Version 2.0\n" + Addresses + "\nbody\n", Addresses + "\r\nbody\r\n"),
        ["BINARYMIME"] = Binary(Addresses + "Subject: s\r\n\r\n" + AllOctets + "\n\n\r\n" + AllOctets),
        ["BINARYMIME with LF"] = Binary((Addresses + "X-Folded: a\r\n b\r\n\r\n").Replace("\r\n", "\n", StringComparison.Ordinal) + AllOctets + "\n" + AllOctets),
    };

    public static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text);

    // PU-12: not one octet of a BINARYMIME message changes.
    private static RoundTripCase Binary(string message) =>
        new("X-Sender: <bob@fabrikam.com> BODY=BINARYMIME\r\nX-Receiver: <mary@contoso.com>\r\n" + message, message);

    private static string LinesOf(params int[] lengths) => string.Concat(lengths.Select(length => new string('x', length) + "\r\n"));
}
