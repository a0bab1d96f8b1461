namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>What a directory makes of the files in it. Asked once, because it seldom changes
/// (<see cref="IPlatformFiles.RulesOf"/>).</summary>
public readonly record struct DirectoryRules
{
    /// <summary>What is created in it can never be renamed or deleted again.</summary>
    public bool IsAppendOnly { get; init; }

    /// <summary>Its access rules come with creation alone, so that a file from elsewhere has to be copied: Windows, macOS, a default POSIX
    /// ACL.</summary>
    public bool MustBeCreated { get; init; }

    /// <summary>A default POSIX ACL: it decides within the mode a file is created with.</summary>
    public bool HasDefaultRules { get; init; }

    /// <summary>Setgid: its files have its group.</summary>
    public bool GivesGroup { get; init; }

    /// <summary>Its group; null where that cannot be told.</summary>
    public uint? Group { get; init; }
}

/// <summary>Who may read a file besides its owner: a file in a directory that others fetch from (DR-10, DR-11). Files without it are
/// private.</summary>
public sealed record SharedAccess
{
    /// <summary>The owner alone.</summary>
    internal const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The owner alone.</summary>
    internal const UnixFileMode PrivateDirectory = PrivateFile | UnixFileMode.UserExecute;

    /// <summary>The owner and the group, to read.</summary>
    internal const UnixFileMode GroupMayRead = PrivateFile | UnixFileMode.GroupRead;

    internal SharedAccess(UnixFileMode mode, DirectoryRules rules) => (Mode, Rules) = (mode, rules);

    /// <summary>The mode, exactly, whatever the umask.</summary>
    public UnixFileMode Mode { get; }

    /// <summary>Of the file's directory.</summary>
    public DirectoryRules Rules { get; }
}
