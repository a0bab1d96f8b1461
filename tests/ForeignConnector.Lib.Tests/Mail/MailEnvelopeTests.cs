using System.Net;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Tests.Mail;

public class MailEnvelopeTests
{
    private static readonly MailEnvelope Envelope = new("bob@fabrikam.com", [new("mary@contoso.com")]);

    public static TheoryData<string, Action<string>> Entries => new()
    {
        { "Sender", text => _ = new MailEnvelope($"b{text}b@fabrikam.com", Envelope.Recipients) },
        { "Recipient", text => _ = new EnvelopeRecipient($"\"m{text}m\"@contoso.com") },
        { "EnvelopeId", text => _ = Envelope with { EnvelopeId = text } },
        { "Auth", text => _ = Envelope with { Auth = text } },
        { "CreatedBy", text => _ = Envelope with { CreatedBy = $"a{text}a" } },
        { "HeloDomain", text => _ = Envelope with { HeloDomain = text } },
        { "ExtendedProps", text => _ = Envelope with { ExtendedProps = $"a{text} a" } },
        { "Source", text => _ = Envelope with { Source = text } },
        { "OriginalRecipient", text => _ = new OriginalRecipient("rfc822", text) },
        { "Parameter", text => _ = new EnvelopeParameter("x", text, afterSemicolon: true) },
    };

    [Theory(DisplayName = "EN-7: CR, LF, NUL and half a surrogate pair are refused wherever text enters an envelope")]
    [MemberData(nameof(Entries))]
    public void Refuses_line_ends_and_NUL_everywhere(string entry, Action<string> enter)
    {
        foreach (var text in new[] { "\r", "\n", "\0", "\r\n", "x\r\nX-Receiver: <eve@evil.test>", "x\n y", "\ud83d", "\udc00x" })
            Assert.True(Assert.Throws<MailFormatException>(() => enter(text)).Rule == "EN-7", $"{entry} takes {text.Length} characters it must not");
    }

    [Theory(DisplayName = "EN-7: encoded words stay the text they are")]
    [InlineData("=?utf-8?Q?a=0D=0AX-Receiver:_<eve@evil.test>?=")]
    [InlineData("=?utf-8?B?DQo=?=")]
    [InlineData("+0D+0A")]
    [InlineData("%0d%0a\\r\\n")]
    public void Does_not_decode(string text)
    {
        var envelope = Envelope with { EnvelopeId = text, CreatedBy = text, HeloDomain = text, Source = text, ExtendedProps = text };

        Assert.Equal(envelope, EnvelopeBlockText.Read(EnvelopeBlockText.Write(envelope)));
    }

    [Theory(DisplayName = "EN-1, EN-2, EN-6, EN-8, RP-2: what could not be written and read back is refused, naming the rule")]
    [MemberData(nameof(Refused))]
    public void Refuses(string rule, Func<object> build) => Assert.Equal(rule, Assert.Throws<MailFormatException>(() => build()).Rule);

    public static TheoryData<string, Func<object>> Refused => new()
    {
        { "RP-2", () => new MailEnvelope("", []) },
        { "RP-2", () => Envelope with { Recipients = default } },
        { "EN-2", () => new MailEnvelope("bob", Envelope.Recipients) },
        { "EN-2", () => new MailEnvelope(" ", Envelope.Recipients) },
        { "EN-2", () => new EnvelopeRecipient("") },
        { "EN-2", () => new EnvelopeRecipient("a@b") { Notify = DsnNotify.Never | DsnNotify.Delay } },
        { "EN-2", () => new EnvelopeRecipient("a@b") { Notify = (DsnNotify)16 } },
        { "EN-1", () => Envelope with { Body = (BodyType)9 } },
        { "EN-1", () => Envelope with { Return = (DsnReturn)(-1) } },
        { "EN-6", () => Envelope with { CreatedBy = "" } },
        { "EN-6", () => Envelope with { Source = "" } },
        { "EN-6", () => Envelope with { HeloDomain = "" } },
        { "EN-8", () => Envelope with { CreatedBy = " a" } },
        { "EN-8", () => Envelope with { ExtendedProps = "a\t" } },
        { "EN-8", () => Envelope with { Auth = "a b" } },
        { "EN-8", () => Envelope with { Auth = "a;b" } },
    };

    public static TheoryData<string, MailEnvelope> Variants => new()
    {
        { "sender", new("", Envelope.Recipients) },
        { "recipient", Envelope with { Recipients = [new("joe@contoso.com")] } },
        { "one more recipient", Envelope with { Recipients = [.. Envelope.Recipients, new("joe@contoso.com")] } },
        { "NOTIFY", Envelope with { Recipients = [new("mary@contoso.com") { Notify = DsnNotify.Never }] } },
        { "ORCPT", Envelope with { Recipients = [new("mary@contoso.com") { OriginalRecipient = new("rfc822", "x") }] } },
        { "recipient parameter", Envelope with { Recipients = [new("mary@contoso.com") { ExtensionParameters = [new("x")] }] } },
        { "BODY", Envelope with { Body = BodyType.SevenBit } },
        { "RET", Envelope with { Return = DsnReturn.Full } },
        { "ENVID", Envelope with { EnvelopeId = "" } },
        { "AUTH", Envelope with { Auth = "x" } },
        { "sender parameter", Envelope with { ExtensionParameters = [new("x", "")] } },
        { "creator", Envelope with { CreatedBy = "x" } },
        { "HELO", Envelope with { HeloDomain = "x" } },
        { "properties", Envelope with { ExtendedProps = "x" } },
        { "source", Envelope with { Source = "x" } },
        { "source address", Envelope with { SourceIPAddress = IPAddress.Loopback } },
    };

    [Theory(DisplayName = "EN-8: envelopes are equal when everything in them is, and each part survives the file")]
    [MemberData(nameof(Variants))]
    public void Compares_by_value(string part, MailEnvelope variant)
    {
        Assert.True(variant != Envelope, $"{part} is not compared");
        Assert.False(variant.Equals(null));
        var copy = EnvelopeBlockText.Read(EnvelopeBlockText.Write(variant));
        Assert.Equal(variant, copy);
        Assert.Equal(variant.GetHashCode(), copy.GetHashCode());
    }

    [Fact(DisplayName = "EN-7: null is a mistake of the caller, not of the mail")]
    public void Does_not_take_null()
    {
        Assert.Throws<ArgumentNullException>(() => new MailEnvelope(null!, Envelope.Recipients));
        Assert.Throws<ArgumentNullException>(() => new MailEnvelope("", null!));
        Assert.Throws<ArgumentNullException>(() => new MailEnvelope("", [null!]));
        Assert.Throws<ArgumentNullException>(() => Envelope with { SourceIPAddress = null! });
        Assert.Throws<ArgumentNullException>(() => Envelope with { CreatedBy = null! });
        Assert.Throws<ArgumentNullException>(() => new EnvelopeRecipient(null!));
    }
}
