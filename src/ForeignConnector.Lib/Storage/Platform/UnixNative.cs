using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>The system calls behind <see cref="UnixPlatformFiles"/>, with the constants of Linux and macOS.</summary>
internal static unsafe partial class UnixNative
{
    public const int ENOENT =
        2, EINTR = 4, EBADF = 9, EACCES = 13, EEXIST = 17, EXDEV = 18, ENOTDIR = 20, EINVAL = 22, EPERM = 1, ENXIO = 6, EMLINK = 31;
    public static readonly int EAGAIN = Mac ? 35 : 11, ELOOP = Mac ? 62 : 40, ENOSYS = Mac ? 78 : 38, ENOTSUP = Mac ? 45 : 95;

    public const int CurrentDirectory = -100, EmptyPath = 0x1000, NoFollowLink = 0x100;

    /// <summary>For <see cref="ChangeOwner"/>.</summary>
    public const uint Unchanged = uint.MaxValue;

    public const int LockShared = 1, LockExclusive = 2, LockNonBlocking = 4, LockNone = 8;

    private const uint NoReplace = 1;
    private const uint MacExclusive = 4;

    // Linux keeps O_NOFOLLOW in another bit on ARM.
    private static readonly int NoFollow = Mac ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    private static readonly int NonBlock = Mac ? 0x4 : 0x800;
    private static readonly int CloseOnExec = Mac ? 0x1000000 : 0x80000;

    /// <summary>O_RDONLY without following a link in the last component and without waiting for the other end of a FIFO.</summary>
    public static readonly int OpenFlags = NoFollow | NonBlock | CloseOnExec;

    public static readonly int OpenDirectoryFlags = CloseOnExec;

    private static bool Mac => OperatingSystem.IsMacOS();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    // Without its variable argument, which F_FULLFSYNC does not have.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncVolume(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int VolumeStatus(SafeFileHandle file, byte* buffer);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static partial int RenameAt2(int fromDirectory, byte* from, int toDirectory, byte* to, uint flags);

