using System.Buffers;
using System.Globalization;
using System.Text;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Smtp.Agent;

/// <summary>The parameters of MAIL and RCPT that ask for reports (RFC 3461), in the form of SMTP.</summary>
internal static class DsnParameters
{
    private static readonly SearchValues<byte> PlainXtext = SearchValues.Create(
        [.. Enumerable.Range(33, 94).Where(octet => octet is not ('+' or '=')).Select(octet => (byte)octet)]);

    /// <summary>RET and ENVID, with a blank in front of each.</summary>
    public static string OfSender(MailEnvelope envelope) =>
        (envelope.Return switch { DsnReturn.Full => " RET=FULL", DsnReturn.Hdrs => " RET=HDRS", _ => "" })
        + (envelope.EnvelopeId is { Length: > 0 } id && Ascii.IsValid(id) ? $" ENVID={Xtext(id)}" : "");

    /// <summary>NOTIFY and ORCPT, with a blank in front of each.</summary>
    public static string OfRecipient(EnvelopeRecipient recipient)
    {
        var notify = recipient.Notify switch
        {
            DsnNotify.Unspecified => "",
            DsnNotify.Never => " NOTIFY=NEVER",
            var some => " NOTIFY=" + string.Join(',', Words(some)),
        };
        // Outside ASCII its form is another one (RFC 6533, 3), and it is only for people.
        return notify + (recipient.OriginalRecipient is { } original && Ascii.IsValid(original.Address)
            ? $" ORCPT={original.Type};{Xtext(original.Address)}"
            : "");
    }

    private static IEnumerable<string> Words(DsnNotify notify)
    {
        if (notify.HasFlag(DsnNotify.Success))
            yield return "SUCCESS";
        if (notify.HasFlag(DsnNotify.Failure))
            yield return "FAILURE";
        if (notify.HasFlag(DsnNotify.Delay))
            yield return "DELAY";
    }

    private static string Xtext(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var octet in Encoding.ASCII.GetBytes(text))
        {
            if (PlainXtext.Contains(octet))
                encoded.Append((char)octet);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"+{octet:X2}");
        }
        return encoded.ToString();
    }
}
