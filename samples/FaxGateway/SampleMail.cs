using System.Text;
using ForeignConnector.Lib.Mail.Addresses;
using MimeKit;
using NetMail = System.Net.Mail;

namespace FaxGateway;

/// <summary>Mail as programs and people really write it.</summary>
internal static class SampleMail
{
    /// <summary>A fax number as an SMTP address of ours: what applications put into To.</summary>
    public static string Fax(string number) => Imcea.Encode("FAX", number, "contoso.com");

    /// <summary>
    /// A .NET application with the pickup mode of System.Net.Mail. Its Bcc recipient stands in X-Receiver alone, and X-Sender and
    /// X-Receiver carry display names.
    /// </summary>
    public static void SendWithSystemNetMail(string pickup)
    {
        using var client = new NetMail.SmtpClient
        {
            DeliveryMethod = NetMail.SmtpDeliveryMethod.SpecifiedPickupDirectory,
            PickupDirectoryLocation = pickup,
        };
        var from = new NetMail.MailAddress("billing@contoso.com", "Contoso, Billing");
        var to = new NetMail.MailAddress("orders@eu.partner.example", "Bestellannahme Köln");
        using var message = new NetMail.MailMessage(from, to) { Subject = "Invoice 4711", Body = "Please find the invoice below." };
        message.Bcc.Add(new NetMail.MailAddress(Fax("+1 425 555 0100"), "Fax archive"));
        client.Send(message);
    }

    /// <summary>A multipart with a PDF and a subject beyond ASCII, to a fax number and a person.</summary>
    public static void SendWithMimeKit(string pickup)
    {
        var builder = new BodyBuilder { TextBody = "Die Auftragsbestätigung liegt bei.\r\n" };
        builder.Attachments.Add(
            "auftrag.pdf",
            Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"),
            new ContentType("application", "pdf"));
        using var message = new MimeMessage();
        message.From.Add(new MailboxAddress("Jörg Müller", "joerg@contoso.com"));
        message.To.Add(new MailboxAddress("Werk Süd", Fax("+49 89 555 0199")));
        message.Cc.Add(new MailboxAddress("Łucja", "lucja@partner.example"));
        message.Subject = "Auftragsbestätigung № 12 – Größe XL";
        message.Body = builder.ToMessageBody();
        using var octets = new MemoryStream();
        message.WriteTo(octets);
        MailRoot.Put(pickup, "auftrag.eml", octets.ToArray());
    }

    /// <summary>A file as a person types it: no Date, no Message-ID, the line ends of an editor.</summary>
    public static void TypeByHand(string pickup) => MailRoot.Put(pickup, "note.eml", """
        To: Mary <mary@contoso.com>
        From: bob@contoso.com
        Subject: Message subject

        This is the body of the message.

        """u8.ToArray());

    /// <summary>Two faxes through the line: one to a number that is busy at first, one to a number that does not exist.</summary>
    public static void SendThroughTheLine(string pickup)
    {
        foreach (var (name, number) in new[] { ("order", "+44 20 555 0100"), ("reminder", FaxLine.NotInService) })
        {
            MailRoot.Put(pickup, $"{name}.eml", Encoding.ASCII.GetBytes(
                $"From: Secretary <secretary@contoso.com>\r\nTo: {Fax(number)}\r\nSubject: The {name} of today\r\n"
                + "\r\nPlease see below.\r\n"));
        }
    }

    /// <summary>A message that carries its envelope, as an exported queue file does.</summary>
    public static void ExportToReplay(string replay) => MailRoot.Put(replay, "export.eml", Encoding.ASCII.GetBytes(string.Join("\r\n",
        "X-Sender: <bob@fabrikam.com> BODY=7bit RET=HDRS ENVID=12345ABCD",
        "X-Receiver: <mary@contoso.com> NOTIFY=NEVER ORCPT=rfc822;mary@contoso.com",
        "X-CreatedBy: MSExchange15",
        "X-EndOfInjectedXHeaders: 1024",
        "From: Bob <bob@fabrikam.com>",
        "To: Mary <mary@contoso.com>",
        "Subject: Replayed",
        "",
        "This message has been on its way before.",
        "")));

    /// <summary>A file that nothing can be done with.</summary>
    public static void BreakOne(string pickup) =>
        MailRoot.Put(pickup, "broken.eml", "Dear Mary,\r\nthis is a letter and not a message.\r\n"u8.ToArray());
}
