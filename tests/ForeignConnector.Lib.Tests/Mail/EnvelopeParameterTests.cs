using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using static ForeignConnector.Lib.Tests.Mail.EnvelopeBlockText;

namespace ForeignConnector.Lib.Tests.Mail;

public class EnvelopeParameterTests
{
    private static readonly string Base64 = Convert.ToBase64String(Enumerable.Range(0, 1500).Select(i => (byte)i).ToArray());

    public static TheoryData<string, EnvelopeParameter[]> Read => new()
    {
        { "SIZE=1000 SMTPUTF8", [new("SIZE", "1000"), new("SMTPUTF8")] },
        { "x= y=1", [new("x", ""), new("y", "1")] },
        { "x=a=b,<c>", [new("x", "a=b,<c>")] },
        { "x=1 x=2", [new("x", "1"), new("x", "2")] },
        { "NOTIFY=NEVER; X-ExtendedProps=BQAV", [new("X-ExtendedProps", "BQAV", afterSemicolon: true)] },
        { ";X-ExtendedProps=BQAV", [new("X-ExtendedProps", "BQAV", afterSemicolon: true)] },
        { "; X-A=AA BB CC==; X-B=DD\tEE", [new("X-A", "AA BB CC==", afterSemicolon: true), new("X-B", "DD\tEE", afterSemicolon: true)] },
        { "; X-A=AA\r\n BB\r\n\t  CC NOTIFY=NEVER", [new("X-A", "AA BB\t  CC", afterSemicolon: true)] },
        { "; X-A=AA BB= CC==", [new("X-A", "AA BB= CC==", afterSemicolon: true)] },
        { "; X-A=AA X-B=BB", [new("X-A", "AA", afterSemicolon: true), new("X-B", "BB", afterSemicolon: true)] },
        { "; X-A", [new("X-A", null, afterSemicolon: true)] },
        { "; X-A=;;", [new("X-A", "", afterSemicolon: true)] },
        { "; NOTIFY=NEVER X-A=1 2=", [new("X-A", "1"), new("2", "")] },
        { "BY=120;R", [new("BY", "120;R")] },
        { "BY=120;R NOTIFY=NEVER SIZE=9", [new("BY", "120;R"), new("SIZE", "9")] },
        { "RRVS=2014-04-03T23:01:00Z;C;NOTIFY=NEVER", [new("RRVS", "2014-04-03T23:01:00Z;C")] },
        { "X-E=a=b;c=d;;e; X-F=1", [new("X-E", "a=b;c=d;;e"), new("X-F", "1", afterSemicolon: true)] },
        { "X-E=;a;;", [new("X-E", ";a")] },
        { "; X-A=AA;X-B=1 BB;C\r\n\tDD;orcpt=a@b", [new("X-A", "AA;X-B=1 BB;C\tDD", afterSemicolon: true)] },
        { "; X-A=AA ;X-B=1", [new("X-A", "AA", afterSemicolon: true), new("X-B", "1", afterSemicolon: true)] },
        { "x=\u00fc", [new("x", "\u00fc")] },
    };

    [Theory(DisplayName = "EN-4: unknown parameters are kept, those behind a semicolon with every blank of their value")]
    [MemberData(nameof(Read))]
    public void Keeps_unknown_parameters(string text, EnvelopeParameter[] expected) =>
        Assert.Equal(expected, ReadReceiver($"<mary@contoso.com> {text}").ExtensionParameters);

