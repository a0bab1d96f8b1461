using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using static ForeignConnector.Lib.Tests.Mail.EnvelopeBlockText;

namespace ForeignConnector.Lib.Tests.Mail;

public class EnvelopeReceiverTests
{
    private const DsnNotify All = DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay;

    [Theory(DisplayName = "EN-2: NOTIFY is NEVER, or a comma list of SUCCESS, FAILURE, DELAY")]
    [InlineData("", DsnNotify.Unspecified)]
    [InlineData("NOTIFY=NEVER", DsnNotify.Never)]
    [InlineData("NOTIFY=SUCCESS", DsnNotify.Success)]
    [InlineData("notify=failure,Delay", DsnNotify.Failure | DsnNotify.Delay)]
    [InlineData("NOTIFY=DELAY,SUCCESS,FAILURE,DELAY", All)]
    [InlineData("NOTIFY=SUCCESS,\r\n\tFAILURE,\n DELAY ORCPT=a@b", All)]
    [InlineData("NOTIFY=SUCCESS\r\n ,FAILURE\r\n\t,\r\n\tDELAY; X-P=1", All)]
    [InlineData("NOTIFY=\r\n\tSUCCESS, FAILURE", DsnNotify.Success | DsnNotify.Failure)]
    [InlineData("NOTIFY=SUCCESS\r\n\tDELAY", DsnNotify.Success)]
    public void Reads_NOTIFY(string parameter, DsnNotify notify) =>
        Assert.Equal(notify, ReadReceiver($"<mary@contoso.com> {parameter}").Notify);

    [Theory(DisplayName = "EN-2, EN-3: ORCPT is a type and xtext; without a type it is rfc822")]
    [InlineData("ORCPT=rfc822;mary@contoso.com", "rfc822", "mary@contoso.com")]
    [InlineData("ORcpt=RFC822;mary+2Bx@contoso.com", "RFC822", "mary+x@contoso.com")]
    [InlineData("ORCPT=mary@contoso.com", "rfc822", "mary@contoso.com")]
    [InlineData("ORCPT=X400;/c=US/;ax", "X400", "/c=US/;ax")]
    [InlineData("ORCPT=utf-8;m+C3+A4ry@contoso.com", "utf-8", "m\u00e4ry@contoso.com")]
    [InlineData("ORCPT=<mary@contoso.com>;x", "rfc822", "<mary@contoso.com>;x")]
    [InlineData("ORCPT=rfc822;mary@contoso.com;NOTIFY=NEVER", "rfc822", "mary@contoso.com")]
    [InlineData("ORCPT=rfc822;mary@contoso.com;", "rfc822", "mary@contoso.com")]
    [InlineData("ORCPT=rfc822;a+20b\r\n\tNOTIFY=NEVER", "rfc822", "a b")]
    [InlineData("ORCPT=rfc822;\r\n\tmary@contoso.com\r\n\tNOTIFY=NEVER", "rfc822", "mary@contoso.com")]
    [InlineData("ORCPT=\r\n utf-8;\r\n mary@contoso.com; X-P=1", "utf-8", "mary@contoso.com")]
    [InlineData("ORCPT=rfc822;a;;b;;NOTIFY=NEVER", "rfc822", "a;;b")]
    [InlineData("ORCPT=IMCEAFAX-+2B2B1@contoso.com", "rfc822", "IMCEAFAX-+2B1@contoso.com")]
    public void Reads_ORCPT(string parameter, string type, string address) =>
        Assert.Equal(new OriginalRecipient(type, address), ReadReceiver($"<mary@contoso.com> {parameter}").OriginalRecipient);

    [Theory(DisplayName = "EN-11: an ORCPT that breaks its syntax is kept where it can be written safely, whatever its escapes say")]
    [InlineData("ORCPT=rfc822;a+b@contoso.com", "a+b@contoso.com")]
    [InlineData("ORCPT=rfc822;mary+fax@contoso.com", "mary+fax@contoso.com")]
    [InlineData("ORCPT=rfc822;+", "+")]
    [InlineData("ORCPT=rfc822;+FF", "+FF")]
    [InlineData("ORCPT=rfc822;a+2Bb+c@x", "a+b+c@x")]
    [InlineData("ORCPT=a@b ORCPT=c@d", "a@b")]
    [InlineData("ORCPT=rfc822;m=a@x", "m=a@x")]
    public void Keeps_a_broken_ORCPT(string parameter, string address)
    {
        var block = ReadBlock($"{Sender}X-Receiver: <mary@contoso.com> {parameter} NOTIFY=NEVER\r\n{End}");
        var envelope = block.ToEnvelope();

        Assert.Equal((new OriginalRecipient("rfc822", address), DsnNotify.Never), (envelope.Recipients[0].OriginalRecipient, envelope.Recipients[0].Notify));
        Assert.Empty(block.LeftOut.Keys);
        Assert.Equal(envelope, Read(Write(envelope)));
    }

