using System.Text.RegularExpressions;
using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Intake.Replay;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>A file in the Replay directory (RP-2, RP-3, RP-6).</summary>
internal sealed partial class ReplayTarget
{
    private readonly IHeaderParser _parser = new ReplayParser(new ReplayOptions { TrustedCreators = { "MSExchange15" } });

    public void Run(ReadOnlySpan<byte> input)
    {
        using var header = Intake.Read(input);
        var octets = header.Octets[..header.End];
        if (new EnvelopeBlockReader(InjectedForm.Transport, "contoso.com").TryReadSender(octets, header.Start, out var sender) && sender is { Address.Length: > 0 })
            SmtpAddressSyntax.Validate(sender.Address);
        using var parsed = _parser.Parse(octets, header.Start, header.BlankLine, Intake.Identity, Intake.Id);
        var (before, after) = (Fields.Of(octets, header.Start), Fields.Of(parsed.Header.WrittenMemory.Span));
        Check.That(after is [("received", _), ..], "RP-3: our Received stands in front");
        Check.That(!after.Exists(field => field.Name == "bcc"), "RP-3: Bcc is removed");
        Check.That(after.Exists(field => field.Name == "message-id") && after.Exists(field => field.Name == "date"), "PU-9: a Message-ID and a Date are there");
        CheckRecipients(before, parsed.Envelope);
        if (parsed.Envelope.Body != BodyType.BinaryMime)
        {
            Check.Same(Fields.Lasting(before, isPickup: false, injectedStay: false), Fields.Lasting(after, isPickup: false, injectedStay: false), "RP-3: every other field stays as it is");
            Check.Equal(before.Count(field => field.Name == "received") + 1, after.Count(field => field.Name == "received"), "RP-3: Received stays");
        }
        Intake.ThroughDrop(parsed.Envelope, Intake.Message(parsed, header));
    }

    private static void CheckRecipients(List<(string Name, string Line)> fields, MailEnvelope envelope)
    {
        var recipients = envelope.Recipients.Select(recipient => recipient.Address).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, line) in fields)
        {
            if (name == "x-endofinjectedxheaders" || !name.StartsWith("x-", StringComparison.Ordinal))
                break;
            if (name == "x-receiver" && Plain().Match(line) is { Success: true } plain)
                Check.That(recipients.Contains(plain.Groups["address"].Value), "RP-2: every X-Receiver gets the message");
        }
    }

    [GeneratedRegex(@"^X-Receiver:[ \t]*<(?<address>[a-z0-9_-]{1,60}@(?:[a-z0-9]{1,60}\.){0,2}[a-z0-9]{1,60})>\r\n$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
