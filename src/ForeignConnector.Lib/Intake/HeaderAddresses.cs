using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using MimeKit;

namespace ForeignConnector.Lib.Intake;

/// <summary>The addresses of a From, Sender, To, Cc or Bcc field (RFC 5322, section 3.4; RFC 6531), group members included.</summary>
internal static class HeaderAddresses
{
    // An address without a domain is refused below, by name.
    private static readonly ParserOptions Options = new() { AllowAddressesWithoutDomain = true };

    /// <summary>Adds the addresses of one field to a list, in order.</summary>
    /// <param name="octets">What <paramref name="field"/> refers to.</param>
    /// <param name="field">The field; an empty value adds nothing.</param>
    /// <param name="addresses">Where they go, as addr-specs.</param>
    /// <exception cref="MailFormatException">PU-5: the value is not a list of addresses, or one cannot stand in an envelope.</exception>
    public static void Read(ReadOnlySpan<byte> octets, HeaderField field, List<string> addresses)
    {
        var value = field.Value(octets);
        if (value.Trim(" \t\r\n"u8).IsEmpty)
            return;
        InternetAddressList list;
        try
        {
            list = InternetAddressList.Parse(Options, value.ToArray());
        }
        catch (ParseException e)
        {
            throw new MailFormatException("PU-5", $"the field '{Encoding.ASCII.GetString(field.Name(octets))}' is not a list of addresses", field.ValueStart + e.ErrorIndex) { Status = DeliveryStatus.BadAddress };
        }
        foreach (var mailbox in list.Mailboxes)
        {
            Check(mailbox.Address, value, octets, field);
            addresses.Add(mailbox.Address);
        }
    }

    private static void Check(string address, ReadOnlySpan<byte> value, ReadOnlySpan<byte> octets, HeaderField field)
    {
        var name = Encoding.ASCII.GetString(field.Name(octets));
        // Octets that are not UTF-8 were guessed at: good enough for a name to show, not for an address to send to.
        if (!Ascii.IsValid(address) && value.IndexOf(Encoding.UTF8.GetBytes(address)) < 0)
            throw new MailFormatException("PU-5", $"an address in the field '{name}' is not UTF-8", field.ValueStart) { Status = DeliveryStatus.BadAddress };
        try
        {
            SmtpAddressSyntax.Validate(address);
        }
        catch (MailFormatException e)
        {
            throw new MailFormatException("PU-5", $"an address in the field '{name}' cannot be used: {e.Reason}", field.ValueStart) { Status = DeliveryStatus.BadAddress };
        }
    }
}