    [Theory(DisplayName = "EN-11, EN-7: an ORCPT that cannot be kept is left out, and the block says so")]
    [InlineData("ORCPT=")]
    [InlineData("ORCPT")]
    [InlineData("ORCPT=rfc822; X-P=1")]
    [InlineData("ORCPT=rfc822;;")]
    [InlineData("ORCPT=rfc822;a+0Ab")]
    [InlineData("ORCPT=rfc822;b+0D+0AX-Receiver:<evil@x.test>")]
    [InlineData("ORCPT=rfc822;a\0")]
    [InlineData("ORCPT=rfc822;a\rb")]
    [InlineData("ORCPT=a b;x@y")]
    [InlineData("ORCPT=rfc822;a b@y")]
    [InlineData("orcpt=Joe Smith <joe@contoso.com>")]
    public void Leaves_out_a_broken_ORCPT(string parameter)
    {
        var block = ReadBlock($"{Sender}X-Receiver: <mary@contoso.com> NOTIFY=NEVER {parameter}\r\n{Receiver}{End}");

        Assert.Equal(["ORCPT"], block.LeftOut.Keys);
        Assert.Equal(["mary@contoso.com", "mary@contoso.com"], block.ToEnvelope().Recipients.Select(recipient => recipient.Address));
        Assert.Equal((null, DsnNotify.Never), (block.ToEnvelope().Recipients[0].OriginalRecipient, block.ToEnvelope().Recipients[0].Notify));
    }

    [Theory(DisplayName = "EN-11: a postmaster without a domain is at the default domain")]
    [InlineData("<postmaster>", "postmaster@contoso.com")]
    [InlineData("<Postmaster> NOTIFY=NEVER", "Postmaster@contoso.com")]
    [InlineData("postmaster", "postmaster@contoso.com")]
    public void Knows_the_postmaster(string value, string address)
    {
        var header = System.Text.Encoding.ASCII.GetBytes($"X-Sender: {value.Split(' ')[0]}\r\nX-Receiver: {value}\r\n{End}");

        var envelope = EnvelopeBlockReader.ReadReplay(header, defaultDomain: "contoso.com").ToEnvelope();

        Assert.Equal((address, address), (envelope.Sender, envelope.Recipients.Single().Address));
    }

    [Theory(DisplayName = "EN-2: an error behind a parameter names the parameter, not a second address")]
    [InlineData("ORCPT=a@b NOTIFY=NEVER \"x", "NOTIFY")]
    public void Names_the_parameter(string parameters, string keyword)
    {
        var error = Assert.Throws<MailFormatException>(() => ReadReceiver($"<mary@contoso.com> {parameters}"));

        Assert.StartsWith($"what stands behind {keyword} is not a parameter", error.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "EN-2: receivers are read in order, doubled ones too")]
    public void Reads_receivers_in_order()
    {
        var envelope = Read($"{Sender}X-Receiver: <b@x>\r\nX-Receiver: <a@x>\r\nX-Receiver: <b@x>\r\n{End}");

        Assert.Equal(["b@x", "a@x", "b@x"], envelope.Recipients.Select(recipient => recipient.Address));
    }

    [Theory(DisplayName = "EN-2, RP-2, EN-7: an error names the rule and the place")]
    [InlineData("<mary@contoso.com> NOTIFY=NEVER,DELAY", "EN-2", "NEVER,")]
    [InlineData("<mary@contoso.com> NOTIFY=SUCCESS,SOMETIMES", "EN-2", "SOMETIMES")]
    [InlineData("<mary@contoso.com> NOTIFY=SUCCESS,", "EN-2", "\r\n")]
    [InlineData("<mary@contoso.com> NOTIFY=SUCCESS, DELAY NOTIFY=DELAY", "EN-2", "NOTIFY=DELAY")]
    [InlineData("<mary@contoso.com> NOTIFY=", "EN-2", "\r\n")]
    [InlineData("<mary@contoso.com> NOTIFY", "EN-2", "NOTIFY")]
    [InlineData("<postmaster>", "EN-2", "postmaster")]
    [InlineData("<mary@contoso.com> NOTIFY=SUCCESS, X-P=1", "EN-2", " X-P=1")]
    [InlineData("<>", "RP-2", " <>")]
    [InlineData("", "RP-2", " \r\n")]
    [InlineData("<mary@contoso.com> <joe@contoso.com>", "RP-2", "<joe")]
    [InlineData("mary@contoso.com, joe@contoso.com", "RP-2", ", joe")]
    public void Refuses(string value, string rule, string place)
    {
        var error = Error($"{Sender}X-Receiver: {value}\r\n{End}");

        Assert.Equal(rule, error.Rule);
        Assert.StartsWith(place, error.Place, StringComparison.Ordinal);
    }
}
