using System.IO.Abstractions;
using System.IO.Enumeration;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>
/// What lies in a watched directory: the oldest messages, and names in <c>.tmp</c>. Bounded, whatever the directory holds.
/// </summary>
internal sealed class DirectoryListing
{
    // Some 100 octets each. A directory with more is listed again for every so many messages that were taken from it.
    private const int MaxMessages = 100_000;

    // Claims are as many as files are worked on at a time; more of them are somebody else's.
    private const int MaxTemporaries = 10_000;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly int _maxMessages;
    private readonly WaitingFile? _after;
    private WaitingFile? _bound;

    private DirectoryListing(WaitingFile? after, int maxMessages)
    {
        _after = after;
        _maxMessages = maxMessages;
    }

    /// <summary>Nothing.</summary>
    public static DirectoryListing Empty { get; } = new(null, 0);

    /// <summary><c>*.eml</c>, without case (PU-1), oldest first.</summary>
    public List<WaitingFile> Messages { get; } = [];

    /// <summary>True when the directory holds messages after the last of <see cref="Messages"/>.</summary>
    public bool IsTruncated => _bound is not null;

    /// <summary><c>*.tmp</c>: worked on by us or by another host (PU-13), or somebody's own (PU-14).</summary>
    public List<WaitingFile> Temporaries { get; } = [];

    /// <summary>Looks at a directory once; a name that is no text is repaired first.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="platform">Repairs names.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="tell">Told of names that cannot be repaired.</param>
    /// <param name="after">Leaves out messages up to and including this one.</param>
    /// <param name="maxMessages">The most messages to keep, the oldest.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static DirectoryListing Read(
        IFileSystem files, IPlatformFiles platform, string directory, Action<string> tell, WaitingFile? after = null,
        int maxMessages = MaxMessages)
    {
        var listing = new DirectoryListing(after, maxMessages);
        if (!listing.TryFill(EntriesOf(files, directory), acceptAnyName: false))
        {
            foreach (var name in platform.RepairFileNames(directory))
                tell(name);
            listing = new DirectoryListing(after, maxMessages);
            listing.TryFill(EntriesOf(files, directory), acceptAnyName: true);
        }
        listing.Trim();
        return listing;
    }

    // Messages and names in .tmp, in no order; names that begin with a dot are their writers' (PU-1). On the real file system an entry
    // costs its name and, for its age, one system call.
    private static IEnumerable<WaitingFile> EntriesOf(IFileSystem files, string directory) => files is FileSystem
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

    // False at a name that may stand for octets that are no text: such a file cannot even be asked for its age.
    private bool TryFill(IEnumerable<WaitingFile> entries, bool acceptAnyName)
    {
        foreach (var entry in entries)
        {
            if (!acceptAnyName && entry.Name.Contains('\uFFFD', StringComparison.Ordinal))
                return false;
            Add(entry);
        }
        return true;
    }

    private void Add(WaitingFile entry)
    {
        if (entry.Name.EndsWith(FileNames.Message, StringComparison.OrdinalIgnoreCase))
            AddMessage(entry);
        else if (Temporaries.Count < MaxTemporaries)
            Temporaries.Add(entry);
    }

    // Room for twice as many, so that each is sorted in and out a few times at most.
    private void AddMessage(WaitingFile message)
    {
        if (message.CompareTo(_after ?? default) <= 0 && _after is not null)
            return;
        if (_bound is { } bound && message.CompareTo(bound) > 0)
            return;
        Messages.Add(message);
        if (Messages.Count >= 2 * _maxMessages)
            Trim();
    }

    private void Trim()
    {
        Messages.Sort();
        if (Messages.Count <= _maxMessages)
            return;
        Messages.RemoveRange(_maxMessages, Messages.Count - _maxMessages);
        _bound = Messages[^1];
    }
}

/// <summary>One name in a watched directory. In order: oldest first (PU-1), then by name.</summary>
/// <param name="Written">When it was last written to, UTC.</param>
/// <param name="Name">Without directory.</param>
internal readonly record struct WaitingFile(DateTime Written, string Name) : IComparable<WaitingFile>
{
    public int CompareTo(WaitingFile other) =>
        Written != other.Written ? Written.CompareTo(other.Written) : string.CompareOrdinal(Name, other.Name);
}
