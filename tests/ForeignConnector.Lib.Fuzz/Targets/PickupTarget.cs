using System.Text;
using System.Text.RegularExpressions;
using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>A file in the Pickup directory (PU-5..PU-12).</summary>
internal sealed partial class PickupTarget(PickupEnvelopeHeaders mode)
{
    private const int MaxRecipients = 10_000;

    private static readonly IHeaderParser Again = new PickupParser(MaxRecipients, PickupEnvelopeHeaders.Ignore);

    private readonly IHeaderParser _parser = new PickupParser(MaxRecipients, mode);

    public void Run(ReadOnlySpan<byte> input)
    {
        using var header = Intake.Read(input);
        var octets = header.Octets[..header.End];
        // Asked of broken files, too.
        if (_parser.TryReadSender(octets, header.Start, "contoso.com") is { Address.Length: > 0 } sender)
            SmtpAddressSyntax.Validate(sender.Address);
        using var parsed = _parser.Parse(octets, header.Start, header.BlankLine, Intake.Identity, Intake.Id);
        var message = Intake.Message(parsed, header);
        var fields = Fields.Of(parsed.Header.WrittenMemory.Span);
        CheckHeader(Fields.Of(octets, header.Start), fields, parsed.Envelope);
        CheckRecipients(octets[header.Start..], parsed.Envelope);
        CheckAgain(parsed);
        Intake.ThroughDrop(parsed.Envelope, message);
    }

    private void CheckHeader(List<(string Name, string Line)> before, List<(string Name, string Line)> after, MailEnvelope envelope)
    {
        Check.That(after is [("received", _), ..] && after.Count(field => field.Name == "received") == 1, "PU-8, PU-9: our Received stands in front, and is the only one");
        Check.That(!after.Exists(field => Fields.IsForbidden(field.Name) || (field.Name.StartsWith("resent-", StringComparison.Ordinal) && field.Name.Length > 7)), "PU-8: Bcc, Resent-* and organization fields are removed");
        Check.That(after.Exists(field => field.Name == "message-id") && after.Exists(field => field.Name == "date"), "PU-9: a Message-ID and a Date are there");
        if (envelope.Body == BodyType.BinaryMime)
            return;
        // A From that is missing, or empty, is made of the X-Sender (PU-11).
        if (mode == PickupEnvelopeHeaders.Honor && before.TrueForAll(field => field.Name != "from" || field.Line.TrimEnd().EndsWith(':')))
        {
            before.RemoveAll(field => field.Name == "from");
            Check.That(after.RemoveAll(field => field.Name == "from") <= 1, "PU-11: a From that was missing is made once");
        }
        Check.Same(Fields.Lasting(before, isPickup: true, mode != PickupEnvelopeHeaders.Honor), Fields.Lasting(after, isPickup: true, mode != PickupEnvelopeHeaders.Honor), "PU-10: every other field stays as it is");
        if (mode == PickupEnvelopeHeaders.Honor)
            Check.That(before.Exists(field => field.Name == "x-receiver") || after.TrueForAll(field => field.Name is not "x-receiver"), "PU-11: no X-Receiver comes from nowhere");
    }

    // Of those that nobody can read in two ways: each gets the message, and nobody gets it who is not named.
    private void CheckRecipients(ReadOnlySpan<byte> header, MailEnvelope envelope)
    {
        var text = Encoding.Latin1.GetString(header);
        Check.Equal(envelope.Recipients.Length, envelope.Recipients.Select(recipient => recipient.Address).Distinct(StringComparer.Ordinal).Count(), "PU-7: each address once");
        foreach (var recipient in envelope.Recipients)
        {
            var at = recipient.Address.LastIndexOf('@');
            if (PlainWord().IsMatch(recipient.Address[..at]))
                Check.That(text.Contains(recipient.Address[..at], StringComparison.Ordinal), "PU-7: no recipient that the header does not name");
        }
        if (mode == PickupEnvelopeHeaders.Honor && text.Contains("x-receiver", StringComparison.OrdinalIgnoreCase))
            return;
        var recipients = envelope.Recipients.Select(recipient => RoutingAddress.Smtp(recipient.Address)).ToHashSet();
        foreach (var (name, line) in Fields.Of(header))
        {
            if (name is "to" or "cc" or "bcc" && PlainList().Match(line) is { Success: true } list)
                Check.That(list.Groups["address"].Captures.All(address => recipients.Contains(RoutingAddress.Smtp(address.Value))), "PU-7: every recipient of a plain list gets the message");
        }
    }

    // What went on is a Pickup file again, and goes on as it is. Where nobody is named in it any more, it is refused.
    private static void CheckAgain(ParsedMessage parsed)
    {
        var once = parsed.Header.WrittenMemory.ToArray();
        var blank = once is [.., (byte)'\r', (byte)'\n'] ? 2 : 1;
        using var again = Text.OrNull(() => Again.Parse(once.AsSpan(0, once.Length - blank), 0, once.AsSpan(once.Length - blank), Intake.Identity, Intake.Id));
        if (again is not null && parsed.Envelope.Body != BodyType.BinaryMime)
            Check.Equal(once, again.Header.WrittenMemory.Span, "PU-10: a header that went through once goes through unchanged");
    }

    [GeneratedRegex("^[a-z0-9_-]+$", RegexOptions.IgnoreCase)]
    private static partial Regex PlainWord();

    [GeneratedRegex(@"^[^:]*:(?:[ \t]*(?<address>[a-z0-9_-]{1,60}@(?:[a-z0-9]{1,60}\.){0,2}[a-z0-9]{1,60}),)*[ \t]*(?<address>[a-z0-9_-]{1,60}@(?:[a-z0-9]{1,60}\.){0,2}[a-z0-9]{1,60})\r\n$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PlainList();
}
