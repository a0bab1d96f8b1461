using System.Globalization;
using System.Text;

namespace ForeignConnector.Lib.Storage;

/// <summary>Names beside names: what a file is called while it is claimed, when it is bad, and how a connector's folder is
/// called.</summary>
internal static class FileNames
{
    public const string Message = ".eml";
    public const string Temporary = ".tmp";

    /// <summary>NAME_MAX of Linux and macOS; Windows allows 255 UTF-16 units, which is never less.</summary>
    public const int MaxOctets = 255;

    private const int MaxCandidates = 1000;

    private static readonly System.Buffers.SearchValues<char> Portable =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -_.()+@,");

    /// <summary><paramref name="stem"/> and <paramref name="extension"/>, the stem cut so that the name fits a directory entry.</summary>
    public static string Join(string stem, string extension)
    {
        var room = MaxOctets - Encoding.UTF8.GetByteCount(extension);
        while (Encoding.UTF8.GetByteCount(stem) > room)
            stem = stem[..^(char.IsLowSurrogate(stem[^1]) ? 2 : 1)];
        return stem + extension;
    }

    /// <summary>
    /// The names to try, in order: <c>name.ext</c>, <c>name&lt;datetime&gt;.ext</c> (PU-4, BM-1; UTC to the millisecond), then numbered
    /// ones.
    /// </summary>
    /// <param name="stem">The name without extension.</param>
    /// <param name="extension">With its dot.</param>
    /// <param name="time">Now.</param>
    /// <param name="companion">What another file's name adds to this one; room is left for it.</param>
    public static IEnumerable<string> Candidates(string stem, string extension, DateTimeOffset time, string companion = "")
    {
        var stamp = time.UtcDateTime.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
        yield return Fit("");
        yield return Fit(stamp);
        for (var i = 2; i < MaxCandidates; i++)
            yield return Fit($"{stamp}-{i}");

        string Fit(string addition) => Join(stem, addition + extension + companion)[..^companion.Length];
    }

    /// <summary>
    /// A folder name for any text, one for one: characters outside a portable set, and a leading or trailing dot or blank, become
    /// <c>%hhhh</c> of their UTF-16 unit.
    /// </summary>
    public static string Folder(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var edge = (i == 0 || i == name.Length - 1) && name[i] is '.' or ' ';
            if (Portable.Contains(name[i]) && !edge)
                text.Append(name[i]);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{(int)name[i]:X4}");
        }
        return text.ToString();
    }

    /// <summary>The text that <see cref="Folder"/> made a folder name of.</summary>
    public static string FromFolder(string folder)
    {
        var text = new StringBuilder(folder.Length);
        for (var i = 0; i < folder.Length; i++)
        {
            if (folder[i] == '%' && i + 4 < folder.Length
                && ushort.TryParse(folder.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                text.Append((char)unit);
                i += 4;
            }
            else
            {
                text.Append(folder[i]);
            }
        }
        return text.ToString();
    }

    /// <summary>A file name that is safe in a log line or a report: control characters and quotes become <c>?</c>.</summary>
    public static string ForLog(string name) =>
        string.Create(name.Length, name, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) || source[i] is '"' ? '?' : source[i];
        });
}
