using System.Text;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Routing.Spaces;

/// <summary>Spaces of any other type: text in which <c>*</c> stands for any run of characters, compared without case (AS-6).</summary>
internal static class TextSpace
{
    public const char Star = '*';

    /// <summary>RT-2: no <c>*</c> at all, then the most literal characters, then <c>*</c>.</summary>
    public static int Specificity(string space)
    {
        var stars = space.AsSpan().Count(Star);
        return stars == 0 ? int.MaxValue : space.Length - stars;
    }

    /// <summary>The canonical form, which has no two <c>*</c> in a row, or null and an error.</summary>
    public static string? Read(TextPart part, out MailFormatException? error)
    {
        error = part.Span.IsEmpty ? part.Error("AS-6", "the space is empty; write '*' for every address of the type") : null;
        if (error is not null)
            return null;
        if (part.Span.IndexOf("**") < 0)
            return part.Span.ToString();
        var text = new StringBuilder(part.Span.Length);
        foreach (var c in part.Span)
        {
            if (c != Star || text.Length == 0 || text[^1] != Star)
                text.Append(c);
        }
        return text.ToString();
    }

    /// <summary>
    /// True when the whole value fits the pattern. Greedy, without backtracking: what stands between two stars is taken where it occurs
    /// first, so the work is bounded by the product of the two lengths however many stars there are.
    /// </summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> value)
    {
        var star = pattern.IndexOf(Star);
        if (star < 0)
            return value.Equals(pattern, StringComparison.OrdinalIgnoreCase);
        if (!value.StartsWith(pattern[..star], StringComparison.OrdinalIgnoreCase))
            return false;
        value = value[star..];
        pattern = pattern[(star + 1)..];
        while ((star = pattern.IndexOf(Star)) >= 0)
        {
            var at = value.IndexOf(pattern[..star], StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                return false;
            value = value[(at + star)..];
            pattern = pattern[(star + 1)..];
        }
        return value.EndsWith(pattern, StringComparison.OrdinalIgnoreCase);
    }
}
