using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Intake.Pickup;

/// <summary>Pairs of a file and what becomes of it, octet for octet. The Received field in front is added here, not in the table.</summary>
public class PickupGoldenTests
{
    private const string Id = "Message-ID: <1@x>\r\n";
    private const string Date = "Date: Fri, 30 Jan 2026 10:00:00 +0100\r\n";
    private const string Stamped = Id + Date;
    private const string FromBob = "From: bob@contoso.com\r\n";
    private const string ToMary = "To: mary@contoso.com\r\n";
    private const string Plain = Stamped + FromBob + ToMary + "\r\nbody\r\n";

    public static IEnumerable<TheoryDataRow<string, string, string, string>> Pairs =>
    [
        Row(
            "PU-10: a message with all it needs",
            Plain, Plain, "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-10: odd folding, casing and order stay",
            "X-Odd :\tfolded\r\n \t twice\r\n" + Plain, "X-Odd :\tfolded\r\n \t twice\r\n" + Plain, "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-10: the body stays, whatever it holds",
            Stamped + FromBob + ToMary + "\r\nFrom: x\r\n\r\nBcc: y\r\n.\r\n..z", Stamped + FromBob + ToMary + "\r\nFrom: x\r\n\r\nBcc: y\r\n.\r\n..z", "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-5: a file that ends with its header has an empty body",
            Stamped + FromBob + ToMary, Stamped + FromBob + ToMary + "\r\n", "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-5: also when its last line has no end",
            Stamped + FromBob + "To: mary@contoso.com", Stamped + FromBob + ToMary + "\r\n", "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-6: From is the sender even when Sender is there",
            Stamped + "Sender: secretary@contoso.com\r\n" + FromBob + ToMary + "\r\n", Stamped + "Sender: secretary@contoso.com\r\n" + FromBob + ToMary + "\r\n", "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-6: of several From the Sender",
            Stamped + "Sender: s@contoso.com\r\nFrom: a@contoso.com, b@contoso.com\r\n" + ToMary + "\r\n", Stamped + "Sender: s@contoso.com\r\nFrom: a@contoso.com, b@contoso.com\r\n" + ToMary + "\r\n", "s@contoso.com", "mary@contoso.com"),
        Row(
            "PU-5: a Sender alone will do",
            Stamped + "Sender: s@contoso.com\r\n" + ToMary + "\r\n", Stamped + "Sender: s@contoso.com\r\n" + ToMary + "\r\n", "s@contoso.com", "mary@contoso.com"),
        Row(
            "PU-7: To, Cc, Bcc in this order, each once; PU-8: Bcc leaves",
            Stamped + FromBob + "Bcc: d@x.com\r\nCc: c@x.com, a@x.com\r\nTo: a@x.com, b@X.COM, b@x.com\r\n\r\n", Stamped + FromBob + "Cc: c@x.com, a@x.com\r\nTo: a@x.com, b@X.COM, b@x.com\r\n\r\n", "bob@contoso.com", "a@x.com b@X.COM c@x.com d@x.com"),
        Row(
            "PU-7: local parts that differ in case are two",
            Stamped + FromBob + "To: A@x.com, a@x.com\r\n\r\n", Stamped + FromBob + "To: A@x.com, a@x.com\r\n\r\n", "bob@contoso.com", "A@x.com a@x.com"),
        Row(
            "PU-7: several fields of one name are all read",
            Stamped + FromBob + "To: a@x.com\r\nTo: b@x.com\r\n\r\n", Stamped + FromBob + "To: a@x.com\r\nTo: b@x.com\r\n\r\n", "bob@contoso.com", "a@x.com b@x.com"),
        Row(
            "PU-7: members of groups, and names, quotes and comments",
            Stamped + FromBob + "To: team: \"B, B\" <b@x.com>, c@x.com (hi);, =?utf-8?q?d=40e.com?= <d@x.com>\r\n\r\n", Stamped + FromBob + "To: team: \"B, B\" <b@x.com>, c@x.com (hi);, =?utf-8?q?d=40e.com?= <d@x.com>\r\n\r\n", "bob@contoso.com", "b@x.com c@x.com d@x.com"),
        Row(
            "PU-7: a folded list",
            Stamped + FromBob + "To: a@x.com,\r\n\tb@x.com\r\n ,c@x.com\r\n\r\n", Stamped + FromBob + "To: a@x.com,\r\n\tb@x.com\r\n ,c@x.com\r\n\r\n", "bob@contoso.com", "a@x.com b@x.com c@x.com"),
        Row(
            "PU-7: a quoted local part",
            Stamped + FromBob + "To: \"a b\"@x.com\r\n\r\n", Stamped + FromBob + "To: \"a b\"@x.com\r\n\r\n", "bob@contoso.com", "\"a b\"@x.com"),
        Row(
            "PU-7: IMCEA addresses pass as they are",
            Stamped + FromBob + "To: IMCEAFAX-+2B1425@contoso.com\r\n\r\n", Stamped + FromBob + "To: IMCEAFAX-+2B1425@contoso.com\r\n\r\n", "bob@contoso.com", "IMCEAFAX-+2B1425@contoso.com"),
        Row(
            "PU-7: UTF-8 addresses",
            Stamped + FromBob + "To: j\u00c3\u00b6rg@x.com\r\n\r\n", Stamped + FromBob + "To: j\u00c3\u00b6rg@x.com\r\n\r\n", "bob@contoso.com", "j\u00f6rg@x.com"),
        Row(
            "PU-8: only Bcc: the To becomes an undisclosed group",
            Stamped + FromBob + "bcc: a@x.com\r\n\r\nbody", "To: undisclosed-recipients:;\r\n" + Stamped + FromBob + "\r\nbody", "bob@contoso.com", "a@x.com"),
        Row(
            "PU-8: only Bcc, and an empty To",
            Stamped + FromBob + "To:\r\nBcc: a@x.com\r\n\r\n", "To: undisclosed-recipients:;\r\n" + Stamped + FromBob + "\r\n", "bob@contoso.com", "a@x.com"),
        Row(
            "PU-8: only Bcc, and a To that is an empty group of another name",
            Stamped + FromBob + "To: grp:;\r\nBcc: a@x.com\r\n\r\n", "To: undisclosed-recipients:;\r\n" + Stamped + FromBob + "\r\n", "bob@contoso.com", "a@x.com"),
        Row(
            "PU-8: only Bcc, and two To: one is left",
            Stamped + FromBob + "To:\r\nTo: undisclosed-recipients:;\r\nBcc: a@x.com\r\n\r\n", "To: undisclosed-recipients:;\r\n" + Stamped + FromBob + "\r\n", "bob@contoso.com", "a@x.com"),
        Row(
            "PU-8: a group whose name only begins so is another one",
            Stamped + FromBob + "To: undisclosed-recipients-list:;\r\nBcc: a@x.com\r\n\r\n", "To: undisclosed-recipients:;\r\n" + Stamped + FromBob + "\r\n", "bob@contoso.com", "a@x.com"),
        Row(
            "PU-8, PU-10: the undisclosed group stays in the spelling it has",
            Stamped + FromBob + "To:\r\n \"Undisclosed Recipients\": ;\r\nBcc: a@x.com\r\n\r\n", Stamped + FromBob + "To:\r\n \"Undisclosed Recipients\": ;\r\n\r\n", "bob@contoso.com", "a@x.com"),
        Row(
            "PU-8, PU-10: an empty group beside a recipient in Cc stays",
            Stamped + FromBob + "To: grp:;\r\nCc: c@x.com\r\n\r\n", Stamped + FromBob + "To: grp:;\r\nCc: c@x.com\r\n\r\n", "bob@contoso.com", "c@x.com"),
        Row(
            "PU-8: a To that is the undisclosed group stays",
            Stamped + FromBob + "To: undisclosed-recipients:;\r\nBcc: a@x.com\r\n\r\n", Stamped + FromBob + "To: undisclosed-recipients:;\r\n\r\n", "bob@contoso.com", "a@x.com"),
        Row(
            "PU-8: Bcc in every spelling leaves",
            Stamped + FromBob + ToMary + "BCC : a@x.com\r\nBcc:\r\n b@x.com\r\n\r\n", Stamped + FromBob + ToMary + "\r\n", "bob@contoso.com", "mary@contoso.com a@x.com b@x.com"),
        Row(
            "PU-8, HF-2: Received and Resent-* leave",
            "Received: from y\r\n by z\r\nRESENT-To: q@x.com\r\nresent-bcc: p@x.com\r\nResent-Message-ID: <2@x>\r\n" + Plain, Plain, "bob@contoso.com", "mary@contoso.com"),
        Row(
            "HF-2: organization and forest fields leave, others of Exchange stay",
            "X-MS-Exchange-Organization-SCL: -1\r\nx-ms-exchange-FOREST-a: b\r\nX-MS-Exchange-Other: c\r\n" + Plain, "X-MS-Exchange-Other: c\r\n" + Plain, "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-12: bare LF becomes CRLF",
            Plain.Replace("\r\n", "\n", StringComparison.Ordinal), Plain, "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-12: bare CR, NUL and 8-bit octets stay",
            Stamped + FromBob + ToMary + "Subject: \u00ff\r\u0000\r\n\r\na\rb\u0000\u00fe\r", Stamped + FromBob + ToMary + "Subject: \u00ff\r\u0000\r\n\r\na\rb\u0000\u00fe\r", "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-12: a byte-order mark is skipped",
            "\u00ef\u00bb\u00bf" + Plain, Plain, "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-12: an mbox line is skipped",
            "From bob@contoso.com Sat Jan 31 2026\r\n" + Plain, Plain, "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-12: the Outlook banner is skipped",
            "Microsoft Mail Internet Headers Version 2.0\n" + Plain, Plain, "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-12: all three are skipped",
            "\u00ef\u00bb\u00bfFrom x\nMicrosoft Mail Internet Headers Version 2.0\r\n" + Plain, Plain, "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-12: lines of blanks in front are skipped",
            "\t\r\n \t\n" + Plain, Plain, "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-12: dots are not taken off",
            Stamped + FromBob + ToMary + "\r\n..a\r\n.\r\n", Stamped + FromBob + ToMary + "\r\n..a\r\n.\r\n", "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-7, PU-11: an address in two X-Receiver lines is one recipient",
            "X-Receiver: joe@contoso.com\r\nX-Receiver: <joe@CONTOSO.com>\r\n" + Plain, Plain, "bob@contoso.com", "joe@contoso.com"),
        Row(
            "PU-11, EN-5: behind the end mark X-Receiver is the message's own",
            "X-Receiver: joe@contoso.com\r\nX-EndOfInjectedXHeaders: 1\r\nX-Receiver: ann@contoso.com\r\n" + Plain, "X-Receiver: ann@contoso.com\r\n" + Plain, "bob@contoso.com", "joe@contoso.com"),
        Row(
            "PU-11: X-Sender later in the header is an ordinary field",
            Plain.Replace("\r\n\r\n", "\r\nX-Sender: <e@x.com>\r\n\r\n", StringComparison.Ordinal), Plain.Replace("\r\n\r\n", "\r\nX-Sender: <e@x.com>\r\n\r\n", StringComparison.Ordinal), "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-6: From is the sender whatever is wrong with Sender",
            Stamped + "Sender: a@x.com, b@x.com\r\nSender: @@\r\n" + FromBob + ToMary + "\r\n", Stamped + "Sender: a@x.com, b@x.com\r\nSender: @@\r\n" + FromBob + ToMary + "\r\n", "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-5, PU-8: a To that says nobody gives way to the undisclosed group beside Bcc",
            Stamped + FromBob + "To: undisclosed-recipients\r\nCc: (none)\r\nBcc: a@x.com\r\n\r\n", "To: undisclosed-recipients:;\r\n" + Stamped + FromBob + "Cc: (none)\r\n\r\n", "bob@contoso.com", "a@x.com"),
        Row(
            "PU-5: obsolete and sloppy lists enter the envelope, and the field stays",
            Stamped + FromBob + "To: ,a@x.com;; \"b..c\".d@x.com , Smith, Mary <,@r.com,,@s.com:m@x.com>\r\n\r\n", Stamped + FromBob + "To: ,a@x.com;; \"b..c\".d@x.com , Smith, Mary <,@r.com,,@s.com:m@x.com>\r\n\r\n",
            "bob@contoso.com", "a@x.com \"b..c.d\"@x.com m@x.com"),
        Row(
            "PU-11: with X-Receiver, From and To are for people and need not be readable",
            "X-Sender: e@x.com\r\nX-Receiver: r@x.com\r\n" + Stamped + "From: Bob, home\r\nTo: all of you\r\nSender: @@\r\n\r\n", Stamped + "From: Bob, home\r\nTo: all of you\r\nSender: @@\r\n\r\n", "e@x.com", "r@x.com"),
        Row(
            "PU-11: a missing From is made from X-Sender, and a missing To is the undisclosed group",
            "X-Sender: \"E\" <e@x.com>\r\nX-Receiver: r@x.com\r\n" + Stamped + "\r\n", Stamped.Insert(0, "From: <e@x.com>\r\nTo: undisclosed-recipients:;\r\n") + "\r\n", "e@x.com", "r@x.com"),
        Row(
            "PU-11: an empty From is missing",
            "X-Sender: e@x.com\r\nX-Receiver: r@x.com\r\n" + Stamped + "From: \r\n" + ToMary + "\r\n", "From: <e@x.com>\r\n" + Stamped + ToMary + "\r\n", "e@x.com", "r@x.com"),
        Row(
            "PU-11: the null sender is no From",
            "X-Sender: <>\r\nX-Receiver: r@x.com\r\n" + Stamped + ToMary + "\r\n", Stamped + ToMary + "\r\n", "", "r@x.com"),
        Row(
            "PU-11: an application's own fields beside X-Receiver stay and are not judged",
            "X-CreatedBy:\r\nX-Receiver: r@x.com\r\nX-Source: app\r\nX-SourceIPAddress: none\r\n" + Plain, "X-CreatedBy:\r\nX-Source: app\r\nX-SourceIPAddress: none\r\n" + Plain, "bob@contoso.com", "r@x.com"),
        Row(
            "PU-11: an application's own X-Source between X-Sender and X-Receiver stays",
            "X-Sender: e@x.com\r\nX-Source: app, line 1\r\n\tline 2\r\nX-Receiver: r@x.com\r\n" + Plain, "X-Source: app, line 1\r\n\tline 2\r\n" + Plain, "e@x.com", "r@x.com"),
        Row(
            "PU-11: an X-Source that is empty, there twice, or in another case stays",
            "X-Receiver: r@x.com\r\nX-Source:\r\nx-SOURCE: SMTP:Default\r\n" + Plain, "X-Source:\r\nx-SOURCE: SMTP:Default\r\n" + Plain, "bob@contoso.com", "r@x.com"),
        Row(
            "PU-11: an X-Source further down beside X-Receiver stays",
            "X-Receiver: r@x.com\r\n" + Plain.Replace("\r\n\r\n", "\r\nX-Source: app\r\n\r\n", StringComparison.Ordinal), Plain.Replace("\r\n\r\n", "\r\nX-Source: app\r\n\r\n", StringComparison.Ordinal), "bob@contoso.com", "r@x.com"),
        Row(
            "PU-11: an X-Source without X-Receiver is an ordinary field",
            "X-Source: app\r\n" + Plain, "X-Source: app\r\n" + Plain, "bob@contoso.com", "mary@contoso.com"),
        Row(
            "PU-11: with the end mark the whole block leaves",
            "X-CreatedBy: app\r\nX-Receiver: r@x.com\r\nX-Own: o\r\nX-Source: app\r\nX-MessageSnapshot-A: 1\r\nX-EndOfInjectedXHeaders: 1\r\nX-Source: own\r\n" + Plain, "X-Own: o\r\nX-Source: own\r\n" + Plain, "bob@contoso.com", "r@x.com"),
        Row(
            "EN-11: a postmaster without a domain is at the default domain",
            "X-Receiver: <postmaster>\r\n" + Plain, Plain, "bob@contoso.com", "postmaster@contoso.com"),
    ];

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Becomes(string file, string message, string sender, string recipients)
    {
        var bench = IntakeBench.ForPickup();

        var accepted = await bench.AcceptAsync(file);

        Assert.Equal(IntakeBench.PickupReceived + message, accepted.Octets);
        Assert.Equal(sender, accepted.Envelope.Sender);
        Assert.Equal(recipients, string.Join(' ', accepted.Envelope.Recipients.Select(recipient => recipient.Address)));
        Assert.Equal(("FC", "Pickup"), (accepted.Envelope.CreatedBy, accepted.Envelope.Source));
    }

