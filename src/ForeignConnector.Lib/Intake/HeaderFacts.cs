using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Intake;

/// <summary>What both parsers need to know of a header before they can write the new one (PU-9): which fields to replace.</summary>
internal readonly record struct HeaderFacts(bool HasMessageId, bool HasDate)
{
    /// <summary>Walks the fields; every line must be one.</summary>
    /// <exception cref="MailFormatException">A line is not a header field: there is no blank line before the body.</exception>
    public static HeaderFacts Read(ReadOnlySpan<byte> octets, int start, string rule)
    {
        var facts = new HeaderFacts();
        var scanner = new HeaderScanner(octets, start);
        while (scanner.TryRead(out var field))
        {
            if (!field.IsField)
                throw new MailFormatException(rule, "this line is not a header field; a blank line must separate the header from the body", field.Start);
            if (field.Is(octets, "Message-ID"u8))
                facts = facts with { HasMessageId = facts.HasMessageId || !IntakeStamp.IsEmpty(field.Value(octets)) };
            else if (field.Is(octets, "Date"u8))
                facts = facts with { HasDate = facts.HasDate || IntakeStamp.IsDate(field.Value(octets)) };
        }
        return facts;
    }

    /// <summary>True for a Message-ID or Date field that a new one takes the place of.</summary>
    public bool Replaces(ReadOnlySpan<byte> octets, HeaderField field) => field.NameLength switch
    {
        10 when !HasMessageId => field.Is(octets, "Message-ID"u8),
        4 when !HasDate => field.Is(octets, "Date"u8),
        _ => false,
    };

    /// <summary>The fields to add in front, after Received.</summary>
    public string Additions(IntakeStamp stamp) => (HasMessageId ? "" : stamp.MessageId()) + (HasDate ? "" : stamp.Date());
}
