using System.Collections.Frozen;
using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Tests.Mail;

public class ImceaTests
{
    private static readonly FrozenSet<string> Ours = FrozenSet.ToFrozenSet(["contoso.com", "xn--mller-kva.de"]);

    [Theory(DisplayName = "IM-1: letters, digits, '=' and '-' stand as they are, '/' becomes '_', every other octet '+hh'")]
    [InlineData("FAX", "+1 425 555 0100", "IMCEAFAX-+2B1+20425+20555+200100@contoso.com")]
    [InlineData("NOTES", "Bob Smith/Acme", "IMCEANOTES-Bob+20Smith_Acme@contoso.com")]
    [InlineData("X400", "/c=US/a=A-1/s=O_N", "IMCEAX400-_c=US_a=A-1_s=O+5FN@contoso.com")]
    [InlineData("fax", "a.b@c", "IMCEAfax-a+2Eb+40c@contoso.com")]
    [InlineData("FAX", "\u00fc", "IMCEAFAX-+C3+BC@contoso.com")]
    [InlineData("FAX", "", "IMCEAFAX-@contoso.com")]
    public void Encodes(string type, string value, string address)
    {
        Assert.Equal(address, Imcea.Encode(type, value, "contoso.com"));
        Assert.Equal(value, Encoding.UTF8.GetString(Imcea.Decode(address, out var decodedType)));
        Assert.Equal(type, decodedType);
    }

    [Theory(DisplayName = "IM-2: the prefix is read without case, '_' is '/', '+hh' the octet in either case")]
    [InlineData("imceaFax-+2b1@contoso.com", "Fax", "+1")]
    [InlineData("IMCEAFAX-a_b@other.test", "FAX", "a/b")]
    [InlineData("ImCeAX400-_c=US@contoso.com", "X400", "/c=US")]
    [InlineData("IMCEAFAX-a.b@contoso.com", "FAX", "a.b")]
    [InlineData("IMCEAFAX-a-b@contoso.com", "FAX", "a-b")]
    public void Decodes(string address, string type, string value)
    {
        Assert.True(Imcea.IsEncapsulated(address));
        Assert.Equal(value, Encoding.UTF8.GetString(Imcea.Decode(address, out var decodedType)));
        Assert.Equal(type, decodedType);
    }

    [Theory(DisplayName = "IM-2: what is not wrapped is not unwrapped")]
    [InlineData("bob@contoso.com")]
    [InlineData("IMCEA-1@contoso.com")]
    [InlineData("IMCEAFAX@contoso.com")]
    [InlineData("IMCEAF_X-1@contoso.com")]
    [InlineData("IMCEAFAX-1")]
    [InlineData("IMCEA")]
    [InlineData("")]
    public void Does_not_decode_an_ordinary_address(string address)
    {
        Assert.False(Imcea.IsEncapsulated(address));
        Assert.Equal("IM-2", Assert.Throws<MailFormatException>(() => Imcea.Decode(address, out _)).Rule);
    }

    [Theory(DisplayName = "IM-2: types SMTP and X500 are refused")]
    [InlineData("SMTP")]
    [InlineData("smtp")]
    [InlineData("X500")]
    [InlineData("x500")]
    public void Refuses_types(string type)
    {
        Assert.Equal("IM-2", Assert.Throws<MailFormatException>(() => Imcea.Encode(type, "1", "contoso.com")).Rule);
        Assert.Equal("IM-2", Assert.Throws<MailFormatException>(() => Imcea.Decode($"IMCEA{type}-1@contoso.com", out _)).Rule);
        Assert.Equal("IM-2", Assert.Throws<MailFormatException>(() => Imcea.ForRouting($"IMCEA{type}-1@contoso.com", Ours)).Rule);
    }

    [Theory(DisplayName = "IM-1: a type consists of letters and digits")]
    [InlineData("")]
    [InlineData("F-X")]
    [InlineData("F X")]
    [InlineData("F\u00c4X")]
    public void Refuses_what_is_not_a_type(string type) =>
        Assert.Equal("IM-1", Assert.Throws<MailFormatException>(() => Imcea.Encode(type, "1", "contoso.com")).Rule);

    [Theory(DisplayName = "IM-2: a bad escape is an error at its place")]
    [InlineData("IMCEAFAX-+@contoso.com", 9)]
    [InlineData("IMCEAFAX-1+4@contoso.com", 10)]
    [InlineData("IMCEAFAX-1+4G@contoso.com", 10)]
    [InlineData("IMCEAFAX-+2B+-1@contoso.com", 12)]
    [InlineData("IMCEAFAX-++41@contoso.com", 9)]
    public void Refuses_a_bad_escape(string address, long position)
    {
        var error = Assert.Throws<MailFormatException>(() => Imcea.Decode(address, out _));

        Assert.Equal(("IM-2", (long?)position), (error.Rule, error.Position));
    }

    [Fact(DisplayName = "IM-3: a local part has at most 315 characters")]
    public void Limits_the_local_part()
    {
        var longest = new string('1', Imcea.MaxLocalPartLength - "IMCEAFAX-".Length);

        Assert.Equal(315, Imcea.MaxLocalPartLength);
        Assert.Equal(315, Imcea.Encode("FAX", longest, "contoso.com").IndexOf('@', StringComparison.Ordinal));
        Assert.Equal(longest, Encoding.ASCII.GetString(Imcea.Decode($"IMCEAFAX-{longest}@contoso.com", out _)));
        Assert.Equal("IM-3", Assert.Throws<MailFormatException>(() => Imcea.Encode("FAX", longest + "1", "contoso.com")).Rule);
        Assert.Equal("IM-3", Assert.Throws<MailFormatException>(() => Imcea.Encode("FAX", longest[1..] + "+", "contoso.com")).Rule);
        Assert.Equal("IM-3", Assert.Throws<MailFormatException>(() => Imcea.Decode($"IMCEAFAX-{longest}1@contoso.com", out _)).Rule);
    }

