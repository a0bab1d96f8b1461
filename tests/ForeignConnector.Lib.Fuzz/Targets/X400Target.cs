using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Addresses.X400;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>An X.400 address, and an X.400 space (AS-4, AS-5).</summary>
internal static class X400Target
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        var text = Text.Of(input);
        if (X400AttributeList.ReadRecipient(text) is { } recipient)
            CheckRecipient(recipient);
        if (AddressSpace.TryParse($"X400:{text};5", out var space))
            Check.Equal(space, AddressSpace.Parse(space.ToString()), "AS-7: what is printed reads back equal");
    }

    private static void CheckRecipient(X400AttributeList recipient)
    {
        var printed = recipient.ToString();
        if (recipient.Attributes.IsEmpty)
            return;
        var again = X400AttributeList.ReadRecipient(printed);
        Check.That(again is not null, "AS-4: an address that is printed can be read");
        Check.Same(recipient.Attributes, again!.Attributes, "AS-4: an address that is printed reads back equal");
        if (Text.OrNull(() => AddressSpace.Parse($"X400:{printed};1")) is { } space)
            Check.That(space.Matches(RoutingAddress.Create("X400", printed)), "AS-4: a space of an address's own attributes matches it");
    }
}
