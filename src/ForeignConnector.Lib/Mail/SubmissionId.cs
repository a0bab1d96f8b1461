using System.Globalization;

namespace ForeignConnector.Lib.Mail;

/// <summary>
/// Names one submission for good: queue files, Drop files and a generated Message-ID follow from it. The time makes names sort in the order
/// of acceptance, the key makes them unique and the same again when a hand-over is repeated after a crash (DR-5, PU-4).
/// </summary>
/// <param name="AcceptedAt">When the message was accepted: the time of its claim; no two of one process are equal, unless the clock was set
/// back far.</param>
/// <param name="Key">128 bits that depend on the submitted file, or are random for a message from application code.</param>
public readonly record struct SubmissionId(DateTimeOffset AcceptedAt, UInt128 Key)
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'.'fffffff'Z'";

    /// <summary>Time and key, as file names begin: <c>20260131T235959.1234567Z-0123456789abcdef0123456789abcdef</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture, $"{AcceptedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{Key:x32}");

    /// <summary>A Message-ID that is the same on every attempt, because the key is (PU-4): <c>&lt;guid@domain&gt;</c>.</summary>
    internal string ToMessageId(string domain)
    {
        var hex = Key.ToString("x32", CultureInfo.InvariantCulture);
        return $"<{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}@{domain}>";
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SubmissionId id)
    {
        id = default;
        var dash = text.IndexOf('-');
        if (dash < 0
            || !DateTimeOffset.TryParseExact(text[..dash], TimeFormat, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            || text[(dash + 1)..].Length != 32
            // Numbers may end with NUL where they are parsed, and names may not.
            || text.EndsWith('\0')
            || !UInt128.TryParse(text[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key))
            return false;
        id = new SubmissionId(time, key);
        return true;
    }
}
