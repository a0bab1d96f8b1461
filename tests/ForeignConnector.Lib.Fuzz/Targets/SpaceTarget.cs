using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>An address space of a configuration (AS-1..AS-7).</summary>
internal static class SpaceTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        var text = Text.Of(input);
        if (!AddressSpace.TryParse(text, out var space))
        {
            CheckError(text);
            return;
        }
        var printed = space.ToString();
        Check.That(AddressSpace.TryParse(printed, out var again), "AS-7: what is printed can be read");
        Check.Equal(space, again, "AS-7: what is printed reads back equal");
        Check.Equal(space.GetHashCode(), again!.GetHashCode(), "equal spaces have equal hashes");
        Check.Equal(printed, again.ToString(), "AS-7: what is printed prints the same");
        Check.That(space.Cost is >= AddressSpace.MinCost and <= AddressSpace.MaxCost, "AS-1: a cost is 1 to 100");
        if (space.Type == RoutingAddress.SmtpType && !space.Space.Contains('*', StringComparison.Ordinal))
            Check.That(space.Matches(RoutingAddress.Smtp("a@" + space.Space)), "AS-3: a domain matches itself");
        if (space.Type == RoutingAddress.SmtpType && space.Space.StartsWith("*.", StringComparison.Ordinal))
            Check.That(space.Matches(RoutingAddress.Smtp("a@" + space.Space[2..])) && space.Matches(RoutingAddress.Smtp("a@b." + space.Space[2..])), "AS-3: a wildcard matches its domain and those below");
    }

    private static void CheckError(string text)
    {
        try
        {
            AddressSpace.Parse(text);
        }
        catch (MailFormatException e)
        {
            Check.That(e.Rule.StartsWith("AS-", StringComparison.Ordinal) && (e.Position ?? 0) >= 0 && (e.Position ?? 0) <= text.Length, "AS-7: an error names the rule, and a place in the text");
            return;
        }
        throw new FuzzException("TryParse refuses what Parse takes");
    }
}