    [LibraryImport("libc", EntryPoint = "renamex_np", SetLastError = true)]
    private static partial int RenameMac(byte* from, byte* to, uint flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true)]
    private static partial int Link(byte* from, byte* to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true)]
    private static partial int Unlink(byte* path);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true)]
    public static partial int ChangeOwnerOfName(byte[] path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    public static partial uint EffectiveGroup();

    // Linux; macOS has more parameters.
    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadAttribute(string path, string name, byte* value, nint size);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true)]
    private static partial int RemoveDirectory(byte* path);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true)]
    private static partial int Rename(byte* from, byte* to);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true)]
    private static partial nint ReadLink(byte* path, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int Statx(int directory, byte* path, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true)]
    public static partial int StatVfs(byte* path, StatVfsBuffer* buffer);

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OpenDirectory(string path);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    public static partial byte* ReadDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "closedir", SetLastError = true)]
    public static partial int CloseDirectory(nint directory);

    /// <summary>The three ways of a volume to rename, for <see cref="ExclusiveRename"/>; each gives 0 or an error number.</summary>
    public static RenameCalls Renaming { get; } = new(
        TryRenameExclusive,
        TestRemoval,
        static (from, to) => Result(from, to, Link),
        static path => Result(path, Unlink),
        static path => Result(path, IsFree),
        static (from, to) => Result(from, to, Rename));

    /// <summary>Adds a name to a file unless it exists; 0 or an error number.</summary>
    public static int Link(string from, string to) => Renaming.Link(NullTerminated(from), NullTerminated(to));

    /// <summary>Makes a file or a directory survive a power cut; 0 or an error number. On macOS <c>fsync</c> alone leaves it in the cache
    /// of the disk.</summary>
    public static int Flush(SafeFileHandle file)
    {
        const int fullFlush = 51;
        int errno;
        do
        {
            // Volumes that have no full flush (shares) say so.
            if ((Mac && Control(file, fullFlush) != -1) || Fsync(file) == 0)
                return 0;
            errno = Marshal.GetLastPInvokeError();
        }
        while (errno == EINTR);
        return errno;
    }

    /// <summary>The magic number of an open file's file system (Linux, <c>f_type</c>); 0 when it cannot be asked for.</summary>
    public static nint VolumeKind(SafeFileHandle file)
    {
        var status = stackalloc byte[512];
        return VolumeStatus(file, status) == 0 ? *(nint*)status : 0;
    }

    public static byte[] NullTerminated(string path) => Encoding.UTF8.GetBytes(path + "\0");

    /// <summary>True when a file or directory has an extended attribute (Linux).</summary>
    public static bool HasAttribute(string path, string name) => ReadAttribute(path, name, null, 0) > 0;

    /// <summary>What Linux knows of an open file; null elsewhere.</summary>
    public static StatxBuffer? Stat(SafeFileHandle file)
    {
        var added = false;
        try
        {
            file.DangerousAddRef(ref added);
            return TryStat((int)file.DangerousGetHandle(), "", EmptyPath, out var status) ? status : null;
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    /// <summary>What Linux knows of a file; false elsewhere.</summary>
    public static bool TryStat(int directory, string path, int flags, out StatxBuffer status)
    {
        status = default;
        if (!OperatingSystem.IsLinux())
            return false;
        fixed (byte* name = NullTerminated(path))
        fixed (StatxBuffer* buffer = &status)
            return Statx(directory, name, flags, StatxBuffer.BasicAndBirthTime, buffer) == 0;
    }

    private static int TryRenameExclusive(byte[] from, byte[] to) => Result(from, to, static (source, target) =>
        Mac ? RenameMac(source, target, MacExclusive) : RenameAt2(CurrentDirectory, source, CurrentDirectory, target, NoReplace));

    // For a file rmdir(2) asks everything that is asked before a removal (rights, sticky, append-only, immutable, read-only), and then
    // finds that it is no directory.
    private static int TestRemoval(byte[] path)
    {
        fixed (byte* name = path)
        {
            StatxBuffer status;
            if (OperatingSystem.IsLinux() && Statx(CurrentDirectory, name, NoFollowLink, StatxBuffer.BasicAndBirthTime, &status) == 0
                && status.IsDirectory)
                return 0;
        }
        return Result(path, RemoveDirectory) is var errno and not ENOTDIR ? errno : 0;
    }

    // Also a link to nowhere has its name; readlink(2) finds all but what is not there.
    private static int IsFree(byte* path)
    {
        byte octet;
        if (ReadLink(path, &octet, 1) < 0 && Marshal.GetLastPInvokeError() is var errno and not EINVAL)
            return errno == ENOENT ? 0 : -1;
        Marshal.SetLastPInvokeError(EEXIST);
        return -1;
    }

    private delegate int OneName(byte* path);

    private delegate int TwoNames(byte* from, byte* to);

    private static int Result(byte[] path, OneName call)
    {
        fixed (byte* name = path)
            return call(name) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    private static int Result(byte[] from, byte[] to, TwoNames call)
    {
        fixed (byte* source = from)
        fixed (byte* target = to)
            return call(source, target) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>The last error as the exception .NET would throw.</summary>
    public static Exception Error(int errno, string path)
    {
        var message = $"{Marshal.GetPInvokeErrorMessage(errno)}: '{path}'";
        return errno switch
        {
            EACCES or EPERM => new UnauthorizedAccessException(message),
            ENOENT or ENOTDIR => new DirectoryNotFoundException(message),
            _ => new IOException(message, errno),
        };
    }

    /// <summary>struct statx of Linux; the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct StatxBuffer
    {
        public const uint BasicAndBirthTime = 0x7ff | 0x800;

        [FieldOffset(0)] public uint Mask;
        [FieldOffset(8)] public ulong Attributes;
        [FieldOffset(20)] public uint User;
        [FieldOffset(24)] public uint Group;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(80)] public long BirthSeconds;
        [FieldOffset(88)] public uint BirthNanoseconds;
        [FieldOffset(96)] public long ChangedSeconds;
        [FieldOffset(104)] public uint ChangedNanoseconds;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanoseconds;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;

        public readonly bool IsRegular => (Mode & 0xF000) == 0x8000;

        public readonly bool IsDirectory => (Mode & 0xF000) == 0x4000;
    }

    /// <summary>struct statvfs of 64-bit Linux, glibc and musl.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct StatVfsBuffer
    {
        [FieldOffset(0)] public ulong BlockSize;
        [FieldOffset(8)] public ulong FragmentSize;
        [FieldOffset(16)] public ulong Blocks;
        [FieldOffset(32)] public ulong AvailableBlocks;
        [FieldOffset(40)] public ulong Files;
        [FieldOffset(56)] public ulong AvailableFiles;
    }
}
