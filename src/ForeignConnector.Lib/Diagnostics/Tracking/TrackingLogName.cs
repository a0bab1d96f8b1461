using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ForeignConnector.Lib.Diagnostics.Tracking;

/// <summary>The name of a tracking log file, as Exchange gives them: <c>MSGTRKyyyyMMdd-n.LOG</c>, the UTC day and a number from 1 that
/// starts again every day.</summary>
internal readonly record struct TrackingLogName(DateOnly Day, int Number) : IComparable<TrackingLogName>
{
    /// <summary>What to list.</summary>
    public const string Pattern = Prefix + "*" + Extension;

    private const string Prefix = "MSGTRK";
    private const string Extension = ".LOG";
    private const string DayFormat = "yyyyMMdd";

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Day.ToString(DayFormat, CultureInfo.InvariantCulture)}-{Number}{Extension}");

    public TrackingLogName Next() => this with { Number = Number + 1 };

    public int CompareTo(TrackingLogName other) => (Day, Number).CompareTo((other.Day, other.Number));

    /// <summary>Reads a name, without case; other files in the directory are none of ours.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TrackingLogName name)
    {
        name = default;
        if (text is null || !text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            || !text.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
            return false;
        var middle = text.AsSpan(Prefix.Length, Math.Max(0, text.Length - Prefix.Length - Extension.Length));
        if (middle.IndexOf('-') != DayFormat.Length
            || !DateOnly.TryParseExact(
                middle[..DayFormat.Length], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || !int.TryParse(middle[(DayFormat.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        name = new TrackingLogName(day, number);
        return true;
    }
}
