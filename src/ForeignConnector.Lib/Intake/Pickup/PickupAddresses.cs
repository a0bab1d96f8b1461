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
    private bool _toNamesGroup;

    /// <summary>The envelope sender: the single From address; with several, the Sender (PU-6).</summary>
    public string Sender { get; private set; } = "";

    /// <summary>True when no one would be left to see in To and Cc (PU-8).</summary>
    public bool NeedsUndisclosedRecipients => _to.Count == 0 && _cc.Count == 0 && !_toNamesGroup;

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
            found._toNamesGroup |= list == found._to && field.Value(octets).Contains((byte)':');
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
        var seen = new HashSet<RoutingAddress>();
        var recipients = new List<EnvelopeRecipient>();
        foreach (var address in (List<string>)[.. _to, .. _cc, .. _bcc])
        {
            if (seen.Add(RoutingAddress.Smtp(address)))
                recipients.Add(new EnvelopeRecipient(address));
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

    private string ChooseSender() => (_from.Count, _sender.Count) switch
    {
        (_, > 1) => throw new MailFormatException("PU-5", $"Sender holds {_sender.Count} addresses; at most one is allowed"),
        (0, 0) => throw new MailFormatException("PU-5", "there is no sender: From and Sender hold no address"),
        ( > 1, 0) => throw new MailFormatException("PU-5", $"From holds {_from.Count} addresses; that needs a Sender"),
        (1, _) => _from[0],
        _ => _sender[0],
    };
}