    [Theory(DisplayName = "PU-9: a Message-ID that says nothing is replaced, wherever it stands; one that says something stays")]
    [InlineData("Message-ID: <>\r\n")]
    [InlineData("Message-Id:<>\r\n")]
    [InlineData("message-id: \r\n")]
    [InlineData("Message-ID:\r\n <\r\n >\r\n")]
    [InlineData("Message-ID: < >\r\nMessage-ID: <>\r\n")]
    [InlineData("")]
    public async Task Replaces_an_empty_id(string fields)
    {
        var header = Date + FromBob + fields + ToMary;

        var lines = (await IntakeBench.ForPickup().AcceptAsync(header + "\r\n<>\r\n")).Octets.Split("\r\n");

        Assert.Matches("^Message-ID: <[0-9a-f-]{36}@contoso.com>$", Assert.Single(lines, line => line.Contains("essage-", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(IntakeBench.PickupReceived.TrimEnd(), lines[0]);
        Assert.Equal((Date + FromBob + ToMary + "\r\n<>\r\n").Split("\r\n"), lines.Skip(1).Where(line => !line.StartsWith("Message-ID", StringComparison.Ordinal)));
    }

    [Theory(DisplayName = "PU-12: with the option dots are taken off the body, and only there")]
    [InlineData("..a\r\n.b\r\n.\r\nc", ".a\r\nb\r\n.\r\nc")]
    [InlineData(".", ".")]
    [InlineData("a\n..b\n", "a\r\n.b\r\n")]
    public async Task Takes_dots_off(string body, string expected)
    {
        var bench = IntakeBench.ForPickup(new PickupOptions { DotStuffed = true });

        var accepted = await bench.AcceptAsync(Stamped + FromBob + ToMary + "X: a\r\n ..b\r\n\r\n" + body);

        Assert.Equal(IntakeBench.PickupReceived + Stamped + FromBob + ToMary + "X: a\r\n ..b\r\n\r\n" + expected, accepted.Octets);
    }

    [Fact(DisplayName = "PU-12: line ends of a BINARYMIME message stay")]
    public async Task Keeps_binary()
    {
        var bench = IntakeBench.ForPickup();

        var accepted = await bench.AcceptAsync("X-Sender: <bob@contoso.com> BODY=BINARYMIME\nX-Receiver: <mary@contoso.com>\n" + Plain.Replace("\r\n", "\n", StringComparison.Ordinal));

        Assert.Equal(BodyType.BinaryMime, accepted.Envelope.Body);
        Assert.Equal(IntakeBench.PickupReceived + Plain.Replace("\r\n", "\n", StringComparison.Ordinal), accepted.Octets);
    }

    private static TheoryDataRow<string, string, string, string> Row(string rule, string file, string message, string sender, string recipients) =>
        new(file, message, sender, recipients) { TestDisplayName = rule };
}
