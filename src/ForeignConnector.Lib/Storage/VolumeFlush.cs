using System.IO.Abstractions;
using System.Runtime.InteropServices;
using static ForeignConnector.Lib.Storage.UnixNative;

namespace ForeignConnector.Lib.Storage;

/// <summary>One flush for all files of a volume (<c>syncfs</c>), where its answer can be believed.</summary>
internal static class VolumeFlush
{
    // Elsewhere errors or the flush itself may get lost: FUSE does not pass it on, overlayfs does not pass the errors of the file system below it on.
    private static readonly HashSet<nint> Trusted =
    [
        0xEF53, // ext2, ext3, ext4
        0x58465342, // XFS
        unchecked((nint)0x9123683E), // Btrfs
        unchecked((nint)0xF2F52010), // F2FS
        0x01021994, // tmpfs: nothing to flush
    ];

    // Before, syncfs did not report that writing back had failed.
    private static readonly bool ReportsErrors = OperatingSystem.IsOSPlatformVersionAtLeast("Linux", 5, 8);

    /// <summary>See <see cref="IPlatformFiles.TryFlushVolume"/>.</summary>
    public static bool Try(FileSystemStream file)
    {
#pragma warning disable RS0030 // It came from IFileSystem; the handle is what counts here.
        if (!ReportsErrors || !file.Extensibility.TryGetWrappedInstance<FileStream>(out var stream))
#pragma warning restore RS0030
            return false;
        var handle = stream!.SafeFileHandle;
        if (!Trusted.Contains(VolumeKind(handle)))
            return false;
        return SyncVolume(handle) == 0 ? true : throw Error(Marshal.GetLastPInvokeError(), file.Name);
    }
}
