using System.Text;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>BM-1 and ND-1 for Pickup: what no message can be made of is reported to its sender if it has one, and else kept aside, with the rule that it breaks.</summary>
public class BadPickupFileTests(BadPickupFileTests.Run run) : IClassFixture<BadPickupFileTests.Run>
{
    private const string Body = "\r\n\r\nbody\r\n";

    private static readonly Dictionary<string, BadFile> Files = new()
    {
        ["empty"] = new("PU-5", ""),
        ["one line end"] = new("PU-5", "\r\n"),
        ["only blank lines"] = new("PU-5", "\n\n\n\n"),
        ["no header"] = new("PU-5", "Dear Mary,\r\nthis is a letter.\r\n"),
        ["no blank line"] = BadFile.Reported("PU-5", "From: a@x.test\r\nTo: b@x.test\r\nthis is the body\r\n"),
        ["begins with a blank"] = new("PU-5", " From: a@x.test\r\nTo: b@x.test" + Body),
        ["header only, no sender"] = new("PU-5", "To: b@x.test\r\n"),
        ["header only, no recipient"] = BadFile.Reported("PU-5", "From: a@x.test\r\nSubject: s"),
        ["10 MB of one header line"] = BadFile.Reported("PU-3", "From: a@x.test\r\nTo: b@x.test\r\nX-Long: " + new string('x', 10 << 20) + Body),
        ["10 MB without a line end"] = new("PU-3", new string('x', 10 << 20)),
        ["101 recipients"] = BadFile.Reported("PU-3", "From: a@x.test\r\nTo: " + string.Join(",\r\n ", Enumerable.Range(0, 101).Select(i => $"r{i}@x.test")) + Body),
        ["binary"] = new("PU-5", Noise(100_000)),
        ["an executable"] = new("PU-5", "\x7f" + "ELF\u0002\u0001\u0001\0\0\0\0\0\0\0\0\0\u0003\0>\0\u0001\0\0\0"),
        ["NUL octets"] = new("PU-5", new string('\0', 4096)),
        ["UTF-16"] = new("PU-12", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("From: a@x.test\r\nTo: b@x.test" + Body)]),
        ["wrong UTF-8 in a recipient"] = BadFile.Reported("PU-5", "From: a@x.test\r\nTo: m\u00fcller@x.test" + Body),
        ["wrong UTF-8 in the sender"] = new("PU-5", "From: a@\u00c3\u0028x.test\r\nTo: b@x.test" + Body),
        ["two Senders in one field"] = new("PU-5", "From: a@x.test, c@x.test\r\nSender: s@x.test, t@x.test\r\nTo: b@x.test" + Body),
        ["two Sender fields"] = new("PU-5", "Sender: s@x.test\r\nSender: t@x.test\r\nTo: b@x.test" + Body),
        ["two From without Sender"] = new("PU-5", "From: a@x.test, c@x.test\r\nTo: b@x.test" + Body),
        ["no From, no Sender"] = new("PU-5", "To: b@x.test" + Body),
        ["an empty From"] = new("PU-5", "From: \r\nTo: b@x.test" + Body),
        ["no recipients"] = BadFile.Reported("PU-5", "From: a@x.test\r\nSubject: s" + Body),
        ["an empty group only"] = BadFile.Reported("PU-5", "From: a@x.test\r\nTo: undisclosed-recipients:;" + Body),
        ["a recipient without a domain"] = BadFile.Reported("PU-5", "From: a@x.test\r\nTo: mary" + Body),
        ["no list of addresses"] = BadFile.Reported("PU-5", "From: a@x.test\r\nTo: a b c <>, @@" + Body),
        ["a recipient no connector takes"] = BadFile.Reported("RT-4", "From: a@x.test\r\nTo: IMCEANOTES-x@contoso.com" + Body),
        ["a bad escape in an IMCEA address"] = BadFile.Reported("RT-4", "From: a@x.test\r\nTo: IMCEAFAX-+2@contoso.com" + Body),
        ["X-Receiver without an address"] = BadFile.Reported("RP-2", "X-Receiver: \r\nFrom: a@x.test" + Body),
        ["X-Receiver with two addresses"] = BadFile.Reported("RP-2", "X-Receiver: <b@x.test> <c@x.test>\r\nFrom: a@x.test" + Body),
        ["X-Sender twice"] = new("RP-2", "X-Sender: <a@x.test>\r\nX-Sender: <c@x.test>\r\nX-Receiver: <b@x.test>\r\nFrom: a@x.test" + Body),
        ["a folded address in X-Receiver"] = BadFile.Reported("EN-2", "X-Receiver: <b@x.test\r\n X-Receiver: c@x.test>\r\nFrom: a@x.test" + Body),
        ["a bare CR in X-Receiver"] = BadFile.Reported("EN-2", "X-Receiver: <b@x.test>\rX-Receiver: <evil@x.test>\r\nFrom: a@x.test" + Body),
        ["NUL in X-Receiver"] = BadFile.Reported("EN-7", "X-Receiver: <b@x.test\0>\r\nFrom: a@x.test" + Body),
        ["a domain that can be none"] = BadFile.Reported("PU-5", "From: a@x.test\r\nTo: 'b@x.test'" + Body),
        ["CR LF in the xtext of X-Sender"] = new("EN-7", "X-Sender: <a@x.test> ENVID=1+0D+0ABcc:evil@x.test\r\nX-Receiver: <b@x.test>\r\nFrom: a@x.test" + Body),
        ["CR LF in an encoded word"] = BadFile.Reported("PU-5", "From: a@x.test\r\nTo: =?utf-8?Q?b@x.test=0D=0AX-Receiver:_<evil@x.test>?=" + Body),
    };

    public static TheoryData<string> Names => [.. Files.Keys];

    [Theory(DisplayName = "BM-1, ND-1: a Pickup file that breaks a rule is reported to its sender, or kept aside with the rule's id in name.bad.txt, and the log names the rule")]
    [MemberData(nameof(Names))]
    public void Names_the_broken_rule(string name) => run.AssertIsBad(name);

    [Fact(DisplayName = "BM-1: bad Pickup files neither stop nor crash the host: the good one behind them is delivered, and each is logged once")]
    public void Nothing_is_stuck() => run.AssertNothingIsStuck();

    private static byte[] Noise(int length)
    {
        var octets = new byte[length];
        new Random(7).NextBytes(octets);
        return octets;
    }

    /// <summary>The run over <see cref="Files"/>.</summary>
    public sealed class Run() : BadFileRun("pickup", Files);
}
