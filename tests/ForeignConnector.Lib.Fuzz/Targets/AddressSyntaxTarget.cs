using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>One address as text: of an envelope, of a command line (EN-2, IM-2).</summary>
internal static class AddressSyntaxTarget
{
    private static readonly HashSet<string> Accepted = ["contoso.com", "e.test"];

    public static void Run(ReadOnlySpan<byte> input)
    {
        var text = Text.Of(input);
        if (Text.OrNull(() => RoutingAddress.Parse(text)) is { } parsed)
            Check.Equal(parsed, RoutingAddress.Parse(parsed.ToString()), "an address that is printed reads back equal");
        var recipient = new EnvelopeRecipient(text);
        Intake.ThroughDrop(new MailEnvelope(text, [recipient]), []);
        if (Text.OrNull(() => RoutingAddress.Smtp(text)) is { } routed)
        {
            Check.Equal(routed.Domain!, RoutingAddress.CanonicalDomain(routed.Domain), "AS-2: the canonical form of a domain is canonical");
            Check.Equal(RoutingAddress.Smtp(text), routed, "an address equals itself");
        }
        var canonical = SeenAddresses.Canonical(text);
        Check.Equal(canonical, SeenAddresses.Canonical(canonical), "PU-7: the canonical form of an address is canonical");
        _ = Imcea.ForRouting(text, Accepted);
    }
}
