using System.IO.Abstractions;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static ForeignConnector.Lib.Storage.UnixNative;

namespace ForeignConnector.Lib.Storage;

/// <summary>Linux and macOS.</summary>
internal sealed class UnixPlatformFiles(IFileSystem files) : IPlatformFiles
{
    private readonly ManagedPlatformFiles _managed = new(files);

    public OpenResult OpenExclusive(string path, out LockedFile? file)
    {
        file = null;
        var handle = Open(path, OpenFlags);
        try
        {
            if (handle.IsInvalid)
                return OpenFailure(path);
            // The lock first: what is asked about the file then stays true.
            var isLocked = Flock(handle, LockExclusive | LockNonBlocking) == 0;
            var errno = isLocked ? 0 : Marshal.GetLastPInvokeError();
            var opened = new UnixLockedFile(handle, files);
            if (!opened.IsRegular)
                return OpenResult.NotRegular;
            if (!isLocked)
                return errno == EAGAIN ? OpenResult.Locked : throw Error(errno, path);
            file = opened;
            return OpenResult.Opened;
        }
        finally
        {
            if (file is null)
                handle.Dispose();
        }
    }

    public NewFile Create(string path) => new UnixNewFile(files, path);

    public MoveResult Move(string from, string to)
    {
        if (RenameExclusive(from, to) == 0)
            return MoveResult.Moved;
        var errno = Marshal.GetLastPInvokeError();
        return errno == EPERM || errno == ENOTSUP ? LookThenMove(from, to) : MoveFailure(errno, from, to);
    }

    public MoveResult Link(string from, string to)
    {
        if (UnixNative.Link(from, to) == 0)
            return MoveResult.Moved;
        var errno = Marshal.GetLastPInvokeError();
        // No links on this volume, or none to this file: it can be copied.
        return errno == EPERM || errno == ENOTSUP || errno == ENOSYS || errno == EMLINK ? MoveResult.OtherVolume : MoveFailure(errno, from, to);
    }

    public string VolumeOf(string directory) =>
        TryStat(CurrentDirectory, directory, 0, out var status)
            ? FormattableString.Invariant($"{status.DeviceMajor}:{status.DeviceMinor}")
            : "";

    public void FlushDirectory(string directory)
    {
        using var handle = Open(directory, OpenDirectoryFlags);
        if (handle.IsInvalid)
            throw Error(Marshal.GetLastPInvokeError(), directory);
        if (Fsync(handle) == 0)
            return;
        var errno = Marshal.GetLastPInvokeError();
        // File systems that cannot flush a directory say so with EINVAL or EBADF (some network mounts).
        if (errno != EINVAL && errno != EBADF)
            throw Error(errno, directory);
    }

    public void RepairFileNames(string directory) => FileNameRepair.Run(directory);

    public unsafe VolumeSpace? SpaceAt(string directory)
    {
        if (!OperatingSystem.IsLinux())
            return _managed.SpaceAt(directory);
        StatVfsBuffer status;
        fixed (byte* path = NullTerminated(directory))
        {
            if (StatVfs(path, &status) != 0)
                return null;
        }
        var unit = (long)(status.FragmentSize > 0 ? status.FragmentSize : status.BlockSize);
        // Btrfs and others make files as they need them and report none.
        var counted = status.Files > 0;
        return new VolumeSpace(
            (long)status.AvailableBlocks * unit, (long)status.Blocks * unit, counted ? (long)status.AvailableFiles : null, counted ? (long)status.Files : null);
    }

    private static OpenResult OpenFailure(string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        if (errno is ENOENT or ENOTDIR)
            return OpenResult.Gone;
        return errno == ELOOP || errno == ENXIO ? OpenResult.NotRegular : throw Error(errno, path);
    }

    // Neither exclusive renames nor links (FAT): the best left is a look before the rename.
    private MoveResult LookThenMove(string from, string to)
    {
        if (files.File.Exists(to))
            return MoveResult.Exists;
        files.File.Move(from, to, overwrite: false);
        return MoveResult.Moved;
    }

    private MoveResult MoveFailure(int errno, string from, string to) => errno switch
    {
        EEXIST => MoveResult.Exists,
        EXDEV => MoveResult.OtherVolume,
        // ENOENT is also what a missing target directory gives: that is an outage, not a lost race.
        ENOENT when !files.File.Exists(from) => MoveResult.Gone,
        _ => throw Error(errno, to),
    };

    private sealed class UnixLockedFile(SafeFileHandle handle, IFileSystem files) : LockedFile
    {
        private const int EmptyPath = 0x1000;
        private const int NoFollowLink = 0x100;

        // Asked once, under the lock.
        private readonly StatxBuffer? _status = Stat(handle);

        public override FileFacts Facts => _status is { } status ? FactsOf(status) : ManagedFacts();

        public override FileFacts AskFacts() => Stat(handle) is { } status ? FactsOf(status) : ManagedFacts();

        // Where the type cannot be asked for (macOS), what cannot seek is not a file.
        public bool IsRegular => _status?.IsRegular ?? CanSeek();

        public override int Read(long offset, Span<byte> buffer) => RandomAccess.Read(handle, buffer, offset);

        public override bool IsAt(string path)
        {
            if (_status is not { } mine)
                return true;
            return UnixNative.TryStat(CurrentDirectory, path, NoFollowLink, out var there)
                && there.Inode == mine.Inode && there.DeviceMajor == mine.DeviceMajor && there.DeviceMinor == mine.DeviceMinor;
        }

        public override bool TryAllowReaders() => Flock(handle, LockShared | LockNonBlocking) == 0;

        public override bool Unlock() => Flock(handle, LockNone) == 0;

        public override void Dispose() => handle.Dispose();

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
            new(0, files.File.GetCreationTimeUtc(handle).Ticks, files.File.GetLastWriteTimeUtc(handle).Ticks, 0, RandomAccess.GetLength(handle));

        private bool CanSeek()
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

        private static StatxBuffer? Stat(SafeFileHandle handle)
        {
            var added = false;
            try
            {
                handle.DangerousAddRef(ref added);
                return UnixNative.TryStat((int)handle.DangerousGetHandle(), "", EmptyPath, out var status) ? status : null;
            }
            finally
            {
                if (added)
                    handle.DangerousRelease();
            }
        }
    }
}
