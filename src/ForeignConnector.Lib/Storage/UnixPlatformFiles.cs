using System.IO.Abstractions;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static ForeignConnector.Lib.Storage.UnixNative;

namespace ForeignConnector.Lib.Storage;

/// <summary>Linux and macOS.</summary>
internal sealed class UnixPlatformFiles(IFileSystem files) : IPlatformFiles
{
    private const uint MacExclusive = 4;

    public OpenResult OpenExclusive(string path, out LockedFile? file)
    {
        file = null;
        var handle = Open(path, OpenFlags);
        try
        {
            if (handle.IsInvalid)
                return OpenFailure(path);
            var opened = new UnixLockedFile(handle);
            if (!opened.IsRegular)
                return OpenResult.NotRegular;
            if (Flock(handle, LockExclusive | LockNonBlocking) != 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                return errno == EAGAIN ? OpenResult.Locked : throw Error(errno, path);
            }
            file = opened;
            return OpenResult.Opened;
        }
        finally
        {
            if (file is null)
                handle.Dispose();
        }
    }

    public MoveResult Move(string from, string to)
    {
        var status = OperatingSystem.IsMacOS()
            ? RenameExclusiveMac(from, to, MacExclusive)
            : RenameAt2(CurrentDirectory, from, CurrentDirectory, to, NoReplace);
        if (status == 0)
            return MoveResult.Moved;
        var errno = Marshal.GetLastPInvokeError();
        // Some network file systems have no exclusive rename; a hard link is exclusive everywhere.
        return errno == EINVAL || errno == ENOSYS || errno == ENOTSUP ? LinkThenUnlink(from, to) : MoveFailure(errno, from, to);
    }

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

    private static OpenResult OpenFailure(string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        if (errno is ENOENT or ENOTDIR)
            return OpenResult.Gone;
        return errno == ELOOP || errno == ENXIO ? OpenResult.NotRegular : throw Error(errno, path);
    }

    private MoveResult LinkThenUnlink(string from, string to)
    {
        if (Link(from, to) == 0)
            return Unlink(from) == 0 ? MoveResult.Moved : throw Error(Marshal.GetLastPInvokeError(), from);
        var errno = Marshal.GetLastPInvokeError();
        if (errno != EPERM && errno != ENOTSUP)
            return MoveFailure(errno, from, to);
        // No links either (FAT): the best left is a look before the rename.
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

    private sealed unsafe class UnixLockedFile(SafeFileHandle handle) : LockedFile
    {
        private const int EmptyPath = 0x1000;
        private const int NoFollowLink = 0x100;

        public override long Length => RandomAccess.GetLength(handle);

        public override string Identity
        {
            get
            {
                if (!TryStat(null, out var s))
                    return FormattableString.Invariant($"{Length}");
                return FormattableString.Invariant(
                    $"{s.DeviceMajor}:{s.DeviceMinor}|{s.Inode}|{s.BirthSeconds}.{s.BirthNanoseconds}|{s.ModifiedSeconds}.{s.ModifiedNanoseconds}|{s.Size}");
            }
        }

        // Where the type cannot be asked for (macOS), what cannot seek is not a file.
        public bool IsRegular => TryStat(null, out var status) ? status.IsRegular : CanSeek();

        public override int Read(long offset, Span<byte> buffer) => RandomAccess.Read(handle, buffer, offset);

        public override bool IsAt(string path)
        {
            if (!TryStat(null, out var mine))
                return true;
            return TryStat(path, out var there)
                && there.Inode == mine.Inode && there.DeviceMajor == mine.DeviceMajor && there.DeviceMinor == mine.DeviceMinor;
        }

        public override bool TryAllowReaders() => Flock(handle, LockShared | LockNonBlocking) == 0;

        public override void Dispose() => handle.Dispose();

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

        private bool TryStat(string? path, out StatxBuffer status)
        {
            status = default;
            if (!OperatingSystem.IsLinux())
                return false;
            var added = false;
            try
            {
                handle.DangerousAddRef(ref added);
                var utf8 = System.Text.Encoding.UTF8.GetBytes((path ?? "") + "\0");
                fixed (byte* name = utf8)
                fixed (StatxBuffer* buffer = &status)
                {
                    return path is null
                        ? Statx((int)handle.DangerousGetHandle(), name, EmptyPath, StatxBuffer.BasicAndBirthTime, buffer) == 0
                        : Statx(CurrentDirectory, name, NoFollowLink, StatxBuffer.BasicAndBirthTime, buffer) == 0;
                }
            }
            finally
            {
                if (added)
                    handle.DangerousRelease();
            }
        }
    }
}
