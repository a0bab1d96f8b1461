using System.IO.Abstractions;
using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace ForeignConnector.Lib.Storage;

/// <summary>
/// Times of files that others made, in UTC. Some volumes keep every number that a program sets, and .NET throws for those before the year 1
/// and after 9999 (SE-4): such a time is <see cref="Unknown"/>.
/// </summary>
internal static class FileTimes
{
    /// <summary>A time that cannot be one. Later than every other one, so whoever asks how old the file is treats it as from the future:
    /// new.</summary>
    public static readonly DateTime Unknown = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    /// <summary>When the file was last written to; 1601 when there is no such file.</summary>
    public static DateTime LastWriteUtc(IFileSystem files, string path) =>
        OrUnknown((files, path), static at => at.files.File.GetLastWriteTimeUtc(at.path));

    /// <summary>When an entry of the directory was last made, renamed or deleted; 1601 when there is no such directory.</summary>
    public static DateTime DirectoryLastWriteUtc(IFileSystem files, string path) =>
        OrUnknown((files, path), static at => at.files.Directory.GetLastWriteTimeUtc(at.path));

    /// <summary>When an open file was last written to.</summary>
    public static DateTime LastWriteUtc(IFileSystem files, SafeFileHandle handle) =>
        OrUnknown((files, handle), static at => at.files.File.GetLastWriteTimeUtc(at.handle));

    /// <summary>When the file or directory was last written to, as the listing found it.</summary>
    public static DateTime LastWriteUtc(IFileSystemInfo entry) => OrUnknown(entry, static entry => entry.LastWriteTimeUtc);

    /// <summary>The same for an entry that is being listed.</summary>
    public static DateTime LastWriteUtc(ref FileSystemEntry entry)
    {
        try
        {
            return entry.LastWriteTimeUtc.UtcDateTime;
        }
        catch (ArgumentOutOfRangeException)
        {
            return Unknown;
        }
    }

    /// <summary>When an open file was made.</summary>
    public static DateTime CreationUtc(IFileSystem files, SafeFileHandle handle) =>
        OrUnknown((files, handle), static at => at.files.File.GetCreationTimeUtc(at.handle));

    /// <summary>When the file was made.</summary>
    public static DateTime CreationUtc(IFileSystemInfo entry) => OrUnknown(entry, static entry => entry.CreationTimeUtc);

    private static DateTime OrUnknown<T>(T of, Func<T, DateTime> ask)
    {
        try
        {
            return ask(of);
        }
        catch (ArgumentOutOfRangeException)
        {
            return Unknown;
        }
    }
}
