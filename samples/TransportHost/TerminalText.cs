using System.Globalization;

namespace TransportHost;

/// <summary>Text from outside, such as addresses and reasons: a terminal must not obey it.</summary>
internal static class TerminalText
{
    /// <summary>The text with <c>?</c> for every control character and every mark that is not seen.</summary>
    public static string Inert(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '?' : c));

    /// <summary>An exception with its causes: the last one often names the place.</summary>
    public static string Reasons(Exception exception)
    {
        var reasons = new List<string>();
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            reasons.Add(cause.Message);
        return string.Join(' ', reasons.Distinct());
    }
}
