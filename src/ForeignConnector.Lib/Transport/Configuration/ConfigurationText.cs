using System.Globalization;

namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>How values of the configuration are written, and what a text must be.</summary>
public static class ConfigurationText
{
    /// <summary>A check for <see cref="ConfigurationTable{TSettings}.Text"/>: the text must hold more than blanks.</summary>
    public static string? NotEmpty(string text) => string.IsNullOrWhiteSpace(text) ? "must not be empty" : null;

    internal static bool IsUnlimited(string text) => text.Equals("unlimited", StringComparison.OrdinalIgnoreCase);

    internal static bool TryInteger(string text, out int number) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    // .NET takes 24:00:00 and 24 for 24 days; a reader of the configuration means hours, or seconds.
    internal static bool TryTime(string text, out TimeSpan time) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time)
        && (time.Days == 0 || text.AsSpan(0, Math.Max(0, text.IndexOf(':', StringComparison.Ordinal))).Contains('.'));

    internal static bool TryMode(string text, out UnixFileMode mode)
    {
        mode = UnixFileMode.None;
        if (text.Length is < 3 or > 4 || text.AsSpan().ContainsAnyExceptInRange('0', '7') || (text.Length == 4 && text[0] != '0'))
            return false;
        mode = (UnixFileMode)Convert.ToInt32(text, 8);
        return true;
    }
}
