using System.Net;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Replay;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Intake.Replay;

/// <summary>Pairs of a Replay file and what becomes of it, octet for octet. The Received field in front is added here, not in the table.</summary>
public class ReplayGoldenTests
{
    private const string Sender = "X-Sender: <bob@fabrikam.com>\r\n";
    private const string Receiver = "X-Receiver: <mary@contoso.com>\r\n";
    private const string Envelope = Sender + Receiver;
    private const string Stamped = "Message-ID: <1@x>\r\nDate: Fri, 30 Jan 2026 10:00:00 +0100\r\n";
    private const string Plain = Stamped + "From: bob@fabrikam.com\r\nTo: mary@contoso.com\r\n\r\nbody\r\n";

    public static IEnumerable<TheoryDataRow<string, string, string, string>> Pairs =>
    [
        Row(
            "RP-3: the block leaves, the message stays",
            Envelope + "X-CreatedBy: Fax\r\nX-EndOfInjectedXHeaders: 99999\r\n" + Plain, Plain, "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "RP-2: From, To and Cc say nothing about the envelope, and stay",
            Envelope + Stamped + "From: not an address @@\r\nCc: x@y.com\r\n\r\n", Stamped + "From: not an address @@\r\nCc: x@y.com\r\n\r\n", "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "RP-2: the null sender",
            "X-Sender: <>\r\n" + Receiver + Plain, Plain, "", "mary@contoso.com"),
        Row(
            "RP-2: several receivers, in order",
            Sender + "X-Receiver: <b@x.com>\r\nX-Receiver: <a@x.com>\r\n" + Plain, Plain, "bob@fabrikam.com", "b@x.com a@x.com"),
        Row(
            "EN-3: names without case, folded values, addresses without brackets",
            "x-SENDER:\r\n\tbob@fabrikam.com\r\nX-receiver: mary@contoso.com\r\n  notify=NEVER\r\n" + Plain, Plain, "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "EN-5: the number behind the block is never trusted",
            Envelope + "X-EndOfInjectedXHeaders: not even a number\r\n" + Plain, Plain, "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "EN-5: what looks like an X-header behind the end of the block belongs to the message",
            Envelope + "X-EndOfInjectedXHeaders: 1\r\nX-Receiver: <evil@x.com>\r\n" + Plain, "X-Receiver: <evil@x.com>\r\n" + Plain, "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "EN-7: a recipient of another system is an IMCEA address",
            Sender + "X-Receiver: <IMCEAFAX-+2B1425@contoso.com>\r\n" + Plain, Plain, "bob@fabrikam.com", "IMCEAFAX-+2B1425@contoso.com"),
        Row(
            "RP-3: Bcc leaves, Received and Resent-* stay, Resent-Bcc with them",
            Envelope + "Bcc: s@x.com\r\nReceived: from y\r\nResent-To: q@x.com\r\nResent-Bcc: r@x.com\r\n" + Plain,
            "Received: from y\r\nResent-To: q@x.com\r\nResent-Bcc: r@x.com\r\n" + Plain, "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "HF-3: organization and forest fields of an unknown creator leave",
            Envelope + "X-CreatedBy: MSExchange15\r\nX-EndOfInjectedXHeaders: 1\r\nX-MS-Exchange-Organization-SCL: -1\r\nX-MS-Exchange-Forest-A: b\r\n" + Plain,
            Plain, "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "PU-12: a byte-order mark is skipped and bare LF becomes CRLF",
            "\u00ef\u00bb\u00bf" + (Envelope + Plain).Replace("\r\n", "\n", StringComparison.Ordinal), Plain, "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "PU-12: lines of blanks in front are skipped",
            " \r\n\t\r\n" + Envelope + Plain, Plain, "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "RP-5: the body stays, whatever it holds",
            Envelope + Plain + "\0\u00ff..\r\n.\r\nX-Receiver: <c@x.com>\r\n", Plain + "\0\u00ff..\r\n.\r\nX-Receiver: <c@x.com>\r\n", "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "RP-6: lines that are no fields stay where they are, and fields behind them are edited all the same",
            Envelope + "X-EndOfInjectedXHeaders: 1\r\n" + Stamped + "no field at all\r\n: nor this\r\n folded\r\nBcc: s@x.com\r\nS\u00fcbject: x\r\n>From y\r\n\r\nbody",
            Stamped + "no field at all\r\n: nor this\r\n folded\r\nS\u00fcbject: x\r\n>From y\r\n\r\nbody", "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "RP-6: a header without a blank line is a message with an empty body",
            Envelope + Stamped + "Subject: s\r\n", Stamped + "Subject: s\r\n\r\n", "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "RP-6: also when its last line has no end",
            Envelope + Stamped + "Subject: s", Stamped + "Subject: s\r\n\r\n", "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "RP-2: behind the block other injected names are ordinary fields",
            Envelope + Stamped + "X-Sender: list\r\nX-CreatedBy:\r\nX-EndOfInjectedXHeaders: 1\r\n\r\n", Stamped + "X-Sender: list\r\nX-CreatedBy:\r\nX-EndOfInjectedXHeaders: 1\r\n\r\n", "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "EN-10: what pipeline tracing adds is dropped",
            "X-MessageSnapshot-UTC-Time: x\r\n" + Envelope + "X-messagesnapshot-Source: y\r\n" + Plain, Plain, "bob@fabrikam.com", "mary@contoso.com"),
        Row(
            "EN-11: the same recipient named twice counts once, whatever its notation",
            Sender + Receiver + "X-Receiver: <mary@CONTOSO.com>\r\nX-Receiver: \"mary\"@contoso.com\r\nX-Receiver: <joe@contoso.com>\r\n" + Plain, Plain, "bob@fabrikam.com", "mary@contoso.com joe@contoso.com"),
        Row(
            "EN-11: a postmaster without a domain is at the default domain",
            "X-Sender: <Postmaster>\r\nX-Receiver: <postmaster>\r\n" + Plain, Plain, "Postmaster@contoso.com", "postmaster@contoso.com"),
        Row(
            "EN-11: a recipient whose domain can be none keeps no other from its message; routing refuses it",
            Sender + "X-Receiver: <a@x.com!>\r\nX-Receiver: <a@x.com!>\r\n" + Receiver + Plain, Plain, "bob@fabrikam.com", "a@x.com! mary@contoso.com"),
    ];

