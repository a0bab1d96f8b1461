using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Tests.Intake;
using MimeKit;

namespace ForeignConnector.Lib.Tests.Mail;

/// <summary>PU-5: what is read of a list of addresses, and what is not.</summary>
public class AddressListReaderTests
{
    private static readonly string[] Parts =
    [
        "a", "bob", "Mary Smith", "b.c", "@", "@x.com", "a@x.com", "bob@contoso.com", "<", ">", "<a@x.com>", ",", ", ", " ", "\r\n ", "\"", "\"B, B\"", "\"a\\\"b\"", "(", ")", "(hi)", ":", ";",
        "team: ", ".", "..", "=?utf-8?q?a=40b?=", "[1.2.3.4]", "\\", "\u00fc", "\0", "\r", "\u00a0", "<@a,@b:", "-", "'", "!",
    ];

    // Elements as they are written, with the address they hold.
    private static readonly Gen<(string Text, string Address)> Mailbox = Gen.Select(
        Pieces.Of("", "Bob", "Mary J. Smith ", "\"Smith, Mary; (HR) <x@y>\" ", "=?utf-8?b?w7w=?=", "J\u00f6rg", "Smith, Mary"),
        Gen.OneOf(
            Gen.Const(("a@x.com", "a@x.com")), Gen.Const(("A.b@[192.0.2.1]", "A.b@[192.0.2.1]")), Gen.Const(("j\u00f6rg@xn--mller-kva.test", "j\u00f6rg@xn--mller-kva.test")),
            Gen.Const(("\"a b\"@m\u00fcller.test", "\"a b\"@m\u00fcller.test")), Gen.Const(("a . \"b\" (c) @ x . com", "a.b@x.com")), Gen.Const(("a..b.@x.com", "a..b.@x.com"))),
        Pieces.Of("", "@r.com:", ",@r.com,,@[192.0.2.1] : "),
        Pieces.Of("", " ", "(c, d) ", "\r\n\t"))
        .Select((name, address, route, blank) => name.Length + route.Length == 0
            ? (blank + address.Item1 + blank, address.Item2)
            : ($"{blank}{name}<{blank}{route}{address.Item1}{blank}>{blank}", address.Item2));

    [Theory(DisplayName = "PU-5: empty elements, comments, groups, routes, obsolete words, semicolons, stray dots and quotes keep nobody from being read")]
    [InlineData(" , a@x.test\r\n", "a@x.test")]
    [InlineData(",a@x.test,,b@x.test,", "a@x.test b@x.test")]
    [InlineData("Team:,a@x.test,,b@x.test,;", "a@x.test b@x.test")]
    [InlineData("a:b:c@x.test;;,d@x.test", "c@x.test d@x.test")]
    [InlineData("Team: a@x.test", "a@x.test")]
    [InlineData("mailto:a@x.test", "a@x.test")]
    [InlineData("a@x.test; b@x.test;", "a@x.test b@x.test")]
    [InlineData("\"foo..bar\".baz@x.test", "\"foo..bar.baz\"@x.test")]
    [InlineData("\"foo\".bar . \"baz\"@x.test", "foo.bar.baz@x.test")]
    [InlineData("a.\"b \\\"c\"@x.test", "\"a.b \\\"c\"@x.test")]
    [InlineData("\"a\r\n b\"@x.test", "\"a b\"@x.test")]
    [InlineData("<,@a.test,,@b.test:d@x.test>", "d@x.test")]
    [InlineData("Bob <@a.test,@[IPv6:::1] , @b.test : d@x.test>", "d@x.test")]
    [InlineData("a..b@x.test, a.@x.test, .a@x.test", "a..b@x.test a.@x.test .a@x.test")]
    [InlineData("\"a@x.test\", (c) \"b.c@x.test\" (d)", "a@x.test b.c@x.test")]
    [InlineData("a @ x . test, b(c)@(d)x(e).(f)test (g)", "a@x.test b@x.test")]
    [InlineData("a@[ 192.0.2.1 ], b@x.test.", "a@[192.0.2.1] b@x.test")]
    [InlineData("Smith, Mary <m@x.test>, O'Neil, Dr. Ann, PhD <o@x.test>", "m@x.test o@x.test")]
    [InlineData("a@x.test b@x.test <c@x.test> d@x.test", "c@x.test d@x.test")]
    [InlineData("a@x.test\r\n b@x.test (c) d@x.test", "a@x.test b@x.test d@x.test")]
    [InlineData("Bob <a@x.test, c@x.test", "a@x.test c@x.test")]
    [InlineData("<<a@x.test>>, \"Bob <b@x.test>", "a@x.test b@x.test")]
    [InlineData("bob@home <a@x.test>, [list] Foo <b@x.test>", "a@x.test b@x.test")]
    [InlineData("m\u00fcller <a@xn--mller-kva.test>, b@m\u00fcller.xn--mller-kva.TEST", "a@xn--mller-kva.test b@m\u00fcller.xn--mller-kva.TEST")]
    public void Reads(string value, string addresses) => Assert.Equal(addresses, Shown(value));

