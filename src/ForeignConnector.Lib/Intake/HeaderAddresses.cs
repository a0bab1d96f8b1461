using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using MimeKit;

namespace ForeignConnector.Lib.Intake;

/// <summary>The addresses of a From, Sender, To, Cc or Bcc field (RFC 5322, section 3.4; RFC 6531), group members included.</summary>
internal static class HeaderAddresses
{
    // An address without a domain is refused below, by name.
    internal static readonly ParserOptions Options = new() { AllowAddressesWithoutDomain = true };

    /// <summary>Adds the addresses of one field to a list, in order.</summary>
    /// <param name="octets">What <paramref name="field"/> refers to.</param>
    /// <param name="field">The field; an empty value adds nothing.</param>
    /// <param name="addresses">Where they go, as addr-specs.</param>
    /// <exception cref="MailFormatException">PU-5: the value is not a list of addresses, or one cannot stand in an envelope.</exception>
    public static void Read(ReadOnlySpan<byte> octets, HeaderField field, List<string> addresses)
    {
        var value = field.Value(octets);
        if (value.Trim(" \t\r\n"u8).IsEmpty || PlainAddressList.TryRead(value, addresses))
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
            addresses.Add(Checked(mailbox.Address, value, octets, field));
    }

    private static string Checked(string read, ReadOnlySpan<byte> value, ReadOnlySpan<byte> octets, HeaderField field)
    {
        var name = Encoding.ASCII.GetString(field.Name(octets));
        var address = AsWritten(read, value)
            ?? throw new MailFormatException("PU-5", $"an address in the field '{name}' is not UTF-8", field.ValueStart) { Status = DeliveryStatus.BadAddress };
        try
        {
            SmtpAddressSyntax.Validate(address);
            return address;
        }
        catch (MailFormatException e)
        {
            throw new MailFormatException("PU-5", $"an address in the field '{name}' cannot be used: {e.Reason}", field.ValueStart)
            {
                Status = DeliveryStatus.BadAddress,
                Quoted = e.Quoted,
            };
        }
    }

    // MimeKit shows the U-label of an A-label, and guesses at octets that are not UTF-8: good enough for a name to show, not for an address to send to.
    private static string? AsWritten(string address, ReadOnlySpan<byte> value)
    {
        if (Holds(value, address))
            return address;
        var at = address.LastIndexOf('@') + 1;
        if (!Holds(value, address[..at]))
            return null;
        var labels = address[at..].Split('.');
        for (var i = 0; i < labels.Length; i++)
        {
            if (Holds(value, labels[i]))
                continue;
            if (!TryEncode(labels[i], out var encoded) || !(Ascii.IsValid(value) || HoldsIgnoringCase(value, encoded)))
                return null;
            labels[i] = encoded;
        }
        return address[..at] + string.Join('.', labels);
    }

    private static bool Holds(ReadOnlySpan<byte> value, string text) => Ascii.IsValid(text) || value.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static bool HoldsIgnoringCase(ReadOnlySpan<byte> value, string text) =>
        Encoding.Latin1.GetString(value).Contains(text, StringComparison.OrdinalIgnoreCase);

    private static bool TryEncode(string label, out string encoded)
    {
        try
        {
            encoded = DomainLabels.CanonicalLabel(label);
            return true;
        }
        catch (MailFormatException)
        {
            encoded = "";
            return false;
        }
    }
}