    [Theory(DisplayName = "RP-3: Received says where the file comes from: its X-HeloDomain where that can be a host, else this server")]
    [InlineData("gw.fabrikam.com", "gw.fabrikam.com")]
    [InlineData("[192.0.2.1]", "[192.0.2.1]")]
    [InlineData("gw by evil with", "hub01.contoso.com")]
    [InlineData("gw;", "hub01.contoso.com")]
    [InlineData("(gw", "hub01.contoso.com")]
    [InlineData("", "hub01.contoso.com")]
    public async Task Names_the_server_of_the_file(string domain, string server)
    {
        var accepted = await IntakeBench.ForReplay().AcceptAsync($"{Envelope}X-HeloDomain: {domain}\r\n{Plain}");

        Assert.Equal(IntakeBench.ReplayReceived.Replace("from hub01.contoso.com", $"from {server}", StringComparison.Ordinal) + Plain, accepted.Octets);
    }

    [Fact(DisplayName = "EN-11: what was left out of the envelope is logged once, by the name of the file")]
    public async Task Logs_what_is_left_out()
    {
        var bench = IntakeBench.ForReplay();

        var accepted = await bench.AcceptAsync(Sender + "X-Receiver: <mary@contoso.com> ORCPT=\r\nX-Receiver: <joe@contoso.com> ORCPT=rfc822;\r\nX-HeloDomain: a\rb\r\n" + Plain);

        Assert.All(accepted.Envelope.Recipients, recipient => Assert.Null(recipient.OriginalRecipient));
        var logged = Assert.Single(bench.Logger.Collector.GetSnapshot());
        Assert.Equal("Replay: \"a.eml\" was taken without its ORCPT, X-HeloDomain, which cannot be read", logged.Message);
    }