    [Theory(DisplayName = "PU-5: what names nobody is no element")]
    [InlineData("")]
    [InlineData(" \r\n")]
    [InlineData("(none)")]
    [InlineData(",; , (a),")]
    [InlineData("<>")]
    [InlineData("MAILER-DAEMON < >")]
    [InlineData("undisclosed-recipients")]
    [InlineData("Undisclosed recipients:;")]
    [InlineData("\"undisclosed recipient\"")]
    [InlineData("Recipient List Not Shown: ;")]
    [InlineData("unlisted-recipients:; (no To-header on input)")]
    public void Knows_nobody(string value) => Assert.Equal("", Shown(value));

    [Theory(DisplayName = "PU-5: what cannot be read is told as it was written, and what stands beside it is read")]
    [InlineData(", a@x.test,, not an address", "a@x.test|not an address")]
    [InlineData("not an address,, Bob <a@x.test>", "|not an address a@x.test")]
    [InlineData("mary; Bob <a@x.test>", "|mary a@x.test")]
    [InlineData("a@x.test, @@, b@x.test", "a@x.test|@@ b@x.test")]
    [InlineData("a@x.test bob", "|a@x.test bob")]
    [InlineData("x@exam ple.test", "|x@exam ple.test")]
    [InlineData("x@exam ple.test, a@x.test", "|x@exam ple.test a@x.test")]
    [InlineData("a@x.test; x@mail.exam\tple", "a@x.test|x@mail.exam ple")]
    [InlineData("x@exam\r\n ple.test", "|x@exam ple.test")]
    [InlineData("x@exam (c) ple.test, a@x.test", "|x@exam (c) ple.test a@x.test")]
    [InlineData("x@m\u00fc ller.test, a@x.test", "|x@m\u00fc ller.test a@x.test")]
    [InlineData("x@exam \u00e9ple.test", "|x@exam \u00e9ple.test")]
    [InlineData("Team: x@exam ple.test;, a@x.test", "|x@exam ple.test a@x.test")]
    [InlineData("a@b ple.test c@x.test, d@x.test", "|a@b ple.test c@x.test d@x.test")]
    [InlineData("\"x\"@exam ple.test", "|\"x\"@exam ple.test")]
    [InlineData("<x@exam ple.test>, a@x.test", "|<x@exam ple.test> a@x.test")]
    [InlineData("x@[192.0.2.1] ple.test, a@x.test", "|x@[192.0.2.1] ple.test a@x.test")]
    [InlineData("<a@x.test> bob", "a@x.test|bob")]
    [InlineData("bob smith@x.test, a@x.test", "|bob smith@x.test a@x.test")]
    [InlineData("b@y@z.test, a@x.test", "|b@y@z.test a@x.test")]
    [InlineData("Bob <mary smith@x.test>, a@x.test", "|Bob <mary smith@x.test> a@x.test")]
    [InlineData("Bob <no, address> ,a@x.test", "|Bob <no, address> a@x.test")]
    [InlineData("b@x.test:c@x.test, a@x.test", "|b@x.test:c@x.test a@x.test")]
    [InlineData("a@x.test, \"b@x.test", "a@x.test|\"b@x.test")]
    [InlineData("a@x.test, (b@x.test, c@x.test", "a@x.test|(b@x.test, c@x.test")]
    [InlineData("a@x.test,\r\n =?utf-8?Q?b@x.test=0D=0AX-Receiver:_<evil@x.test>?=", "a@x.test|=?utf-8?Q?b@x.test=0D=0AX-Receiver:_<evil@x.test>|?=")]
    [InlineData("a@x.test, b\0@x.test", "a@x.test|b?@x.test")]
    [InlineData("a@x.test, \"b\rc\"@x.test", "a@x.test|\"bc\"@x.test")]
    [InlineData("mary\r\n\tsmith, a@x.test", "|mary smith a@x.test")]
    public void Tells_what_cannot_be_read(string value, string elements) => Assert.Equal(elements, Shown(value));

