using System.Text;
using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Headers;
using MimeKit;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>The value of a From, To, Cc or Bcc field (PU-5), against MimeKit.</summary>
internal static class AddressListTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        byte[] line = [.. "To: "u8, .. input, .. "\r\n"u8];
        var scanner = new HeaderScanner(line);
        if (!scanner.TryRead(out var field) || !field.IsField)
            return;
        var value = field.Value(line);
        var plain = new List<string>();
        if (PlainAddressList.TryRead(value, plain) && InternetAddressList.TryParse(value.ToArray(), out var known))
            Check.Same(known.Mailboxes.Select(mailbox => mailbox.Address), plain, "a plain list holds the addresses that MimeKit reads");
        var read = Read(line, field);
        foreach (var address in read)
            SmtpAddressSyntax.Validate(address);
        if (read.Count > 0)
            CheckAgain(read);
    }

    private static List<string> Read(byte[] octets, HeaderField field)
    {
        var elements = new List<ListedAddress>();
        ListedAddress.ReadField(octets, field, elements);
        return [.. elements.Where(element => element.Problem is null).Select(element => element.Text)];
    }

    // Written out in the plainest form they are the same addresses again.
    private static void CheckAgain(List<string> addresses)
    {
        var line = Encoding.UTF8.GetBytes($"To: {string.Join(", ", addresses.Select(address => $"<{address}>"))}\r\n");
        var scanner = new HeaderScanner(line);
        Check.That(scanner.TryRead(out var field), "a list of addresses is a field");
        Check.Same(addresses, Read(line, field), "addresses that were read can be written and read again");
    }
}
