using System.Buffers;
using System.Globalization;
using System.Text;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>
/// Domain names as A-labels in lower case (AS-2). Label by label, so that one that IDNA does not know, such as <c>_dmarc</c>, does not
/// keep the others from being recognised.
/// </summary>
internal static class DomainLabels
{
    /// <summary>What IDNA takes for the dot between labels (RFC 3490, section 3.1).</summary>
    public static readonly SearchValues<char> Dots = SearchValues.Create(".\u3002\uFF0E\uFF61");

    /// <summary>Octets of the longest name (AS-2).</summary>
    public const int MaxLength = 255;

    /// <summary>Octets of the longest label (AS-2).</summary>
    public const int MaxLabelLength = 63;

    // Those of RFC 1035, and '_', which names in use have.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    /// <summary>The canonical form, without a trailing dot.</summary>
    /// <exception cref="MailFormatException">A label holds characters that cannot be encoded.</exception>
    public static string Canonical(ReadOnlySpan<char> domain)
    {
        var name = WithoutTrailingDot(domain);
        if (Ascii.IsValid(name))
            return Lower(name);
        var result = new StringBuilder(name.Length + 8);
        while (name.IndexOfAny(Dots) is >= 0 and var dot)
        {
            if (dot == 0)
                throw new MailFormatException("AS-2", $"'{domain}' has an empty label");
            result.Append(CanonicalLabel(name[..dot])).Append('.');
            name = name[(dot + 1)..];
        }
        return result.Append(CanonicalLabel(name)).ToString();
    }

    /// <summary>
    /// Why a name in its canonical form can never be a domain (AS-2); null when it can. Labels that begin or end with <c>-</c> are no names
    /// of hosts and occur all the same.
    /// </summary>
    public static string? Problem(ReadOnlySpan<char> canonical)
    {
        if (canonical.IndexOfAnyExcept(NameCharacters) is >= 0 and var bad)
            return $"{Shown(canonical[bad])} cannot stand in a domain name";
        if (canonical.Length > MaxLength)
            return $"a domain name has at most {MaxLength} octets";
        for (var rest = canonical; ; rest = rest[(rest.IndexOf('.') + 1)..])
        {
            var label = rest.IndexOf('.') is >= 0 and var dot ? rest[..dot] : rest;
            if (label.IsEmpty || label.Length > MaxLabelLength)
                return $"a label of a domain name has 1 to {MaxLabelLength} octets";
            if (label.Length == rest.Length)
                return null;
        }
    }

    /// <summary>The canonical form of one label.</summary>
    /// <exception cref="MailFormatException">It holds characters that cannot be encoded.</exception>
    public static string CanonicalLabel(ReadOnlySpan<char> label)
    {
        if (Ascii.IsValid(label))
            return Lower(label);
        if (IndexOfUnseen(label) is >= 0 and var unseen)
            throw new MailFormatException("AS-2", $"{Shown(label[unseen])} cannot stand in a domain name");
        if (IndexOfPunctuation(label) is >= 0 and var mark)
            throw new MailFormatException("AS-2", $"{Shown(label[mark])} cannot stand in a domain name");
        try
        {
            var encoded = Idn.GetAscii(label.ToString().ToLowerInvariant()).ToLowerInvariant();
            if (!encoded.Contains('.', StringComparison.Ordinal))
                return encoded;
        }
        catch (ArgumentException)
        {
            // Said below, together with the characters that become a dot.
        }
        throw new MailFormatException("AS-2", $"'{label}' is not a label of an internationalised domain name");
    }

    /// <summary>The name without the dot of the root, in any of its forms.</summary>
    public static ReadOnlySpan<char> WithoutTrailingDot(ReadOnlySpan<char> domain) =>
        domain is [.., var last] && Dots.Contains(last) ? domain[..^1] : domain;

    // IDNA takes most of them out of the name or makes blanks of them, so that it would look like another one. The joiners are letters in
    // some scripts.
    private static int IndexOfUnseen(ReadOnlySpan<char> label)
    {
        for (var i = 0; i < label.Length; i++)
        {
            if (char.IsWhiteSpace(label[i]) || (char.GetUnicodeCategory(label[i]) is UnicodeCategory.Control or UnicodeCategory.Format
                && label[i] is not ('\u200C' or '\u200D')))
                return i;
        }
        return -1;
    }

    // Quotes, dashes and the like, which text processors put beside an address: no name has them (RFC 5892). Those that words are written
    // with are letters.
    private static int IndexOfPunctuation(ReadOnlySpan<char> label)
    {
        for (var i = 0; i < label.Length; i++)
        {
            if (label[i] > '\u007F' && char.IsPunctuation(label[i]) && label[i] is not ('\u00B7' or '\u05F3' or '\u05F4' or '\u30FB'))
                return i;
        }
        return -1;
    }

    private static string Shown(char c) => c is > ' ' and <= '~' ? $"'{c}'" : $"U+{(int)c:X4}";

    private static string Lower(ReadOnlySpan<char> text) =>
        text.ContainsAnyInRange('A', 'Z') ? text.ToString().ToLowerInvariant() : text.ToString();
}
