using System.Buffers;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Tests.Mail;

/// <summary>Envelope blocks as text: UTF-8, line ends as given.</summary>
internal static class EnvelopeBlockText
{
    public const string Sender = "X-Sender: <bob@fabrikam.com>\r\n";
    public const string Receiver = "X-Receiver: <mary@contoso.com>\r\n";
    public const string End = "X-EndOfInjectedXHeaders: 1\r\n";

    public static byte[] WriteOctets(MailEnvelope envelope)
    {
        var output = new ArrayBufferWriter<byte>();
        EnvelopeBlockWriter.Write(envelope, output);
        return output.WrittenSpan.ToArray();
    }

    public static string Write(MailEnvelope envelope) => Encoding.UTF8.GetString(WriteOctets(envelope));

    public static InjectedBlock ReadBlock(string text) => EnvelopeBlockReader.ReadReplay(Encoding.UTF8.GetBytes(text));

    public static MailEnvelope Read(string text) => ReadBlock(text).ToEnvelope();

    public static MailEnvelope ReadSender(string value) => Read($"X-Sender: {value}\r\n{Receiver}{End}");

    public static EnvelopeRecipient ReadReceiver(string value) => Read($"{Sender}X-Receiver: {value}\r\n{End}").Recipients.Single();

    /// <summary>The rule and the text from the place of the error on, at most a few characters of it; null without a place.</summary>
    public static (string Rule, string? Place) Error(string text)
    {
        var error = Assert.Throws<MailFormatException>(() => Read(text));
        return (error.Rule, error.Position is { } at ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text).AsSpan((int)at)) : null);
    }
}
