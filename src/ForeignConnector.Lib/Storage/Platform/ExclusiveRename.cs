namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>The system calls of <see cref="ExclusiveRename"/>. Paths end with NUL; each call gives 0 or an error number.</summary>
/// <param name="RenameExclusive"><c>renameat2(RENAME_NOREPLACE)</c> or <c>renamex_np(RENAME_EXCL)</c>.</param>
/// <param name="TestRemoval">Whether the system would let the name be removed; removes nothing.</param>
/// <param name="Link"><c>link(2)</c>.</param>
/// <param name="Unlink"><c>unlink(2)</c>.</param>
/// <param name="IsFree">0 when nothing has the name, EEXIST when something has.</param>
/// <param name="Rename"><c>rename(2)</c>, which replaces what is there.</param>
internal sealed record RenameCalls(
    Func<byte[], byte[], int> RenameExclusive,
    Func<byte[], int> TestRemoval,
    Func<byte[], byte[], int> Link,
    Func<byte[], int> Unlink,
    Func<byte[], int> IsFree,
    Func<byte[], byte[], int> Rename);

/// <summary>
/// Renames without replacing (PU-4), by the best call that the volume has. A refusal is a refusal: a second call is tried only where the
/// volume does not know the first one, and whatever happens the file has exactly one name afterwards (SE-7).
/// </summary>
internal static class ExclusiveRename
{
    /// <summary>Renames.</summary>
    /// <returns>0; EEXIST when the target name is taken; another error number when it cannot be done, and then nothing has
    /// changed.</returns>
    public static int Run(RenameCalls calls, byte[] from, byte[] to)
    {
        var errno = calls.RenameExclusive(from, to);
        if (!IsUnknownCall(errno))
            return errno;
        // Who may not remove the old name could not remove the new one either: in a sticky directory of others each attempt would leave one
        // more name.
        errno = calls.TestRemoval(from);
        if (errno != 0)
            return errno;
        errno = calls.Link(from, to);
        if (errno == 0)
            return GiveUp(calls, from, to);
        return errno == UnixNative.EPERM || IsUnknownCall(errno) ? LookThenRename(calls, from, to) : errno;
    }

    private static bool IsUnknownCall(int errno) => errno == UnixNative.EINVAL || errno == UnixNative.ENOSYS || errno == UnixNative.ENOTSUP;

    private static int GiveUp(RenameCalls calls, byte[] from, byte[] to)
    {
        var errno = calls.Unlink(from);
        if (errno != 0)
            // ENOENT: somebody else renamed or deleted the file at the same instant, and it is his.
            _ = calls.Unlink(to);
        return errno;
    }

    // No links on the volume (FAT), or not to this file: the best left is a look before the rename. What refuses the file itself refuses
    // this as well.
    private static int LookThenRename(RenameCalls calls, byte[] from, byte[] to)
    {
        var errno = calls.IsFree(to);
        return errno != 0 ? errno : calls.Rename(from, to);
    }
}
