using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake.Parsing;

/// <summary>
/// What intake has to know of a header before it writes the new one: which fields to replace (PU-9), and how often the message was received
/// on its way (ND-7; RFC 5321, section 6.3).
/// </summary>
/// <param name="HasMessageId">The header has a Message-ID that is not empty.</param>
/// <param name="HasDate">The header has a Date that is a date.</param>
/// <param name="Received">The number of Received fields.</param>
/// <param name="ReceivedHere">The number of Received fields that this server wrote.</param>
internal readonly record struct HeaderFacts(bool HasMessageId, bool HasDate, int Received, int ReceivedHere)
{
    /// <summary>True for a message that goes in circles.</summary>
    public bool IsLoop => Received > DeliveryStatus.MaxReceivedFields || ReceivedHere > DeliveryStatus.MaxPasses;

    /// <summary>Walks the fields; a line that is not a field is passed over.</summary>
    /// <param name="octets">The header.</param>
    /// <param name="start">The first field.</param>
    /// <param name="serverName">This server, whose Received fields are counted; null when it is not known.</param>
    public static HeaderFacts Read(ReadOnlySpan<byte> octets, int start, string? serverName)
    {
        var facts = new HeaderFacts();
        var scanner = new HeaderScanner(octets, start);
        while (scanner.TryRead(out var field))
            facts = facts.With(octets, field, serverName);
        return facts;
    }

    /// <summary>The facts of a message; reads the header only, and copies nothing of a message in memory.</summary>
    public static async ValueTask<HeaderFacts> ReadAsync(MessageContent content, string? serverName, CancellationToken cancellationToken)
    {
        if (content.TryGetOctets(out var octets))
            return Read(octets.Span, 0, serverName);
        var stream = content.OpenRead();
        await using var _ = stream.ConfigureAwait(false);
        using var header = await HeaderBuffer.ReadAsync(stream, HeaderBuffer.Ceiling, skipPreamble: false, cancellationToken)
            .ConfigureAwait(false);
        return Read(header.Octets[..header.End], 0, serverName);
    }

    /// <summary>The fields of a header that was cut off somewhere, without the last one: that one may go on.</summary>
    public static ReadOnlySpan<byte> WithoutLast(ReadOnlySpan<byte> octets, int start)
    {
        var last = start;
        var scanner = new HeaderScanner(octets, start);
        while (scanner.TryRead(out var field))
            last = field.Start;
        return octets[..last];
    }

    /// <summary>The facts with one more field.</summary>
    /// <param name="octets">What <paramref name="field"/> refers to.</param>
    /// <param name="field">The field.</param>
    /// <param name="serverName">This server; null when it is not known.</param>
    public HeaderFacts With(ReadOnlySpan<byte> octets, HeaderField field, string? serverName) => field.NameLength switch
    {
        4 when !HasDate && field.Is(octets, "Date"u8) => this with { HasDate = MailDate.IsDate(field.Value(octets)) },
        8 when field.Is(octets, "Received"u8) => this with
        {
            Received = Received + 1,
            ReceivedHere = ReceivedHere + (serverName is not null && IsBy(field.Value(octets), serverName) ? 1 : 0),
        },
        10 when !HasMessageId && field.Is(octets, "Message-ID"u8) => this with { HasMessageId = !IsEmptyId(field.Value(octets)) },
        _ => this,
    };

    /// <summary>True for a Message-ID or Date field that a new field replaces, or that repeats a valid one.</summary>
    public bool Replaces(ReadOnlySpan<byte> octets, HeaderField field) => field.NameLength switch
    {
        10 when !HasMessageId => field.Is(octets, "Message-ID"u8),
        4 => field.Is(octets, "Date"u8) && !(HasDate && MailDate.IsDate(field.Value(octets))),
        _ => false,
    };

    /// <summary>The fields to add in front, after Received.</summary>
    public string Additions(IntakeIdentity identity, SubmissionId id) =>
        (HasMessageId ? "" : identity.MessageIdField(id)) + (HasDate ? "" : IntakeIdentity.DateField(id));

    // <> is empty, too (PU-9).
    private static bool IsEmptyId(ReadOnlySpan<byte> value)
    {
        var id = value.Trim(" \t\r\n"u8);
        return id.IsEmpty || (id is [(byte)'<', .., (byte)'>'] && id[1..^1].Trim(" \t\r\n"u8).IsEmpty);
    }

    // 'by hub01.contoso.com with', 'by Replay with ... on hub01.contoso.com': the name is a word of its own somewhere behind 'by'.
    private static bool IsBy(ReadOnlySpan<byte> value, string serverName)
    {
        var isBehindBy = false;
        foreach (var range in value.SplitAny(" \t\r\n;"u8))
        {
            if (isBehindBy && Ascii.EqualsIgnoreCase(value[range], serverName))
                return true;
            isBehindBy |= Ascii.EqualsIgnoreCase(value[range], "by"u8);
        }
        return false;
    }
}
