using System.IO.Abstractions;
using System.Runtime.InteropServices;
using static ForeignConnector.Lib.Storage.Platform.UnixNative;

#pragma warning disable CA1416 // Modes: nobody makes this object on Windows.

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>Linux and macOS.</summary>
internal sealed class UnixPlatformFiles(IFileSystem files) : IPlatformFiles
{
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

    public Stream? OpenRegular(string path)
    {
        var handle = Open(path, OpenFlags);
        if (handle.IsInvalid)
            OpenFailure(path);
        else if (UnixLockedFile.IsRegularFile(handle))
            return files.FileStream.New(handle, FileAccess.Read, bufferSize: 0);
        handle.Dispose();
        return null;
    }

    public NewFile Create(string path, SharedAccess? access = null) => new UnixNewFile(path, access);

    public void CreateDirectory(string path)
    {
        if (files.Directory.Exists(path))
            return;
        files.Directory.CreateDirectory(path, SharedAccess.PrivateDirectory);
        UnixAccess.Complete(path, files.Path.GetDirectoryName(path)!);
    }

    public bool MakePrivate(string directory)
    {
        var mode = files.File.GetUnixFileMode(directory);
        if (!UnixAccess.IsOwnAndOpen(directory, mode))
            return false;
        files.File.SetUnixFileMode(directory, mode & ~(UnixFileMode)0x1FF | SharedAccess.PrivateDirectory);
        return true;
    }

    public DirectoryRules RulesOf(string directory) => UnixAccess.RulesOf(directory);

    public MoveResult Move(string from, string to)
    {
        var errno = ExclusiveRename.Run(Renaming, NullTerminated(from), NullTerminated(to));
        return errno == 0 ? MoveResult.Moved : MoveFailure(errno, from, to);
    }

    public MoveResult Link(string from, string to)
    {
        var errno = UnixNative.Link(from, to);
        if (errno == 0)
            return MoveResult.Moved;
        // No links on this volume, or none to this file: it can be copied. A copy asks for the rights that matter, those of the directory,
        // by itself.
        return errno == EPERM || errno == ENOTSUP
            || errno == ENOSYS || errno == EMLINK ? MoveResult.OtherVolume : MoveFailure(errno, from, to);
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
        var errno = Flush(handle);
        // File systems that cannot flush a directory say so with EINVAL or EBADF (some network mounts).
        if (errno != 0 && errno != EINVAL && errno != EBADF)
            throw Error(errno, directory);
    }

    public IReadOnlyList<string> RepairFileNames(string directory) => FileNameRepair.Run(directory);

    public unsafe VolumeSpace? SpaceAt(string directory)
    {
        // Of struct statvfs only the form of 64-bit Linux is known here.
        if (!OperatingSystem.IsLinux() || nint.Size != 8)
            return ManagedPlatformFiles.SpaceOf(files, directory, drive: directory);
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
            (long)status.AvailableBlocks * unit, (long)status.Blocks * unit, counted
                ? (long)status.AvailableFiles
                : null, counted
                ? (long)status.Files
                : null);
    }

    // Throws unless it is one of the things that are expected in a directory of others.
    private static OpenResult OpenFailure(string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        if (errno is ENOENT or ENOTDIR)
            return OpenResult.Gone;
        return errno == ELOOP || errno == ENXIO ? OpenResult.NotRegular : throw Error(errno, path);
    }

    private MoveResult MoveFailure(int errno, string from, string to) => errno switch
    {
        EEXIST => MoveResult.Exists,
        EXDEV => MoveResult.OtherVolume,
        // ENOENT is also what a missing target directory gives: that is an outage, not a lost race.
        ENOENT when !files.HasFile(from) => MoveResult.Gone,
        _ => throw Error(errno, to),
    };
}
