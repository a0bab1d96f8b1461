using System.IO.Abstractions;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake;

/// <summary>What lies in a watched directory: messages, oldest first, and claims.</summary>
/// <param name="Messages"><c>*.eml</c>, without case (PU-1).</param>
/// <param name="Claims"><c>*.tmp</c>: being worked on, by us, by another host or by nobody any more (PU-13).</param>
internal sealed record DirectoryListing(List<IFileInfo> Messages, List<IFileInfo> Claims)
{
    public static DirectoryListing Read(IFileSystem files, IPlatformFiles platform, string directory)
    {
        if (TryRead(files, directory, acceptAnyName: false) is { } listing)
            return listing;
        platform.RepairFileNames(directory);
        return TryRead(files, directory, acceptAnyName: true)!;
    }

    // Null at a name that may stand for octets that are no text: such a file cannot even be asked for its age.
    private static DirectoryListing? TryRead(IFileSystem files, string directory, bool acceptAnyName)
    {
        var messages = new List<(DateTime Written, IFileInfo File)>();
        var claims = new List<IFileInfo>();
        // Without EnumerationOptions nothing is hidden: no file that begins with a dot, no directory that cannot be read.
        foreach (var file in files.DirectoryInfo.New(directory).EnumerateFiles("*"))
        {
            if (!acceptAnyName && file.Name.Contains('\uFFFD', StringComparison.Ordinal))
                return null;
            if (file.Name.EndsWith(FileNames.Message, StringComparison.OrdinalIgnoreCase))
                messages.Add((file.LastWriteTimeUtc, file));
            else if (file.Name.EndsWith(FileNames.Temporary, StringComparison.OrdinalIgnoreCase))
                claims.Add(file);
        }
        messages.Sort(static (a, b) => a.Written != b.Written ? a.Written.CompareTo(b.Written) : string.CompareOrdinal(a.File.Name, b.File.Name));
        return new DirectoryListing(messages.ConvertAll(message => message.File), claims);
    }
}
