using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail.Addresses;
using MimeKit;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>PU-7: the short way through a list of addresses leads to the same addresses as MimeKit, or is not taken.</summary>
public class PlainAddressListTests
{
    // An address without a domain is one for MimeKit too.
    private static readonly ParserOptions Options = new() { AllowAddressesWithoutDomain = true };

    private static readonly string[] Parts =
    [
        "a", "bob", "Mary Smith", "b.c", "@", "@x.com", "a@x.com", "bob@contoso.com", "IMCEAFAX-+2B1@contoso.com", "<", ">", "<a@x.com>", ",", ", ", " ", "\t", "\r\n ", "\n ", "\r",
        "\"", "\"B, B\"", "\"a\\\"b\"", "(", ")", "(hi)", ":", ";", "team: ", ".", "..", "=?utf-8?q?a=40b?=", "xn--bcher-kva.example", "a@xn--x.com", "[1.2.3.4]", "\\", "\u00fc", "\0",
        "@a,@b:", "-", "_", "!", "x--y.com", "@1",
    ];

    private static readonly Gen<string> Anything = Pieces.Of(Parts).Array[0, 12].Select(string.Concat);

    private static readonly Gen<string> Mailbox = Pieces.Of("", "Bob ", "Mary Ann Smith ", "\"Smith, Mary (HR) <x@y>; \" ", "=?utf-8?b?w7w=?= ").SelectMany(
        name => Pieces.Of("a@x.com", "o'neil+tag@sub.contoso.com", "IMCEAFAX-+2B1425@contoso.com", "A.B.c@X--y.COM", "1@2"),
        (name, address) => name.Length == 0 ? address : $"{name}<{address}>");

    [Theory]
    [InlineData(" a@x.com\r\n", "a@x.com")]
    [InlineData(" <a@x.com>\r\n", "a@x.com")]
    [InlineData(" Bob <a@x.com>, b@x.com,\r\n\t\"C, C\" <c@x.com>\r\n", "a@x.com b@x.com c@x.com")]
    [InlineData(" =?utf-8?q?d=40e?= <d@x.com>\n", "d@x.com")]
    public void Reads_what_most_headers_hold(string value, string addresses)
    {
        var read = new List<string>();

        Assert.True(PlainAddressList.TryRead(Encoding.Latin1.GetBytes(value), read));

        Assert.Equal(addresses, string.Join(' ', read));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n")]
    [InlineData("a@x.com,")]
    [InlineData("a@x.com b@x.com")]
    [InlineData("team: a@x.com;")]
    [InlineData("a@x.com (comment)")]
    [InlineData("\"a b\"@x.com")]
    [InlineData("a@[1.2.3.4]")]
    [InlineData("a@xn--bcher-kva.example")]
    [InlineData("a@b.XN--bcher-kva.example")]
    [InlineData("a..b@x.com")]
    [InlineData("a@x.com.")]
    [InlineData("a@x..com")]
    [InlineData("<@r:a@x.com>")]
    [InlineData("\u00fc@x.com")]
    [InlineData("a\r@x.com")]
    [InlineData("a@x.0123456789012345678901234567890123456789012345678901234567890123")]
    public void Leaves_the_rest_to_the_whole_reader(string value)
    {
        var read = new List<string> { "before" };

        Assert.False(PlainAddressList.TryRead(Encoding.Latin1.GetBytes(value), read));

        Assert.Equal(["before"], read);
    }

    [Fact(DisplayName = "PU-7: whatever the pieces are, what is read is what MimeKit reads")]
    public void Agrees_with_MimeKit_on_anything() => Anything.Sample(value => { AssertAgrees(value); }, iter: 20_000);

    [Fact(DisplayName = "PU-7: lists of plain mailboxes are always read, with MimeKit's answer")]
    public void Agrees_with_MimeKit_on_mailboxes() => Gen.Select(Mailbox.Array[1, 8], Pieces.Of(",", ", ", ",\r\n\t", " , ")).Sample(
        (mailboxes, comma) => Assert.True(AssertAgrees(string.Join(comma, mailboxes) + "\r\n")), iter: 5_000);

    // True when the short way was taken.
    private static bool AssertAgrees(string value)
    {
        var octets = Encoding.Latin1.GetBytes(value);
        var read = new List<string>();
        if (!PlainAddressList.TryRead(octets, read))
            return false;
        Assert.True(InternetAddressList.TryParse(Options, octets, out var list), $"MimeKit does not read '{value}'");
        Assert.Equal(list.Mailboxes.Select(mailbox => mailbox.Address), read);
        return true;
    }
}
