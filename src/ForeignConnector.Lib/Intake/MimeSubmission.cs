using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using MimeKit;

namespace ForeignConnector.Lib.Intake;

/// <summary>A message of MimeKit as an envelope and octets.</summary>
internal static class MimeSubmission
{
    // Never changed: shared by all threads.
    private static readonly FormatOptions WithoutBcc = CreateFormat();

    /// <summary>Sender, or else the first From, and each address of To, Cc and Bcc once.</summary>
    /// <exception cref="MailFormatException">There is no sender or no recipient, or one is no address.</exception>
    public static MailEnvelope EnvelopeOf(MimeMessage message)
    {
        var sender = message.Sender ?? message.From.Mailboxes.FirstOrDefault()
            ?? throw new MailFormatException("PU-5", "there is no sender: 'From' and 'Sender' hold no address");
        var seen = new SeenAddresses();
        var recipients = message.To.Mailboxes.Concat(message.Cc.Mailboxes).Concat(message.Bcc.Mailboxes)
            .Select(mailbox => mailbox.Address).Where(seen.Add).Select(address => new EnvelopeRecipient(address)).ToList();
        return recipients.Count > 0
            ? new MailEnvelope(sender.Address, recipients)
            : throw new MailFormatException("PU-5", "there is no recipient: 'To', 'Cc' and 'Bcc' hold no address");
    }

    /// <summary>The octets of the message, without the fields that name hidden recipients, with CRLF line ends.</summary>
    public static MessageContent ContentOf(MimeMessage message)
    {
        using var octets = new MemoryStream();
        message.WriteTo(WithoutBcc, octets);
        return MessageContent.FromOctets(octets.GetBuffer().AsMemory(0, (int)octets.Length));
    }

    private static FormatOptions CreateFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.HiddenHeaders.Add(HeaderId.Bcc);
        format.HiddenHeaders.Add(HeaderId.ResentBcc);
        return format;
    }
}
