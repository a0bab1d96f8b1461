using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake.Pickup;

/// <summary>
/// What one walk over the header of a Pickup file finds: the addresses and what they make of the envelope (PU-5..PU-8), the fields that
/// intake replaces (PU-9), and a line that is not a field.
/// </summary>
internal sealed class PickupHeader
{
    // Texts that cannot be read and that a report names, when nobody else gets the message.
    private const int MaxReported = 100;

    private readonly List<ListedAddress> _from = [];
    private readonly List<ListedAddress> _sender = [];
    private readonly List<ListedAddress> _to = [];
    private readonly List<ListedAddress> _cc = [];
    private readonly List<ListedAddress> _bcc = [];
    private int _toFields;
    private bool _toIsUndisclosed;
    private int? _notAField;

    /// <summary>Message-ID, Date and Received.</summary>
    public HeaderFacts Facts { get; private set; }

    /// <summary>True when an X-Receiver field stands anywhere in the header (PU-11).</summary>
    public bool NamesReceiver { get; private set; }

    /// <summary>True when a From field is not empty.</summary>
    public bool HasFrom { get; private set; }

    /// <summary>True when nobody would be left to see in To and Cc, and To does not say so yet (PU-8).</summary>
    public bool NeedsUndisclosedRecipients => _to.Count == 0 && _cc.Count == 0 && !(_toFields == 1 && _toIsUndisclosed);

    /// <summary>The problems of recipients that cannot be read, each with its place in the header.</summary>
    public IEnumerable<MailFormatException> UnreadableRecipients =>
        _to.Concat(_cc).Concat(_bcc).Select(address => address.Problem).OfType<MailFormatException>();

    /// <summary>Walks the header.</summary>
    /// <param name="octets">The header.</param>
    /// <param name="start">The first field.</param>
    /// <param name="serverName">This server, whose Received fields are counted; null when it is not known.</param>
    public static PickupHeader Read(ReadOnlySpan<byte> octets, int start, string? serverName)
    {
        var header = new PickupHeader();
        var scanner = new HeaderScanner(octets, start);
        while (scanner.TryRead(out var field))
        {
            if (!field.IsField)
                header._notAField ??= field.Start;
            else if (header.ListFor(octets, field) is { } list)
                header.ReadAddresses(octets, field, list);
            else if (EnvelopeKeywords.FieldOf(octets, field) == InjectedName.Receiver)
                header.NamesReceiver = true;
            else
                header.Facts = header.Facts.With(octets, field, serverName);
        }
        return header;
    }

    /// <summary>Refuses a header with a line that is not a field (PU-5): most likely there is no blank line before the body.</summary>
    /// <exception cref="MailFormatException">There is such a line.</exception>
    public void RequireFields()
    {
        if (_notAField is { } position)
            throw new MailFormatException(
                "PU-5", "this line is not a header field; a blank line must separate the header from the body", position);
    }

    /// <summary>The envelope sender: the single From address, whatever is wrong with Sender; with several, the Sender (PU-6).</summary>
    /// <exception cref="MailFormatException">PU-5: there is none, or more than one.</exception>
    public string Sender()
    {
        var from = Readable(_from);
        var sender = Readable(_sender);
        return (from.Length, sender.Length) switch
        {
            (1, _) => from[0],
            (_, 1) => sender[0],
            (_, > 1) => throw new MailFormatException("PU-5", $"Sender holds {sender.Length} addresses; at most one is allowed"),
            _ => throw FirstProblem(_sender) ?? (from.Length == 0
                ? FirstProblem(_from) ?? new MailFormatException("PU-5", "there is no sender: 'From' and 'Sender' hold no address")
                : new MailFormatException("PU-5", $"From holds {from.Length} addresses; that needs a Sender")),
        };
    }

