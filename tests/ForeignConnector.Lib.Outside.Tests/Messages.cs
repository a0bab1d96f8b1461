using MimeKit;

namespace Outside;

/// <summary>Messages of an application.</summary>
internal static class Messages
{
    public static MimeMessage To(params string[] addresses)
    {
        var message = new MimeMessage { Subject = "an invoice", Body = new TextPart("plain") { Text = "Please pay." } };
        message.From.Add(MailboxAddress.Parse("billing@contoso.com"));
        message.To.AddRange(addresses.Select(MailboxAddress.Parse));
        return message;
    }
}
