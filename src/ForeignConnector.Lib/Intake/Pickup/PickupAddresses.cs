using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Intake.Pickup;

/// <summary>The addresses in the header of a Pickup file, and what they make of the envelope (PU-5..PU-8).</summary>
internal sealed class PickupAddresses
{
    private readonly List<string> _from = [];
    private readonly List<string> _sender = [];
    private readonly List<string> _to = [];
    private readonly List<string> _cc = [];
    private readonly List<string> _bcc = [];
    private int _toFields;
    private bool _toIsUndisclosed;

    /// <summary>The envelope sender: the single From address; with several, the Sender (PU-6).</summary>
    public string Sender { get; private set; } = "";

    /// <summary>True when no one would be left to see in To and Cc, and To does not say so yet (PU-8).</summary>
    public bool NeedsUndisclosedRecipients => _to.Count == 0 && _cc.Count == 0 && !(_toFields == 1 && _toIsUndisclosed);

    /// <summary>Reads From, Sender, To, Cc and Bcc.</summary>
    /// <exception cref="MailFormatException">PU-5.</exception>
    public static PickupAddresses Read(ReadOnlySpan<byte> octets, int start, InjectedBlock? block)
    {
        var found = new PickupAddresses();
        var scanner = new HeaderScanner(octets, start);
        while (scanner.TryRead(out var field))
        {
            if (block?.Removes(field.Start) == true || found.ListFor(octets, field) is not { } list)
                continue;
            HeaderAddresses.Read(octets, field, list);
            if (list != found._to)
                continue;
            found._toFields++;
            found._toIsUndisclosed |= IsUndisclosed(field.Value(octets));
        }
        found.Sender = found.ChooseSender();
        return found;
    }

    /// <summary>The envelope sender of a header that breaks a rule elsewhere (ND-1); null when From and Sender name none.</summary>
    public static string? TryReadSender(ReadOnlySpan<byte> octets, int start)
    {
        var found = new PickupAddresses();
        var scanner = new HeaderScanner(octets, start);
        try
        {
            while (scanner.TryRead(out var field))
            {
                if (found.ListFor(octets, field) is { } list && (list == found._from || list == found._sender))
                    HeaderAddresses.Read(octets, field, list);
            }
            return found.ChooseSender();
        }
        catch (MailFormatException)
        {
            return null;
        }
    }

    /// <summary>All of To, Cc and Bcc, each address once, in order (PU-7).</summary>
    public List<EnvelopeRecipient> Recipients()
    {
        var recipients = new List<EnvelopeRecipient>(_to.Count + _cc.Count + _bcc.Count);
        var seen = new SeenAddresses();
        foreach (var list in (ReadOnlySpan<List<string>>)[_to, _cc, _bcc])
        {
            foreach (var address in list)
            {
                if (seen.Add(address))
                    recipients.Add(new EnvelopeRecipient(address));
            }
        }
        return recipients;
    }

    private List<string>? ListFor(ReadOnlySpan<byte> octets, HeaderField field) => field.NameLength switch
    {
        2 when field.Is(octets, "To"u8) => _to,
        2 when field.Is(octets, "Cc"u8) => _cc,
        3 when field.Is(octets, "Bcc"u8) => _bcc,
        4 when field.Is(octets, "From"u8) => _from,
        6 when field.Is(octets, "Sender"u8) => _sender,
        _ => null,
    };

    // A group without members whose name says it, in any of the spellings that programs use: "undisclosed-recipients", Undisclosed.Recipient and so on.
    private static bool IsUndisclosed(ReadOnlySpan<byte> value)
    {
        var colon = value.IndexOf((byte)':');
        if (colon < 0 || !value[(colon + 1)..].Trim(" \t\r\n"u8).SequenceEqual(";"u8))
            return false;
        var letters = string.Concat(Encoding.Latin1.GetString(value[..colon]).Where(char.IsAsciiLetter));
        return letters.Equals("undisclosedrecipients", StringComparison.OrdinalIgnoreCase) || letters.Equals("undisclosedrecipient", StringComparison.OrdinalIgnoreCase);
    }

    private string ChooseSender() => (_from.Count, _sender.Count) switch
    {
        (_, > 1) => throw new MailFormatException("PU-5", $"Sender holds {_sender.Count} addresses; at most one is allowed"),
        (0, 0) => throw new MailFormatException("PU-5", "there is no sender: From and Sender hold no address"),
        ( > 1, 0) => throw new MailFormatException("PU-5", $"From holds {_from.Count} addresses; that needs a Sender"),
        (1, _) => _from[0],
        _ => _sender[0],
    };
}
