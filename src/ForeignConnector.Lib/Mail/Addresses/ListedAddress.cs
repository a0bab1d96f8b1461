using System.Text;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>One element of a list of addresses.</summary>
/// <param name="Text">The address; or, when it cannot be read, what stands there, for people.</param>
/// <param name="Position">Where the element begins: in the value, or in the header after <see cref="ReadField"/>.</param>
/// <param name="Problem">Why the element cannot be read or used; null for an address.</param>
internal readonly record struct ListedAddress(string Text, int Position, MailFormatException? Problem)
{
    /// <summary>What is wrong with the text, without the text and the field it stands in: many of one kind read the same.</summary>
    public string Why { get; init; } = Problem is { Quoted.Length: > 0 } problem ? problem.Reason.Replace(
        $"'{problem.Quoted}'", "it", StringComparison.Ordinal) : Problem?.Reason ?? "";

    /// <summary>Adds the addresses of a From, Sender, To, Cc or Bcc field (PU-5), group members included, in order.</summary>
    /// <param name="octets">What <paramref name="field"/> refers to.</param>
    /// <param name="field">The field; one that names nobody adds nothing.</param>
    /// <param name="addresses">
    /// Takes the addresses that can stand in an envelope, and the others with the problem and its place in the header.
    /// </param>
    public static void ReadField(ReadOnlySpan<byte> octets, HeaderField field, List<ListedAddress> addresses)
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
            if (addresses[i] is not { Problem: { } problem } address)
                continue;
            var name = Encoding.ASCII.GetString(field.Name(octets));
            var inField = new MailFormatException(
                "PU-5", $"an address in the field '{name}' cannot be used: {problem.Reason}", field.ValueStart + address.Position)
            {
                Status = DeliveryStatus.BadAddress,
                Quoted = problem.Quoted,
            };
            addresses[i] = address with { Problem = inField };
        }
    }
}
