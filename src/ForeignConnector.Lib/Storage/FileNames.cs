using System.Globalization;
using System.Text;

namespace ForeignConnector.Lib.Storage;

/// <summary>Names beside names: what a file is called while it is claimed, when it is bad, and how a connector's folder is called.</summary>
internal static class FileNames
{
    public const string Message = ".eml";
    public const string Temporary = ".tmp";

    // NAME_MAX of Linux and macOS; Windows allows 255 UTF-16 units, which is never less.
    private const int MaxOctets = 255;

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

    /// <summary>The name to use when the plain one is taken: <c>name&lt;datetime&gt;.ext</c> (PU-4, BM-1), the time in UTC to the millisecond.</summary>
    public static string JoinWithTime(string stem, DateTimeOffset time, string extension) =>
        Join(stem, time.UtcDateTime.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture) + extension);

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

    /// <summary>A file name that is safe in a log line or a report: control characters and quotes become <c>?</c>.</summary>
    public static string ForLog(string name) =>
        string.Create(name.Length, name, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) || source[i] is '"' ? '?' : source[i];
        });
}
