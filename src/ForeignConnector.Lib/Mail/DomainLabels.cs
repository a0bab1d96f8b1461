using System.Buffers;
using System.Globalization;
using System.Text;

namespace ForeignConnector.Lib.Mail;

/// <summary>
/// Domain names as A-labels in lower case (AS-2). Label by label, so that one that IDNA does not know, such as <c>_dmarc</c>, does not
/// keep the others from being recognised.
/// </summary>
internal static class DomainLabels
{
    /// <summary>What IDNA takes for the dot between labels (RFC 3490, section 3.1).</summary>
    public static readonly SearchValues<char> Dots = SearchValues.Create(".\u3002\uFF0E\uFF61");

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

    /// <summary>The canonical form of one label.</summary>
    /// <exception cref="MailFormatException">It holds characters that cannot be encoded.</exception>
    public static string CanonicalLabel(ReadOnlySpan<char> label)
    {
        if (Ascii.IsValid(label))
            return Lower(label);
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

    private static string Lower(ReadOnlySpan<char> text) =>
        text.ContainsAnyInRange('A', 'Z') ? text.ToString().ToLowerInvariant() : text.ToString();
}
