using System.Text.RegularExpressions;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Intake.Parsing;

/// <summary>Remembers addresses, so that each counts once (PU-7, EN-11). Two are equal when they route alike, whatever their notation; only
/// addresses with the same local part are compared that closely.</summary>
internal sealed partial class SeenAddresses
{
    // So few are compared one by one in less time than a table takes.
    private const int Few = 16;

    private readonly List<string> _firsts = [];
    private HashSet<string>.AlternateLookup<ReadOnlySpan<char>>? _localParts;
    private HashSet<string>? _routed;

    /// <summary>The envelope with each recipient once: the first of equal ones.</summary>
    public static MailEnvelope EachOnce(MailEnvelope envelope)
    {
        var seen = new SeenAddresses();
        return envelope with { Recipients = envelope.Recipients.RemoveAll(recipient => !seen.Add(recipient.Address)) };
    }

    /// <summary>False when an equal address was added before.</summary>
    public bool Add(string address)
    {
        address = Canonical(address);
        if (IsNewLocalPart(LocalPart(address)))
        {
            _firsts.Add(address);
            return true;
        }
        _routed ??= [.. _firsts.Select(Routed)];
        return _routed.Add(Routed(address));
    }

    /// <summary>
    /// The form in which equal addresses have equal local parts: no quotes that mean nothing (RFC 5321, section 4.1.2), one notation for
    /// what is wrapped.
    /// </summary>
    public static string Canonical(string address)
    {
        if (address is not ['"', ..])
            return Imcea.Canonical(address);
        var at = address.LastIndexOf('@');
        var text = QuotedPair().Replace(address[1..(at - 1)], "$1");
        return SmtpAddressSyntax.NeedsNoQuotes(text) ? Imcea.Canonical(text + address[at..]) : address;
    }

    [GeneratedRegex("""\\(.)""")]
    private static partial Regex QuotedPair();

    private static ReadOnlySpan<char> LocalPart(string address) => address.AsSpan(0, address.LastIndexOf('@'));

    // One whose domain is none equals only itself; routing refuses it.
    private static string Routed(string address) =>
        RoutingAddress.TrySmtp(address, out _) is { Domain: { } domain } ? string.Concat(LocalPart(address), "@", domain) : address;

    private bool IsNewLocalPart(ReadOnlySpan<char> localPart)
    {
        // Once a table of whole addresses is needed, it has to know every one of them.
        if (_routed is not null)
            return false;
        if (_firsts.Count >= Few)
            return (_localParts ??= Table()).Add(localPart);
        foreach (var first in _firsts)
        {
            if (LocalPart(first).SequenceEqual(localPart))
                return false;
        }
        return true;
    }

    private HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Table() =>
        _firsts.Select(first => LocalPart(first).ToString()).ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
}