    [Theory(DisplayName = "PU-5, AS-2: a domain that can never be one is refused at once")]
    [InlineData("a@x.test\u00a0")]
    [InlineData("a@x.\u3000test")]
    [InlineData("a@x\u2009.test")]
    [InlineData("a@x.test\u200b")]
    [InlineData("a@\ufeffx.test")]
    [InlineData("a@x.test\u00ad")]
    [InlineData("'a@x.test'")]
    [InlineData("<a@x.test!>")]
    [InlineData("a@x.te*st")]
    [InlineData("a@x/y.test")]
    [InlineData("a@0123456789012345678901234567890123456789012345678901234567890123.test")]
    public void Refuses_impossible_domains(string value)
    {
        var element = Assert.Single(Read(Encoding.UTF8.GetBytes(value + ", b@x.test")), element => element.Problem is not null);

        Assert.Equal(("AS-2", value), (element.Problem!.Rule, element.Text));
    }

    [Theory(DisplayName = "PU-5: a blank or a character that cannot be seen in an unquoted local part is refused, as it is behind the address")]
    [InlineData("\u00a0a@x.test")]
    [InlineData("\ufeffa@x.test")]
    [InlineData("\u200ba@x.test")]
    [InlineData("\u200da@x.test")]
    [InlineData("\u2060a@x.test")]
    [InlineData("\u00ada@x.test")]
    [InlineData("\u202ea@x.test")]
    [InlineData("\u3000a@x.test")]
    [InlineData("\u2028a@x.test")]
    [InlineData("\U000e0001a@x.test")]
    [InlineData("a\u00a0@x.test")]
    [InlineData("a\u200bb@x.test")]
    [InlineData("Bob <\u00a0a@x.test>")]
    public void Refuses_unseen_characters(string value)
    {
        var element = Assert.Single(Read(Encoding.UTF8.GetBytes(value + ", b@x.test")), element => element.Problem is not null);

        Assert.Equal(("EN-2", value), (element.Problem!.Rule, element.Text));
        Assert.Contains("U+", element.Why, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "PU-5: what words and signs need is taken in a local part, and so is anything in quotes")]
    [InlineData("\u0646\u0627\u0645\u0647\u200c\u0627\u06cc@x.test")]
    [InlineData("\U0001f469\u200d\U0001f4bb@x.test")]
    [InlineData("\U0001f3f4\U000e0067\U000e0062\U000e007f@x.test")]
    [InlineData("a\u0301@x.test")]
    [InlineData("\"\u00a0a\"@x.test")]
    public void Takes_what_words_need(string address) => Assert.Equal(address, Assert.Single(Read(Encoding.UTF8.GetBytes(address)), element => element.Problem is null).Text);

    [Theory(DisplayName = "AS-2: text in brackets that is no address of a host is refused at once")]
    [InlineData("a@[x]")]
    [InlineData("a@[]")]
    [InlineData("a@[1.2.3]")]
    [InlineData("a@[1.2.3.256]")]
    [InlineData("a@[1.2.3.4.5]")]
    [InlineData("a@[1..3.4]")]
    [InlineData("a@[0001.2.3.4]")]
    [InlineData("a@[IPv6:]")]
    [InlineData("a@[IPv6:x]")]
    [InlineData("a@[ipv6:1.2.3.4]")]
    [InlineData("a@[2001:db8::1]")]
    [InlineData("a@[tag:]")]
    [InlineData("a@[:x]")]
    [InlineData("a@[tag-:x]")]
    [InlineData("a@[x.test]")]
    public void Refuses_what_is_no_literal(string value)
    {
        var element = Assert.Single(Read(Encoding.UTF8.GetBytes(value + ", b@x.test")), element => element.Problem is not null);

        Assert.Equal(("AS-2", value), (element.Problem!.Rule, element.Text));
    }

    [Theory(DisplayName = "AS-2: the address literals of RFC 5321 are taken")]
    [InlineData("[192.0.2.1]")]
    [InlineData("[0.0.0.0]")]
    [InlineData("[255.255.255.255]")]
    [InlineData("[IPv6:::]")]
    [InlineData("[IPv6:2001:db8::1]")]
    [InlineData("[ipv6:::ffff:192.0.2.1]")]
    [InlineData("[x-tag1:a.b]")]
    public void Takes_literals(string domain) => Assert.Equal("a@" + domain, Shown("a@" + domain));

    [Theory(DisplayName = "AS-2: domains that occur are taken as they are")]
    [InlineData("a_b.test")]
    [InlineData("_dmarc.x.test")]
    [InlineData("-x-.test")]
    [InlineData("localhost")]
    [InlineData("1.2")]
    [InlineData("fa\u00df.test")]
    [InlineData("\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.test")]
    public void Takes_odd_domains(string domain) => Assert.Equal("a@" + domain, Shown("a@" + domain));

