using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Tests.Mail;

public class XtextTests
{
    [Theory(DisplayName = "EN-2: xtext escapes what is not printable ASCII, '+', '=' and, for files, ';' (RFC 3461, section 4)")]
    [InlineData("mary@contoso.com", "mary@contoso.com")]
    [InlineData("!~", "!~")]
    [InlineData("a+b=c", "a+2Bb+3Dc")]
    [InlineData("a;b", "a+3Bb")]
    [InlineData(" \t\u007f", "+20+09+7F")]
    [InlineData("\u00fc", "+C3+BC")]
    [InlineData("", "")]
    public void Encodes(string text, string encoded) => Assert.Equal(encoded, Encode(Encoding.UTF8.GetBytes(text)));

    [Theory(DisplayName = "EN-2: escapes in either case are read, and octets that should have been escaped stand for themselves")]
    [InlineData("a+2Bb+3Dc", "a+b=c")]
    [InlineData("+c3+bC", "\u00fc")]
    [InlineData("a=b", "a=b")]
    [InlineData("\u00fc", "\u00fc")]
    [InlineData("+2B2B", "+2B")]
    [InlineData("", "")]
    public void Decodes(string encoded, string text) => Assert.Equal(text, Decode(Encoding.UTF8.GetBytes(encoded)));

    [Theory(DisplayName = "EN-2: '+' without two hexadecimal digits is an error at its place")]
    [InlineData("+", 100)]
    [InlineData("ab+", 102)]
    [InlineData("ab+4", 102)]
    [InlineData("ab+4G", 102)]
    [InlineData("+41+ 1", 103)]
    [InlineData("++41", 100)]
    public void Refuses_a_malformed_escape(string encoded, long position)
    {
        var error = Assert.Throws<MailFormatException>(() => Decode(Encoding.UTF8.GetBytes(encoded)));

        Assert.Equal(("EN-2", (long?)position), (error.Rule, error.Position));
        Assert.Contains("ENVID", error.Reason, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "EN-7: CR, LF and NUL cannot enter, escaped or not")]
    [InlineData("a+0D+0Ab", 101)]
    [InlineData("ab+0a", 102)]
    [InlineData("+00", 100)]
    [InlineData("a\rb", 101)]
    [InlineData("a\nb", 101)]
    [InlineData("a\0b", 101)]
    public void Refuses_line_ends_and_NUL(string encoded, long position)
    {
        var error = Assert.Throws<MailFormatException>(() => Decode(Encoding.UTF8.GetBytes(encoded)));

        Assert.Equal(("EN-7", (long?)position), (error.Rule, error.Position));
    }

    [Theory(DisplayName = "EN-3: octets that are not UTF-8 are an error")]
    [InlineData("+FF")]
    [InlineData("+C3")]
    [InlineData("+ED+A0+80")]
    public void Refuses_what_is_not_UTF_8(string encoded) =>
        Assert.Equal("EN-3", Assert.Throws<MailFormatException>(() => Decode(Encoding.UTF8.GetBytes(encoded))).Rule);

    [Fact(DisplayName = "EN-2: every octet string encodes to plain ASCII that decodes to the same octets")]
    public void Encodes_and_unescapes_every_octet_string() => Gen.Byte.Array[0, 200].Sample(octets =>
    {
        var encoded = Encode(octets);
        return encoded.All(c => c is > ' ' and <= '~' and not ';' and not '=')
            && encoded.Length <= Xtext.MaxLength(octets.Length)
            && Unescape(encoded).SequenceEqual(octets);
    });

    [Fact(DisplayName = "EN-8: every text without CR, LF and NUL encodes and decodes to itself")]
    public void Encodes_and_decodes_every_text() =>
        MailGen.Text.Sample(text => Decode(Encoding.ASCII.GetBytes(Encode(Encoding.UTF8.GetBytes(text)))) == text);

    private static string Encode(byte[] octets)
    {
        var target = new byte[Xtext.MaxLength(octets.Length)];
        return Encoding.ASCII.GetString(target, 0, Xtext.Encode(octets, target));
    }

    private static string Decode(byte[] octets) => Xtext.Decode(octets, "ENVID", position: 100);

    private static IEnumerable<byte> Unescape(string encoded)
    {
        for (var i = 0; i < encoded.Length; i++)
        {
            yield return encoded[i] == '+' ? Convert.ToByte(encoded.Substring(i + 1, 2), 16) : (byte)encoded[i];
            i += encoded[i] == '+' ? 2 : 0;
        }
    }
}
