using System.Globalization;
using System.Text;
using MimeKit;

namespace ForeignConnector.Lib.Gateways.Texts;

/// <summary>Names for files of attachments; each is given once.</summary>
internal sealed class SafeNames
{
    private const int MaxLength = 100;
    private const int MaxOctets = 200;

    private static readonly string[] Devices =
    [
        "CON", "PRN", "AUX", "NUL", "CLOCK$", .. Enumerable.Range(0, 10).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" }),
    ];

    private readonly HashSet<string> _given = new(StringComparer.OrdinalIgnoreCase);

    public string Next(MimeEntity part)
    {
        var wanted = Safe(part.ContentDisposition?.FileName ?? part.ContentType.Name ?? "");
        if (wanted.Length == 0)
            wanted = string.Create(CultureInfo.InvariantCulture, $"attachment-{_given.Count + 1}{ExtensionOf(part)}");
        var name = wanted;
        for (var i = 2; !_given.Add(name); i++)
            name = Path.GetFileNameWithoutExtension(wanted) + string.Create(CultureInfo.InvariantCulture, $"-{i}")
                + Path.GetExtension(wanted);
        return name;
    }

    /// <summary>What is left of a name; empty when nothing is.</summary>
    internal static string Safe(string name)
    {
        var last = name[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        var safe = new StringBuilder();
        foreach (var rune in last.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
                || rune == Rune.ReplacementChar)
                continue;
            safe.Append("<>:\"|?*%$`'!;&".Contains(rune.ToString(), StringComparison.Ordinal) ? "_" : rune.ToString());
        }
        // No hidden file, no option, and nothing that Windows takes off the end.
        var trimmed = safe.ToString().Trim().TrimStart('.', '-', '~', ' ').TrimEnd('.', ' ');
        if (Devices.Contains(trimmed.Split('.')[0].Trim(), StringComparer.OrdinalIgnoreCase))
            trimmed = "_" + trimmed;
        return Short(trimmed);
    }

    private static string Short(string name)
    {
        var extension = Path.GetExtension(name) is { Length: <= 10 } short_ ? short_ : "";
        var stem = name[..^extension.Length];
        while (stem.Length + extension.Length > MaxLength || Encoding.UTF8.GetByteCount(stem + extension) > MaxOctets)
            stem = stem[..^(stem.Length > 1 && char.IsLowSurrogate(stem[^1]) ? 2 : 1)];
        return stem.TrimEnd(' ', '.') + extension;
    }

    private static string ExtensionOf(MimeEntity part) =>
        part is MessagePart ? ".eml"
        : MimeTypes.TryGetExtension(part.ContentType.MimeType, out var extension) ? extension
        : ".bin";
}
