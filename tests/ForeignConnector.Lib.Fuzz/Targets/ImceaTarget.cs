using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>Wrapped addresses (IM-1..IM-3): any octets in, and any text out.</summary>
internal static class ImceaTarget
{
    private static readonly HashSet<string> Accepted = ["contoso.com"];

    public static void Run(ReadOnlySpan<byte> input)
    {
        var octets = input.ToArray();
        if (Text.OrNull(() => Imcea.Encode("FAX", octets, "contoso.com")) is { } address)
        {
            Check.Equal(input, Imcea.Decode(address, out var type), "IM-3: what was wrapped comes out again");
            Check.Equal("FAX", type, "IM-1: the type comes out again");
            Check.That(address.Length <= Imcea.MaxAddressLength && address.LastIndexOf('@') <= Imcea.MaxLocalPartLength, "IM-3: a wrapped address is not too long");
            Check.Equal(address, Imcea.Canonical(address), "IM-1: what was wrapped is in its canonical form");
            Intake.ThroughDrop(new MailEnvelope("", [new EnvelopeRecipient(address)]), []);
        }
        var text = Text.Of(input);
        if (Text.OrNull(() => Imcea.Decode(text, out _)) is { } decoded)
        {
            var canonical = Imcea.Canonical(text);
            Check.Equal(decoded, Imcea.Decode(canonical, out _), "IM-1: the canonical form wraps the same");
            Check.Equal(canonical, Imcea.Canonical(canonical), "IM-1: the canonical form is canonical");
        }
        _ = Imcea.ForRouting(text, Accepted);
    }
}