    /// <summary>All of To, Cc and Bcc, each address once, in order (PU-7).</summary>
    /// <param name="unreadable">The recipients that cannot be read, each text once.</param>
    /// <exception cref="MailFormatException">PU-5: not one can be read.</exception>
    public List<EnvelopeRecipient> Recipients(out ImmutableArray<RecipientOutcome> unreadable)
    {
        var recipients = new List<EnvelopeRecipient>(_to.Count + _cc.Count + _bcc.Count);
        var seen = new SeenAddresses();
        foreach (var list in (ReadOnlySpan<List<ListedAddress>>)[_to, _cc, _bcc])
        {
            foreach (var address in list)
            {
                if (address.Problem is null && seen.Add(address.Text))
                    recipients.Add(new EnvelopeRecipient(address.Text, isChecked: true));
            }
        }
        ListedAddress[] problems = [.. _to.Concat(_cc).Concat(_bcc).Where(address => address.Problem is not null).DistinctBy(
            address => address.Text, StringComparer.Ordinal)];
        if (recipients.Count == 0)
            throw NobodyCanBeRead(problems);
        unreadable = [.. problems.Select(Outcome)];
        return recipients;
    }

    private static MailFormatException NobodyCanBeRead(ReadOnlySpan<ListedAddress> problems)
    {
        if (problems.IsEmpty)
            return new MailFormatException("PU-5", "there is no recipient: 'To', 'Cc' and 'Bcc' hold no address");
        var first = problems[0].Problem!;
        var named = problems.Length > MaxReported ? $"; the first {MaxReported} are named" : "";
        return new MailFormatException(first.Rule, problems.Length == 1
            ? first.Reason
            : $"{first.Reason}; none of {problems.Length} recipients can be read{named}", first.Position)
        {
            Status = first.Status,
            Quoted = first.Quoted,
            Outcomes = [.. problems[..Math.Min(problems.Length, MaxReported)].ToArray().Select(Outcome)],
        };
    }

    // The outcome names the text, so the reason need not.
    private static RecipientOutcome Outcome(ListedAddress address) => RecipientOutcome.Failed(
        EnvelopeRecipient.Unreadable(
            address.Text), DeliveryStatus.BadAddress.Code, $"{DeliveryStatus.BadAddress.Text} The reason: {address.Why}.");

    private static string[] Readable(List<ListedAddress> list) =>
        [.. list.Where(address => address.Problem is null).Select(address => address.Text)];

    private static MailFormatException? FirstProblem(List<ListedAddress> list) => list.Find(address => address.Problem is not null).Problem;

    private void ReadAddresses(ReadOnlySpan<byte> octets, HeaderField field, List<ListedAddress> list)
    {
        ListedAddress.ReadField(octets, field, list);
        HasFrom |= list == _from && !field.Value(octets).Trim(" \t\r\n"u8).IsEmpty;
        if (list != _to)
            return;
        _toFields++;
        _toIsUndisclosed |= IsUndisclosed(field.Value(octets));
    }

    private List<ListedAddress>? ListFor(ReadOnlySpan<byte> octets, HeaderField field) => field.NameLength switch
    {
        2 when field.Is(octets, "To"u8) => _to,
        2 when field.Is(octets, "Cc"u8) => _cc,
        3 when field.Is(octets, "Bcc"u8) => _bcc,
        4 when field.Is(octets, "From"u8) => _from,
        6 when field.Is(octets, "Sender"u8) => _sender,
        _ => null,
    };

    // A group without members whose name says it, in any of the spellings that programs use: "undisclosed-recipients",
    // Undisclosed.Recipient and so on.
    private static bool IsUndisclosed(ReadOnlySpan<byte> value)
    {
        var colon = value.IndexOf((byte)':');
        if (colon < 0 || !value[(colon + 1)..].Trim(" \t\r\n"u8).SequenceEqual(";"u8))
            return false;
        var letters = string.Concat(Encoding.Latin1.GetString(value[..colon]).Where(char.IsAsciiLetter));
        return letters.Equals("undisclosedrecipients", StringComparison.OrdinalIgnoreCase)
            || letters.Equals("undisclosedrecipient", StringComparison.OrdinalIgnoreCase);
    }
}
