using System.IO.Abstractions;

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>
/// Tells whether a name is taken, where a wrong "no" would lose, double or misjudge mail. <c>File.Exists</c> says no when it cannot tell;
/// these say no only when the system says that nothing is there (ENOENT, ENOTDIR).
/// </summary>
internal static class Presence
{
    // .NET answers this for a name that nothing has.
    private const FileAttributes Nothing = (FileAttributes)(-1);

    /// <summary>True when something that is no directory has the name, a link to nowhere included.</summary>
    /// <exception cref="IOException">It cannot be known.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not know it.</exception>
    public static bool HasFile(this IFileSystem files, string path) =>
        files.AttributesOf(path) is { } attributes && !attributes.HasFlag(FileAttributes.Directory);

    /// <summary>True when a directory has the name, or a link to one.</summary>
    /// <inheritdoc cref="HasFile"/>
    public static bool HasDirectory(this IFileSystem files, string path) =>
        files.AttributesOf(path)?.HasFlag(FileAttributes.Directory) == true;

    /// <summary>What has the name; null when nothing has.</summary>
    /// <inheritdoc cref="HasFile"/>
    public static FileAttributes? AttributesOf(this IFileSystem files, string path)
    {
        try
        {
            return files.FileInfo.New(path).Attributes is var attributes and not Nothing ? attributes : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
