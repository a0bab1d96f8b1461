using System.IO.Abstractions;
using System.IO.Enumeration;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>The names in a watched directory that mean something to us, in no order, as a stream.</summary>
internal static class DirectoryEntries
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Messages, and what is called <c>.tmp</c>; names that begin with a dot are their writers' (PU-1). On the real file system an
    /// entry costs its name and, for its age, one system call.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public static IEnumerable<WaitingFile> Of(IFileSystem files, string directory) => files is FileSystem
        ? new FileSystemEnumerable<WaitingFile>(directory, ToFile, Everything) { ShouldIncludePredicate = IsOurs }
        // Without EnumerationOptions, which no mock knows, nothing is hidden either.
        : files.DirectoryInfo.New(directory).EnumerateFiles("*").Where(file => IsOurs(file.Name)).Select(
            file => new WaitingFile(FileTimes.LastWriteUtc(file), file.Name));

    private static WaitingFile ToFile(ref FileSystemEntry entry) => new(FileTimes.LastWriteUtc(ref entry), entry.FileName.ToString());

    private static bool IsOurs(ref FileSystemEntry entry) => IsOurs(entry.FileName) && !entry.IsDirectory;

    private static bool IsOurs(ReadOnlySpan<char> name) =>
        name is not ['.', ..]
        && (name.EndsWith(FileNames.Message, StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(FileNames.Temporary, StringComparison.OrdinalIgnoreCase));
}
