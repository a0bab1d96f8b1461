using System.Buffers;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Routing.Spaces;

/// <summary>
/// Domain spaces: <c>contoso.com</c>, <c>*.contoso.com</c>, <c>*.com</c>, <c>*</c> (AS-2, AS-3). The canonical form is A-labels in lower
/// case without a trailing dot. A name with <c>_</c>, which RFC 1035 does not know, is no space; recipients may have one, and <c>*</c>
/// takes them.
/// </summary>
internal static class SmtpSpace
{
    /// <summary>Octets of the longest name (AS-2).</summary>
    public const int MaxLength = DomainLabels.MaxLength;

    /// <summary>Octets of the longest label (AS-2).</summary>
    public const int MaxLabelLength = DomainLabels.MaxLabelLength;

    /// <summary>Matches every SMTP address.</summary>
    public const string All = "*";

    private const string WildcardPrefix = "*.";

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static bool IsWildcard(string space) => space is ['*', '.', ..];

    /// <summary>The domain of <c>domain</c> and of <c>*.domain</c>.</summary>
    public static ReadOnlySpan<char> DomainOf(string space) => space.AsSpan(IsWildcard(space) ? WildcardPrefix.Length : 0);

    /// <summary>RT-2: the exact domain, then the wildcard with the most labels, then <c>*</c>.</summary>
    public static int Specificity(string space)
    {
        if (space == All)
            return 0;
        return IsWildcard(space) ? space.AsSpan().Count('.') : int.MaxValue;
    }

    /// <summary>AS-3, for a canonical domain.</summary>
    public static bool Matches(string space, ReadOnlySpan<char> domain)
    {
        if (space == All)
            return true;
        if (!IsWildcard(space))
            return domain.SequenceEqual(space);
        var parent = DomainOf(space);
        return domain.EndsWith(parent) && (domain.Length == parent.Length || domain[^(parent.Length + 1)] == '.');
    }

    /// <summary>The canonical form, or null and an error.</summary>
    public static string? Read(TextPart part, out MailFormatException? error)
    {
        // Not "*.": an unfinished "*.com" must not take every message.
        if (part.Span.SequenceEqual(All))
        {
            error = null;
            return All;
        }
        var name = WithoutTrailingDot(part);
        var prefix = name.Span is ['*', var dot, ..] && DomainLabels.Dots.Contains(dot) ? WildcardPrefix : "";
        var domain = new TextPart(name.Text, name.Start + prefix.Length, name.End);
        if (ReadDomain(domain, out error) is not { } canonical)
            return null;
        if (prefix.Length + canonical.Length <= MaxLength)
            return prefix.Length == 0 ? canonical : prefix + canonical;
        error = part.Error("AS-2", $"a domain name has at most {MaxLength} octets");
        return null;
    }

    private static TextPart WithoutTrailingDot(TextPart part) =>
        new(part.Text, part.Start, part.Start + DomainLabels.WithoutTrailingDot(part.Span).Length);

    private static string? ReadDomain(TextPart domain, out MailFormatException? error)
    {
        var labels = new StringBuilder(domain.Span.Length);
        var start = 0;
        while (true)
        {
            var rest = domain.Span[start..];
            var length = rest.IndexOfAny(DomainLabels.Dots) is >= 0 and var i ? i : rest.Length;
            var label = new TextPart(domain.Text, domain.Start + start, domain.Start + start + length);
            if (ReadLabel(label, out error) is not { } canonical)
                return null;
            labels.Append(canonical);
            start += length + 1;
            if (length == rest.Length)
                return labels.ToString();
            labels.Append('.');
        }
    }

    private static string? ReadLabel(TextPart label, out MailFormatException? error)
    {
        if (label.Span.IsEmpty)
        {
            error = label.Error("AS-2", "a label of the domain name is empty");
            return null;
        }
        string canonical;
        try
        {
            canonical = DomainLabels.CanonicalLabel(label.Span);
        }
        catch (MailFormatException e)
        {
            error = label.Error("AS-2", e.Reason);
            return null;
        }
        error = CheckLabel(label, canonical);
        return error is null ? canonical : null;
    }

    private static MailFormatException? CheckLabel(TextPart label, string canonical)
    {
        if (label.Span.IndexOf('*') is >= 0 and var star)
            return label.Error("AS-2", "'*' stands alone or as the whole first label, as in '*.contoso.com'", star);
        if (canonical.AsSpan().IndexOfAnyExcept(LabelCharacters) is >= 0 and var bad)
            return label.Error("AS-2", $"'{canonical[bad]}' cannot stand in a domain name: its labels are of letters, digits and '-'",
                Math.Max(0, label.Span.IndexOf(canonical[bad])));
        if (canonical.Length > MaxLabelLength)
            return label.Error("AS-2", $"a label has at most {MaxLabelLength} octets");
        if (canonical[0] == '-')
            return label.Error("AS-2", "a label cannot begin with '-'");
        return canonical[^1] == '-' ? label.Error("AS-2", "a label cannot end with '-'", label.Span.Length - 1) : null;
    }
}
