using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake.Parsing;

/// <summary>The addresses of a From, Sender, To, Cc or Bcc field (PU-5), group members included.</summary>
internal static class HeaderAddresses
{
    /// <summary>Adds the elements of one field to a list, in order.</summary>
    /// <param name="octets">What <paramref name="field"/> refers to.</param>
    /// <param name="field">The field; one that names nobody adds nothing.</param>
    /// <param name="addresses">Where they go: those that can stand in an envelope, and the others with the problem and its place in the
    /// header.</param>
    public static void Read(ReadOnlySpan<byte> octets, HeaderField field, List<ListedAddress> addresses)
    {
        var value = field.Value(octets);
        var plain = new List<string>();
        if (PlainAddressList.TryRead(value, plain))
        {
            addresses.AddRange(plain.Select(address => new ListedAddress(address, field.ValueStart, null)));
            return;
        }
        var first = addresses.Count;
        AddressListReader.Read(value, addresses);
        for (var i = first; i < addresses.Count; i++)
        {
            if (addresses[i].Problem is { } problem)
                addresses[i] = addresses[i] with
                {
                    Problem = InField(
                        Encoding.ASCII.GetString(field.Name(octets)), problem, field.ValueStart + addresses[i].Position)
                };
        }
    }

    private static MailFormatException InField(string name, MailFormatException problem, int position) =>
        new("PU-5", $"an address in the field '{name}' cannot be used: {problem.Reason}",
            position)
        { Status = DeliveryStatus.BadAddress, Quoted = problem.Quoted };
}
