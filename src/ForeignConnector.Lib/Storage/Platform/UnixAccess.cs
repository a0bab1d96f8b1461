using Microsoft.Win32.SafeHandles;
using static ForeignConnector.Lib.Storage.Platform.UnixNative;

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>Owners, groups and modes on Unix (DR-10, DR-11).</summary>
internal static class UnixAccess
{
    private const ulong AppendOnly = 0x20;
    private const int SetGroup = 0x400;
    private const int Permissions = 0xFFF;

    private static readonly uint Account = EffectiveUser();
    private static readonly uint AccountGroup = EffectiveGroup();

    private static bool IsRoot => Account == 0;

    public static DirectoryRules RulesOf(string directory)
    {
        if (!OperatingSystem.IsLinux())
            return new DirectoryRules { MustBeCreated = true, GivesGroup = true };
        if (!TryStat(CurrentDirectory, directory, 0, out var status))
            return default;
        var hasDefaultRules = HasAttribute(directory, "system.posix_acl_default");
        return new DirectoryRules
        {
            IsAppendOnly = (status.Attributes & AppendOnly) != 0,
            MustBeCreated = hasDefaultRules,
            HasDefaultRules = hasDefaultRules,
            GivesGroup = (status.Mode & SetGroup) != 0,
            Group = status.Group,
        };
    }

    /// <summary>Gives a file from another directory what its new one demands.</summary>
    /// <returns>False when the system refuses, or only a file that is created there can have it.</returns>
    public static bool TryShare(SafeFileHandle file, StatxBuffer? status, SharedAccess access)
    {
        if (access.Rules.MustBeCreated || status is not { } now)
            return false;
        // An account that is not in the group could not give it to a new file either, unless the directory does.
        if (access.Rules.Group is { } group && group != now.Group && ChangeOwner(file, Unchanged, group) != 0 && access.Rules.GivesGroup)
            return false;
        return (UnixFileMode)(now.Mode & Permissions) == access.Mode || ChangeMode(file, (uint)access.Mode) == 0;
    }

    /// <summary>Completes a file that was created just now. Volumes that know no modes or groups have rules of their own, and those
    /// hold.</summary>
    /// <param name="file">The file, private so far.</param>
    /// <param name="directory">Its directory.</param>
    /// <param name="access">Null: it stays private.</param>
    public static void Complete(SafeFileHandle file, string directory, SharedAccess? access)
    {
        if (access is null)
        {
            if (OwnerOf(directory) is var (user, group))
                _ = ChangeOwner(file, user, group);
            return;
        }
        if (access.Rules.HasDefaultRules)
            return;
        if (!access.Rules.GivesGroup && access.Rules.Group is { } shared && shared != AccountGroup)
            _ = ChangeOwner(file, Unchanged, shared);
        _ = ChangeMode(file, (uint)access.Mode);
    }

    /// <summary>The same for a private directory.</summary>
    public static void Complete(string created, string directory)
    {
        if (OwnerOf(directory) is var (user, group))
            _ = ChangeOwnerOfName(NullTerminated(created), user, group);
    }

    /// <summary>True for what belongs to the account that this process has.</summary>
    public static bool IsOfThisAccount(in StatxBuffer status) => status.User == Account;

    /// <summary>True when the directory is this account's, and others had rights to it.</summary>
    public static bool IsOwnAndOpen(string directory, UnixFileMode mode) =>
        (mode & ~SharedAccess.PrivateDirectory & (UnixFileMode)0x1FF) != 0
        && (!TryStat(CurrentDirectory, directory, 0, out var status) || status.User == Account);

    // What root makes in a directory of another account is for that account: a command of an administrator beside the host.
    private static (uint User, uint Group)? OwnerOf(string directory) =>
        IsRoot && TryStat(CurrentDirectory, directory, 0, out var status) && status.User != 0 ? (status.User, status.Group) : null;
}