    [Fact(DisplayName = "PU-5: an address that is not UTF-8 is refused, and what stands there can be shown")]
    public void Refuses_what_is_not_UTF_8()
    {
        var element = Assert.Single(Read([.. "m\u00fcller@x.test"u8.ToArray().Where(octet => octet != 0xC3)]));

        Assert.Equal(("m\ufffdller@x.test", "it is not UTF-8"), (element.Text, element.Problem!.Reason));
    }

    [Fact(DisplayName = "PU-5: mailboxes of every kind between separators of every kind are read, each of them")]
    public void Reads_lists_of_mailboxes() => Gen.Select(Mailbox.Array[1, 8], Pieces.Of(",", " , ", ";", ",,", ",\r\n\t(x),", ", undisclosed-recipients, ", ";team:")).Sample(
        (mailboxes, separator) => Assert.Equal(
            mailboxes.Select(mailbox => mailbox.Address), Read(Encoding.UTF8.GetBytes(string.Join(separator, mailboxes.Select(mailbox => mailbox.Text)))).Select(Element)), iter: 5_000);

    [Fact(DisplayName = "PU-5: whatever the pieces are, nothing is thrown, an address can stand in an envelope, and what is told can be shown")]
    public void Survives_anything() => Pieces.Of(Parts).Array[0, 14].Select(string.Concat).Sample(
        value =>
        {
            foreach (var element in Read(Encoding.UTF8.GetBytes(value)))
            {
                if (element.Problem is null)
                    Assert.Equal(element.Text, new EnvelopeRecipient(element.Text).Address);
                else
                    Assert.Equal(element.Text, EnvelopeRecipient.Unreadable(element.Text).Address);
            }
        },
        iter: 20_000);

    [Fact(DisplayName = "PU-5: what MimeKit reads of lists that are well-formed is read, with the same addresses")]
    public void Agrees_with_MimeKit() => Gen.Select(
        Gen.Select(
            Pieces.Of("", "Bob ", "\"Smith, Mary (HR) <x@y>; \" ", "=?utf-8?b?w7w=?= ", "Mary A. Smith ", "(c) "),
            Pieces.Of("a@x.com", "\"a b\"@x.com", "o'neil+tag@sub.contoso.com", "a@[192.0.2.1]", "A.B.c@X--y.COM", "j\u00f6rg@m\u00fcller.test"),
            (name, address) => name is "" or "(c) " ? name + address : $"{name}<{address}>").Array[1, 6],
        Pieces.Of(",", ", ", ",\r\n\t", ",,", ", (x), "),
        Pieces.Of("", "team: ")).Sample(
        (mailboxes, comma, group) =>
        {
            var value = Encoding.UTF8.GetBytes(group + string.Join(comma, mailboxes) + (group.Length > 0 ? ";" : ""));
            Assert.True(InternetAddressList.TryParse(value, out var list));
            Assert.Equal(list.Mailboxes.Select(mailbox => mailbox.Address), Read(value).Select(Element));
        },
        iter: 5_000);

    [Theory(DisplayName = "PU-5: reading takes time that grows with the length of the value and not with its square")]
    [InlineData("+0,")]
    [InlineData("a:")]
    [InlineData("(")]
    [InlineData("<a(>,")]
    [InlineData("<\"")]
    [InlineData("<<,")]
    [InlineData("<<:")]
    [InlineData("<<[")]
    [InlineData("\"\\")]
    [InlineData("@a,")]
    [InlineData("<@a,")]
    [InlineData("a@[")]
    [InlineData("a.")]
    [InlineData("=?")]
    [InlineData("a, ")]
    [InlineData("a@x.test ")]
    [InlineData("a@x.test . ")]
    [InlineData("a@x.test b")]
    [InlineData("a@x.test b ")]
    [InlineData("a@x.test a.")]
    [InlineData("a@x.test (c) ")]
    [InlineData("\u00a0a@[x],")]
    [InlineData("<a@x.test> b ")]
    [InlineData("b@-,'a@!',")]
    [InlineData("\"a\"")]
    [InlineData("<")]
    [InlineData("< ")]
    [InlineData("a<")]
    public void Takes_linear_time(string piece) => Growth.AssertLinear(2_000, pieces =>
    {
        var value = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, pieces)));
        return () => Read(value);
    });

    private static List<ListedAddress> Read(byte[] value)
    {
        var elements = new List<ListedAddress>();
        AddressListReader.Read(value, elements);
        return elements;
    }

    // A bar before each that cannot be read.
    private static string Element(ListedAddress element) => element.Problem is null ? element.Text : "|" + element.Text;

    private static string Shown(string value) =>
        string.Join(' ', Read(Encoding.UTF8.GetBytes(value)).Select(Element)).Replace(" |", "|", StringComparison.Ordinal);
}
