using System.Globalization;
using System.Net;
using System.Text;
using ForeignConnector.Lib.Mail;
using static ForeignConnector.Lib.Tests.Mail.EnvelopeBlockText;

namespace ForeignConnector.Lib.Tests.Mail;

public class EnvelopeBlockWriterTests
{
    private static readonly MailEnvelope Envelope = new("bob@fabrikam.com", [new("mary@contoso.com")]);

    [Fact(DisplayName = "EN-9: X-Sender, X-Receiver, X-CreatedBy and X-EndOfInjectedXHeaders are always written, the last with the octets before it")]
    public void Writes_what_is_always_written() => Assert.Equal(
        "X-Sender: <>\r\nX-Receiver: <mary@contoso.com>\r\nX-CreatedBy: Unspecified\r\nX-EndOfInjectedXHeaders: 72\r\n",
        Write(new MailEnvelope("", Envelope.Recipients)));

    [Fact(DisplayName = "EN-9: the fields stand in the order of Exchange, what is known and nothing else")]
    public void Writes_everything_in_order()
    {
        var envelope = new MailEnvelope("bob@fabrikam.com",
        [
            new("mary@contoso.com") { Notify = DsnNotify.Never, OriginalRecipient = new("rfc822", "mary+x@contoso.com") },
            new("joe@contoso.com") { Notify = DsnNotify.Delay | DsnNotify.Failure | DsnNotify.Success, ExtensionParameters = [new("X-P", "AA BB", afterSemicolon: true)] },
        ])
        {
            Body = BodyType.SevenBit,
            Return = DsnReturn.Hdrs,
            EnvelopeId = "QQ 1",
            Auth = "<someAuth>",
            CreatedBy = "Product",
            HeloDomain = "edge.fabrikam.com",
            ExtendedProps = "BQ AV",
            Source = "SMTP:Default EX01",
            SourceIPAddress = IPAddress.Parse("2001:db8::1"),
        };

        const string Block =
            "X-Sender: <bob@fabrikam.com> BODY=7bit RET=HDRS ENVID=QQ+201 AUTH=<someAuth>\r\n"
            + "X-Receiver: <mary@contoso.com> NOTIFY=NEVER ORCPT=rfc822;mary+2Bx@contoso.com\r\n"
            + "X-Receiver: <joe@contoso.com> NOTIFY=SUCCESS,FAILURE,DELAY; X-P=AA\r\n BB\r\n"
            + "X-CreatedBy: Product\r\nX-HeloDomain: edge.fabrikam.com\r\nX-ExtendedProps: BQ\r\n AV\r\n"
            + "X-Source: SMTP:Default EX01\r\nX-SourceIPAddress: 2001:db8::1\r\n";
        Assert.Equal($"{Block}X-EndOfInjectedXHeaders: {Block.Length.ToString(CultureInfo.InvariantCulture)}\r\n", Write(envelope));
    }

    [Fact(DisplayName = "EN-9: the end mark counts octets, not characters")]
    public void Counts_octets()
    {
        var written = Write(Envelope with { CreatedBy = "\u00fc\ud83d\ude00" });
        var block = written[..written.IndexOf("X-EndOf", StringComparison.Ordinal)];

        Assert.EndsWith($": {Encoding.UTF8.GetByteCount(block).ToString(CultureInfo.InvariantCulture)}\r\n", written, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "EN-8: a line longer than 998 octets is folded before a blank and reads back equal")]
    public void Folds_long_lines()
    {
        var words = string.Join(' ', Enumerable.Range(0, 900).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        var envelope = Envelope with
        {
            EnvelopeId = new string('e', 990),
            Auth = new string('a', 990),
            CreatedBy = words,
            ExtensionParameters = [new("x", new string('x', 900)), new("y", new string('y', 900))],
        };

        var written = Write(envelope);

        Assert.All(written.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
        Assert.Equal(envelope, Read(written));
    }

    [Fact(DisplayName = "EN-8: a word longer than a line stays whole")]
    public void Does_not_fold_inside_a_word()
    {
        var envelope = Envelope with { CreatedBy = new string('c', 3000), EnvelopeId = new string('e', 3000) };

        Assert.Equal(envelope, Read(Write(envelope)));
        Assert.Contains($"X-CreatedBy: {envelope.CreatedBy}\r\n", Write(envelope), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "EN-8: ten thousand recipients are written and read in order")]
    public void Writes_many_recipients()
    {
        var envelope = new MailEnvelope("", Enumerable.Range(0, 10_000).Select(i => new EnvelopeRecipient($"r{i}@contoso.com")));

        Assert.Equal(envelope, Read(Write(envelope)));
    }
}