    [Fact(DisplayName = "IM-3: an address has at most 571 characters")]
    public void Limits_the_address()
    {
        var domain = new string('d', Imcea.MaxAddressLength - "IMCEAFAX-1@".Length);

        Assert.Equal(571, Imcea.Encode("FAX", "1", domain).Length);
        Assert.Equal("1", Encoding.ASCII.GetString(Imcea.Decode($"IMCEAFAX-1@{domain}", out _)));
        Assert.Equal("IM-3", Assert.Throws<MailFormatException>(() => Imcea.Encode("FAX", "1", domain + "d")).Rule);
        Assert.Equal("IM-3", Assert.Throws<MailFormatException>(() => Imcea.Decode($"IMCEAFAX-1@{domain}d", out _)).Rule);
    }

    [Fact(DisplayName = "IM-3: encode then decode gives the original for every octet string that fits, and an error for every other")]
    public void Round_trips_every_octet_string() =>
        Gen.Select(Gen.Char.AlphaNumeric.Array[1, 12], Gen.Byte.Array[0, 350]).Sample((letters, value) =>
        {
            var type = "T" + new string(letters);
            var plain = value.Count(octet => octet is (byte)'/' or (byte)'=' or (byte)'-' || char.IsAsciiLetterOrDigit((char)octet));
            if ("IMCEA".Length + type.Length + 1 + plain + 3 * (value.Length - plain) > Imcea.MaxLocalPartLength)
                return Assert.Throws<MailFormatException>(() => Imcea.Encode(type, value, "contoso.com")).Rule == "IM-3";
            return Imcea.Decode(Imcea.Encode(type, value, "contoso.com"), out var decodedType).SequenceEqual(value) && decodedType == type;
        });

    [Theory(DisplayName = "IM-2: routing sees what is wrapped only when the domain is one of ours")]
    [InlineData("IMCEAFAX-+2B1@contoso.com", "FAX:+1")]
    [InlineData("imceafax-+2B1@CONTOSO.com.", "FAX:+1")]
    [InlineData("IMCEAFAX-1@m\u00fcller.de", "FAX:1")]
    [InlineData("IMCEAX400-c=US+3Ba=x@contoso.com", "X400:c=US;a=x")]
    [InlineData("IMCEAFAX-+FC@contoso.com", "FAX:\u00fc")]
    [InlineData("IMCEAFAX-1@other.test", "SMTP:IMCEAFAX-1@other.test")]
    [InlineData("IMCEAFAX-1@sub.contoso.com", "SMTP:IMCEAFAX-1@sub.contoso.com")]
    [InlineData("IMCEASMTP-+@other.test", "SMTP:IMCEASMTP-+@other.test")]
    [InlineData("IMCEA-1@contoso.com", "SMTP:IMCEA-1@contoso.com")]
    [InlineData("bob@contoso.com", "SMTP:bob@contoso.com")]
    public void Routes_what_is_wrapped(string address, string routed) => Assert.Equal(RoutingAddress.Parse(routed), Imcea.ForRouting(address, Ours));

    [Theory(DisplayName = "IM-2, EN-7: a wrapped address of ours that is empty, or has CR, LF or NUL inside, is an error")]
    [InlineData("IMCEAFAX-@contoso.com", "IM-2")]
    [InlineData("IMCEAFAX-+20@contoso.com", "IM-2")]
    [InlineData("IMCEAFAX-a+0D+0Ab@contoso.com", "EN-7")]
    [InlineData("IMCEAFAX-a+0Ab@contoso.com", "EN-7")]
    [InlineData("IMCEAFAX-a+00b@contoso.com", "EN-7")]
    [InlineData("IMCEAFAX-+@contoso.com", "IM-2")]
    [InlineData("IMCEAFAX-1\r\n@contoso.com", "EN-7")]
    public void Refuses_what_is_inside(string address, string rule) =>
        Assert.Equal(rule, Assert.Throws<MailFormatException>(() => Imcea.ForRouting(address, Ours)).Rule);

    [Theory(DisplayName = "EN-2: a domain may be anything that may stand in an envelope, and routing knows it again")]
    [InlineData("a_b.com")]
    [InlineData("-odd.test")]
    [InlineData("[192.0.2.1]")]
    public void Wraps_into_every_domain_of_an_envelope(string domain) =>
        Assert.Equal(RoutingAddress.Parse("FAX:1"), Imcea.ForRouting(Imcea.Encode("FAX", "1", domain), FrozenSet.ToFrozenSet([domain])));

    [Theory(DisplayName = "EN-7: CR, LF and NUL cannot be wrapped as text, and the domain must be one")]
    [InlineData("a\rb", "contoso.com", "EN-7")]
    [InlineData("a\nb", "contoso.com", "EN-7")]
    [InlineData("a\0b", "contoso.com", "EN-7")]
    [InlineData("1", "contoso.com\r\nX: y", "EN-7")]
    [InlineData("1", "", "EN-2")]
    [InlineData("1", "a@b", "EN-2")]
    [InlineData("1", "con toso", "EN-2")]
    public void Refuses_to_wrap(string value, string domain, string rule) =>
        Assert.Equal(rule, Assert.Throws<MailFormatException>(() => Imcea.Encode("FAX", value, domain)).Rule);
}