    [Theory(DisplayName = "EN-4: a long folded value is written back octet for octet")]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData("  \t")]
    public void Writes_back_a_long_folded_value(string blank)
    {
        var value = string.Join($"\r\n{blank}", Base64.Chunk(72).Select(line => new string(line)));
        var field = $"X-Receiver: <mary@contoso.com> NOTIFY=NEVER; X-ExtendedProps={value}\r\n";

        var recipient = Assert.Single(EnvelopeBlockText.Read(Sender + field + End).Recipients);
        var written = Write(new MailEnvelope("bob@fabrikam.com", [recipient]));

        Assert.Equal(DsnNotify.Never, recipient.Notify);
        Assert.Equal(Base64, recipient.ExtensionParameters[0].Value!.Replace(blank, "", StringComparison.Ordinal));
        Assert.Contains(field, written, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "EN-4: semicolons inside an unknown value are written back as they stand, and known parameters behind it are still known")]
    [InlineData("BY=120;R")]
    [InlineData("RRVS=2014-04-03T23:01:00Z;C")]
    [InlineData("X-E=a=b;c=d;;e")]
    [InlineData("X-A=1;X-B=2; X-C=3;4")]
    public void Writes_back_semicolons(string parameters)
    {
        var recipient = ReadReceiver($"<mary@contoso.com> {parameters} NOTIFY=NEVER");

        Assert.Equal(DsnNotify.Never, recipient.Notify);
        Assert.Contains($"X-Receiver: <mary@contoso.com> NOTIFY=NEVER {parameters}\r\n", Write(new MailEnvelope("bob@fabrikam.com", [recipient])), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "EN-4: the sender's unknown parameters are kept as well; NOTIFY means nothing to a sender")]
    public void Keeps_those_of_the_sender()
    {
        var envelope = ReadSender("<bob@fabrikam.com> NOTIFY=NEVER SIZE=9 BODY=7bit; X-P=a b");

        Assert.Equal([new("NOTIFY", "NEVER"), new("SIZE", "9"), new("X-P", "a b", afterSemicolon: true)], envelope.ExtensionParameters);
        Assert.StartsWith("X-Sender: <bob@fabrikam.com> BODY=7bit NOTIFY=NEVER SIZE=9; X-P=a\r\n b\r\n", Write(envelope), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "EN-4, EN-7, EN-8: what could not be written and read back is refused, naming the rule")]
    [InlineData("", "1", true, "EN-4")]
    [InlineData("a b", "1", true, "EN-4")]
    [InlineData("a=", "1", true, "EN-4")]
    [InlineData("a\r\n", "1", true, "EN-7")]
    [InlineData("\u00fc", "1", true, "EN-4")]
    [InlineData("a", "1\r\n2", true, "EN-7")]
    [InlineData("a", "1\n2", true, "EN-7")]
    [InlineData("a", "1\0", false, "EN-7")]
    [InlineData("a", "1;", true, "EN-8")]
    [InlineData("a", "1; 2", true, "EN-8")]
    [InlineData("a", "1 ;2", true, "EN-8")]
    [InlineData("a", "1;;notify=2", true, "EN-8")]
    [InlineData("a", "1;BODY=", false, "EN-8")]
    [InlineData("a", "1 2", false, "EN-8")]
    [InlineData("a", "1\t2", false, "EN-8")]
    [InlineData("a", "1 ", true, "EN-8")]
    [InlineData("a", " ", true, "EN-8")]
    [InlineData("a", "1 b=c", true, "EN-8")]
    [InlineData("a", " b=c", true, "EN-8")]
    public void Refuses(string keyword, string value, bool afterSemicolon, string rule) =>
        Assert.Equal(rule, Assert.Throws<MailFormatException>(() => new EnvelopeParameter(keyword, value, afterSemicolon)).Rule);

    [Theory(DisplayName = "EN-8: a known keyword cannot be an extension parameter")]
    [InlineData("NOTIFY")]
    [InlineData("orcpt")]
    public void Refuses_a_known_keyword_of_a_recipient(string keyword) =>
        Assert.Equal("EN-8", Assert.Throws<MailFormatException>(() => new EnvelopeRecipient("a@b") { ExtensionParameters = [new(keyword, "1")] }).Rule);

    [Theory(DisplayName = "EN-8: a known keyword cannot be an extension parameter")]
    [InlineData("Body")]
    [InlineData("RET")]
    [InlineData("envid")]
    [InlineData("AUTH")]
    public void Refuses_a_known_keyword_of_a_sender(string keyword) =>
        Assert.Equal("EN-8", Assert.Throws<MailFormatException>(() => new MailEnvelope("", [new("a@b")]) { ExtensionParameters = [new(keyword, "1")] }).Rule);

    [Fact(DisplayName = "EN-8: parameters behind a semicolon come last, otherwise in order")]
    public void Puts_those_after_a_semicolon_last()
    {
        EnvelopeParameter[] parameters = [new("a", "1", afterSemicolon: true), new("b", "2"), new("c", "3", afterSemicolon: true), new("d")];

        var recipient = new EnvelopeRecipient("a@b") { ExtensionParameters = [.. parameters] };

        Assert.Equal(["b", "d", "a", "c"], recipient.ExtensionParameters.Select(parameter => parameter.Keyword));
        Assert.Empty((recipient with { ExtensionParameters = default }).ExtensionParameters);
    }
}
