using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using MimeKit;

namespace FaxGateway;

/// <summary>
/// Stands in for the software of a fax machine: takes files out of the Drop directory, and says through Replay what became of them.
/// </summary>
internal sealed class StandInGateway(string drop, string replay)
{
    /// <summary>Sends every fax that waits; returns how many.</summary>
    public async Task<int> RunAsync()
    {
        var sent = 0;
        foreach (var path in DropFile.Waiting(drop))
        {
            await using (var fax = await DropFile.OpenAsync(path))
            {
                using var message = await ReadAsync(fax);
                foreach (var recipient in fax.Envelope.Recipients)
                    await ConfirmAsync(fax.Envelope.Sender, message.MessageId, recipient.Address, ++sent);
            }
            // The answer is in Replay before the order disappears: a crash in between doubles an answer and loses nothing.
            File.Delete(path);
        }
        return sent;
    }

    private static async Task<MimeMessage> ReadAsync(DropFile fax)
    {
        await using var stream = fax.Content.OpenRead();
        return await MimeMessage.LoadAsync(stream);
    }

    private async Task ConfirmAsync(string sender, string? messageId, string receiver, int number)
    {
        using var answer = new MimeMessage();
        answer.From.Add(new MailboxAddress("Fax gateway", "fax@contoso.com"));
        answer.To.Add(MailboxAddress.Parse(sender));
        answer.Subject = $"Fax {number} sent";
        if (messageId is not null)
            answer.InReplyTo = messageId;
        answer.Headers.Add("Auto-Submitted", "auto-replied");
        answer.Body = new TextPart { Text = $"Your message was faxed to {receiver}, 1 page.\r\n" };
        var envelope = new MailEnvelope("", [new EnvelopeRecipient(sender)]) { CreatedBy = "StandInGateway" };
        await ReplayFile.WriteAsync(replay, envelope, MessageContent.FromMessage(answer), $"sent-{number}.eml");
    }
}
