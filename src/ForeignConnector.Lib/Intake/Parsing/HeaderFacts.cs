using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Intake.Parsing;

/// <summary>
/// What both parsers need to know of a header before they can write the new one: which fields to replace (PU-9), and how far the message
/// has come.
/// </summary>
/// <param name="HasMessageId">There is a Message-ID that says something.</param>
/// <param name="HasDate">There is a Date that is one.</param>
/// <param name="Hops">How often it was received.</param>
internal readonly record struct HeaderFacts(bool HasMessageId, bool HasDate, HopCount Hops)
{
    /// <summary>Walks the fields; lines that are none are passed over.</summary>
    /// <param name="octets">The header.</param>
    /// <param name="start">The first field.</param>
    /// <param name="serverName">This server, whose Received fields are counted; null when it is not known.</param>
    public static HeaderFacts Read(ReadOnlySpan<byte> octets, int start, string? serverName)
    {
        var facts = new HeaderFacts();
        var scanner = new HeaderScanner(octets, start);
        while (scanner.TryRead(out var field))
        {
            if (field.Is(octets, "Message-ID"u8))
                facts = facts with { HasMessageId = facts.HasMessageId || !IntakeStamp.IsEmptyId(field.Value(octets)) };
            else if (field.Is(octets, "Date"u8))
                facts = facts with { HasDate = facts.HasDate || MailDate.IsDate(field.Value(octets)) };
            else if (field.Is(octets, "Received"u8))
                facts = facts with { Hops = facts.Hops.With(octets, field, serverName) };
        }
        return facts;
    }

    /// <summary>Refuses a header with a line that is no field (PU-5): most likely there is no blank line before the body.</summary>
    /// <exception cref="MailFormatException">There is such a line.</exception>
    public static void RequireFields(ReadOnlySpan<byte> octets, int start)
    {
        var scanner = new HeaderScanner(octets, start);
        while (scanner.TryRead(out var field))
        {
            if (!field.IsField)
                throw new MailFormatException(
                    "PU-5", "this line is not a header field; a blank line must separate the header from the body", field.Start);
        }
    }

    /// <summary>The fields of a header that was cut off somewhere, without the last one: it may go on.</summary>
    public static ReadOnlySpan<byte> WithoutLast(ReadOnlySpan<byte> octets, int start)
    {
        var last = start;
        var scanner = new HeaderScanner(octets, start);
        while (scanner.TryRead(out var field))
            last = field.Start;
        return octets[..last];
    }

    /// <summary>True for a Message-ID or Date field that a new one takes the place of, or another one has.</summary>
    public bool Replaces(ReadOnlySpan<byte> octets, HeaderField field) => field.NameLength switch
    {
        10 when !HasMessageId => field.Is(octets, "Message-ID"u8),
        4 => field.Is(octets, "Date"u8) && !(HasDate && MailDate.IsDate(field.Value(octets))),
        _ => false,
    };

    /// <summary>The fields to add in front, after Received.</summary>
    public string Additions(IntakeStamp stamp) => (HasMessageId ? "" : stamp.MessageId()) + (HasDate ? "" : stamp.Date());
}
