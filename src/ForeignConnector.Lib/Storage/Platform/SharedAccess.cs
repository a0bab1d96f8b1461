namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>What a directory makes of the files in it. Asked once, because it seldom changes
/// (<see cref="IPlatformFiles.RulesOf"/>).</summary>
/// <param name="IsAppendOnly">What is created in it can never be renamed or deleted again.</param>
/// <param name="MustBeCreated">Its access rules come with creation alone, so that a file from elsewhere has to be copied: Windows, macOS, a
/// default POSIX ACL.</param>
/// <param name="HasDefaultRules">A default POSIX ACL: it decides within the mode a file is created with.</param>
/// <param name="GivesGroup">Setgid: its files have its group.</param>
/// <param name="Group">Its group; null where that cannot be told.</param>
internal readonly record struct DirectoryRules(bool IsAppendOnly, bool MustBeCreated, bool HasDefaultRules, bool GivesGroup, uint? Group);

/// <summary>Who may read a file besides its owner: a file in a directory that others fetch from (DR-10, DR-11). Files without it are
/// private.</summary>
/// <param name="Mode">The mode, exactly, whatever the umask.</param>
/// <param name="Rules">Of the file's directory.</param>
internal sealed record SharedAccess(UnixFileMode Mode, DirectoryRules Rules)
{
    /// <summary>The owner alone.</summary>
    public const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The owner alone.</summary>
    public const UnixFileMode PrivateDirectory = PrivateFile | UnixFileMode.UserExecute;

    /// <summary>The owner and the group, to read.</summary>
    public const UnixFileMode GroupMayRead = PrivateFile | UnixFileMode.GroupRead;
}