    [Theory(DisplayName = "PU-9: a Message-ID that says nothing is replaced")]
    [InlineData("Message-ID: <>\r\n")]
    [InlineData("Message-ID:\r\n <\r\n >\r\nmessage-id: < >\r\n")]
    [InlineData("Message-ID: \r\n")]
    public async Task Replaces_an_empty_id(string fields)
    {
        var lines = (await IntakeBench.ForReplay().AcceptAsync(Envelope + fields + "Subject: s\r\n\r\n")).Octets.Split("\r\n");

        Assert.Matches("^Message-ID: <[0-9a-f-]{36}@contoso.com>$", Assert.Single(lines, line => line.Contains("essage-", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(["Subject: s", "", ""], lines[3..]);
    }

    [Fact(DisplayName = "EN-6: an empty X-SourceIPAddress is 0.0.0.0")]
    public async Task Reads_an_empty_address() =>
        Assert.Equal(IPAddress.Any, (await IntakeBench.ForReplay().AcceptAsync(Envelope + "X-SourceIPAddress:\r\n" + Plain)).Envelope.SourceIPAddress);

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Becomes(string file, string message, string sender, string recipients)
    {
        var accepted = await IntakeBench.ForReplay().AcceptAsync(file);

        Assert.Equal(IntakeBench.ReplayReceived + message, accepted.Octets);
        Assert.Equal(sender, accepted.Envelope.Sender);
        Assert.Equal(recipients, string.Join(' ', accepted.Envelope.Recipients.Select(recipient => recipient.Address)));
    }

    [Fact(DisplayName = "EN-6: what is absent means Unspecified, Replay and 0.0.0.0")]
    public async Task Absent_fields_have_their_meaning()
    {
        var envelope = (await IntakeBench.ForReplay().AcceptAsync(Envelope + Plain)).Envelope;

        Assert.Equal(("Unspecified", "Replay", IPAddress.Any), (envelope.CreatedBy, envelope.Source, envelope.SourceIPAddress));
    }

    [Fact(DisplayName = "EN-4, RP-3: the parameters of the block are in the envelope, unknown ones included")]
    public async Task Parameters_are_kept()
    {
        var block = "X-Sender: <bob@fabrikam.com> BODY=8bitmime RET=HDRS ENVID=12+2B45 AUTH=<some>\r\n"
            + "X-Receiver: <mary@contoso.com> NOTIFY=NEVER ORCPT=rfc822;m@contoso.com; X-ExtendedProps=BQAV\r\n AgAA\r\n"
            + "X-HeloDomain: gw.fabrikam.com\r\nX-Source: SMTP:Default\r\nX-SourceIPAddress: 10.1.2.3\r\n";

        var envelope = (await IntakeBench.ForReplay().AcceptAsync(block + Plain)).Envelope;

        var recipient = Assert.Single(envelope.Recipients);
        Assert.Equal((BodyType.EightBitMime, DsnReturn.Hdrs, "12+45", "<some>"), (envelope.Body, envelope.Return, envelope.EnvelopeId, envelope.Auth));
        Assert.Equal((DsnNotify.Never, "m@contoso.com"), (recipient.Notify, recipient.OriginalRecipient?.Address));
        Assert.Equal("BQAV AgAA", Assert.Single(recipient.ExtensionParameters).Value);
        Assert.Equal(("gw.fabrikam.com", "SMTP:Default", IPAddress.Parse("10.1.2.3")), (envelope.HeloDomain, envelope.Source, envelope.SourceIPAddress));
    }

    [Theory(DisplayName = "HF-3: organization and forest fields pass when X-CreatedBy names a trusted product, without case, and only then")]
    [InlineData("MSExchange15", true)]
    [InlineData("msexchange15", true)]
    [InlineData("MSExchange1", false)]
    [InlineData("MSExchange15x", false)]
    public async Task Trusted_creators(string creator, bool pass)
    {
        const string fields = "X-MS-Exchange-Organization-SCL: -1\r\nX-MS-Exchange-Forest-A: b\r\n";
        var bench = IntakeBench.ForReplay(new ReplayOptions { TrustedCreators = { "MSExchange15" } });

        var accepted = await bench.AcceptAsync($"{Envelope}X-CreatedBy: {creator}\r\nX-EndOfInjectedXHeaders: 1\r\n{fields}{Plain}");

        Assert.Equal(IntakeBench.ReplayReceived + (pass ? fields : "") + Plain, accepted.Octets);
    }

    [Fact(DisplayName = "PU-9: a missing Message-ID and Date are added behind Received, and the Message-ID is the same at every attempt")]
    public async Task Stamps()
    {
        var bench = IntakeBench.ForReplay();
        var seen = new List<string>();
        bench.Intake.Script = async (item, _) =>
        {
            using var reader = new StreamReader(item.Content.OpenRead());
            seen.Add(await reader.ReadToEndAsync(CancellationToken.None));
            return seen.Count == 1 ? throw new IOException("full") : AcceptResult.Complete;
        };
        bench.Put(Envelope + "Subject: s\r\n\r\n");

        Assert.Equal(new PassResult { Left = 1 }, await bench.PassAsync());
        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());

        Assert.Equal(2, seen.Count);
        var ids = seen.Select(text => text.Split("\r\n").Single(line => line.StartsWith("Message-ID: <", StringComparison.Ordinal))).Distinct();
        Assert.EndsWith("@contoso.com>", Assert.Single(ids), StringComparison.Ordinal);
        Assert.All(seen, text => Assert.Contains("\r\nDate: Sat, 31 Jan 2026 23:59:58 +0000\r\nSubject: s\r\n\r\n", text, StringComparison.Ordinal));
    }

    [Fact(DisplayName = "RP-1: neither the size of the header nor the number of recipients is limited")]
    public async Task No_limits()
    {
        var receivers = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"X-Receiver: <r{i}@x.com>\r\n"));

        var accepted = await IntakeBench.ForReplay().AcceptAsync(Sender + receivers + "X-EndOfInjectedXHeaders: 1\r\nX-Long: " + new string('x', 200_000) + "\r\n" + Plain);

        Assert.Equal(2_000, accepted.Envelope.Recipients.Length);
    }

    [Fact(DisplayName = "PU-12: with the option dots are taken off the body")]
    public async Task Takes_dots_off()
    {
        var accepted = await IntakeBench.ForReplay(new ReplayOptions { DotStuffed = true }).AcceptAsync(Envelope + Plain + "..a\r\n");

        Assert.Equal(IntakeBench.ReplayReceived + Plain + ".a\r\n", accepted.Octets);
    }

    private static TheoryDataRow<string, string, string, string> Row(string rule, string file, string message, string sender, string recipients) =>
        new(file, message, sender, recipients) { TestDisplayName = rule };
}
