namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>BM-1 and ND-1 for Replay.</summary>
public class BadReplayFileTests(BadReplayFileTests.Run run) : IClassFixture<BadReplayFileTests.Run>
{
    private const string Sender = "X-Sender: <a@x.test>\r\n";
    private const string Receiver = "X-Receiver: <b@x.test>\r\n";
    private const string Message = "From: a@x.test\r\nTo: b@x.test\r\n\r\nbody\r\n";

    private static readonly Dictionary<string, BadFile> Files = new()
    {
        ["empty"] = new("RP-2", ""),
        ["a Pickup file"] = new("RP-2", Message),
        ["no X-Sender"] = new("RP-2", Receiver + Message),
        ["no X-Receiver"] = BadFile.Reported("RP-2", Sender + Message),
        ["two X-Senders"] = new("RP-2", Sender + Sender + Receiver + Message),
        ["X-Sender with two addresses"] = new("RP-2", "X-Sender: <a@x.test> <c@x.test>\r\n" + Receiver + Message),
        ["X-Sender without an address"] = new("RP-2", "X-Sender:\r\n" + Receiver + Message),
        ["the null sender as a recipient"] = BadFile.Reported("RP-2", Sender + "X-Receiver: <>\r\n" + Message),
        ["X-headers behind ordinary fields"] = BadFile.Reported("RP-2", Sender + "Subject: s\r\n" + Receiver + Message),
        ["a late X-Receiver"] = BadFile.Reported("RP-2", Sender + Receiver + "Subject: s\r\n" + Receiver + Message),
        ["a domain that can be none"] = BadFile.Reported("RT-4", Sender + "X-Receiver: <b@x.test!>\r\n" + Message),
        ["an empty X-CreatedBy"] = BadFile.Reported("EN-6", Sender + Receiver + "X-CreatedBy: \r\n" + Message),
        ["BODY that is none"] = new("EN-1", "X-Sender: <a@x.test> BODY=9BIT\r\n" + Receiver + Message),
        ["RET that is none"] = new("EN-1", "X-Sender: <a@x.test> RET=SOME\r\n" + Receiver + Message),
        ["NOTIFY that is none"] = BadFile.Reported("EN-2", Sender + "X-Receiver: <b@x.test> NOTIFY=NEVER,SUCCESS\r\n" + Message),
        ["a bare CR in an address"] = BadFile.Reported("EN-7", Sender + "X-Receiver: <b\r@x.test>\r\n" + Message),
        ["CR LF in xtext"] = new("EN-7", "X-Sender: <a@x.test> ENVID=1+0D+0AX-Receiver:+20<evil@x.test>\r\n" + Receiver + Message),
        ["an address folded into another field"] = BadFile.Reported("RP-2", Sender + "X-Receiver: <b@x.test\r\n\tX-Receiver: <evil@x.test>\r\n" + Message),
        ["an encoded word for an address"] = BadFile.Reported("RP-2", Sender + "X-Receiver: =?utf-8?Q?<evil@x.test>=0D=0A?=\r\n" + Message),
        ["wrong UTF-8 in an address"] = BadFile.Reported("EN-3", Sender + "X-Receiver: <m\u00fcller@x.test>\r\n" + Message),
        ["binary"] = new("RP-2", [0, 1, 2, 3, 10, 255, 254, 10, 10, 0]),
    };

    public static TheoryData<string> Names => [.. Files.Keys];

    [Theory(DisplayName = "BM-1, ND-1, RP-2: a Replay file that breaks a rule is reported to its sender, or kept aside with the rule's id in name.bad.txt, and the log names the rule")]
    [MemberData(nameof(Names))]
    public void Names_the_broken_rule(string name) => run.AssertIsBad(name);

    [Fact(DisplayName = "BM-1: bad Replay files neither stop nor crash the host: the good one behind them is delivered, and each is logged once")]
    public void Nothing_is_stuck() => run.AssertNothingIsStuck();

    /// <summary>The run over <see cref="Files"/>.</summary>
    public sealed class Run() : BadFileRun("replay", Files);
}
