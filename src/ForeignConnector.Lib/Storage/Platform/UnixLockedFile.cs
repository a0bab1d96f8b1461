using System.IO.Abstractions;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static ForeignConnector.Lib.Storage.Platform.UnixNative;

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>A <see cref="LockedFile"/> whose lock is an <c>flock</c>.</summary>
internal sealed class UnixLockedFile(SafeFileHandle handle, IFileSystem files) : LockedFile
{
    // Asked once, under the lock.
    private readonly StatxBuffer? _status = Stat(handle);
    private bool _isInodeStable = true;

    public override FileFacts Facts => _status is { } status ? FactsOf(status) : ManagedFacts();

    public override bool IsInodeStable => _isInodeStable;

    public override bool IsOfThisAccount => _status is not { } status || UnixAccess.IsOfThisAccount(status);

    public override FileFacts AskFacts() => Stat(handle) is { } status ? FactsOf(status) : ManagedFacts();

    public bool IsRegular => IsRegularFile(_status, handle);

    public override int Read(long offset, Span<byte> buffer) => RandomAccess.Read(handle, buffer, offset);

    public override bool IsAt(string path)
    {
        if (_status is not { } mine)
            return IsLockedAt(path);
        if (!TryStat(CurrentDirectory, path, NoFollowLink, out var there))
        {
            var errno = Marshal.GetLastPInvokeError();
            return errno is ENOENT or ENOTDIR ? false : throw Error(errno, path);
        }
        var isOfVolume = there.DeviceMajor == mine.DeviceMajor && there.DeviceMinor == mine.DeviceMinor;
        if (isOfVolume && there.Inode == mine.Inode)
            return true;
        // Volumes that make inode numbers of names (FUSE) show another one after a rename. The lock is the same.
        if (!isOfVolume || !there.IsRegular || !IsLikely(mine, there))
            return false;
        _isInodeStable = false;
        return IsLockedAt(path);
    }

    public override bool TryShare(SharedAccess access) => UnixAccess.TryShare(handle, _status, access);

    public override bool TryAllowReaders() => Flock(handle, LockShared | LockNonBlocking) == 0;

    public override bool Unlock() => Flock(handle, LockNone) == 0;

    public override void Dispose() => handle.Dispose();

    /// <summary>What an open file is. Where the type cannot be asked for (macOS), what cannot seek is not a file.</summary>
    public static bool IsRegularFile(SafeFileHandle handle) => IsRegularFile(Stat(handle), handle);

    private static FileFacts FactsOf(in StatxBuffer status) =>
        new(
            status.Inode,
            Ticks(status.BirthSeconds, status.BirthNanoseconds),
            Ticks(status.ModifiedSeconds, status.ModifiedNanoseconds),
            Ticks(status.ChangedSeconds, status.ChangedNanoseconds),
            (long)status.Size);

    // Times may be anything, so this may wrap around: it is compared for equality alone.
    private static long Ticks(long seconds, uint nanoseconds) => unchecked((seconds * 1_000_000_000) + nanoseconds);

    private FileFacts ManagedFacts() =>
        new(0, FileTimes.CreationUtc(files, handle).Ticks, FileTimes.LastWriteUtc(files, handle).Ticks, 0, RandomAccess.GetLength(handle));

    private static bool IsRegularFile(StatxBuffer? status, SafeFileHandle handle) => status?.IsRegular ?? CanSeek(handle);

    private static bool IsLikely(StatxBuffer mine, StatxBuffer there) =>
        there.Size == mine.Size && there.ModifiedSeconds == mine.ModifiedSeconds && there.ModifiedNanoseconds == mine.ModifiedNanoseconds;

    private static bool IsLockedAt(string path)
    {
        using var second = Open(path, OpenFlags);
        return !second.IsInvalid && IsRegularFile(second) && Flock(second, LockExclusive | LockNonBlocking) != 0;
    }

    private static bool CanSeek(SafeFileHandle handle)
    {
        try
        {
            return RandomAccess.GetLength(handle) >= 0;
        }
        catch (Exception e) when (e is NotSupportedException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
