using System.Runtime.InteropServices;
using ForeignConnector.Lib.Mail.Octets;
using Microsoft.Win32.SafeHandles;
using static ForeignConnector.Lib.Storage.Platform.UnixNative;

// The file system here is always the system's own.
#pragma warning disable RS0030 // FileStream: nothing else creates a file with a mode and gives its handle.

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>A <see cref="NewFile"/> that can flush its whole volume (<c>syncfs</c>), where the answer can be believed.</summary>
internal sealed class UnixNewFile : NewFile
{
    // Elsewhere errors or the flush itself may get lost: FUSE does not pass it on, overlayfs not the errors of what is below it.
    private static readonly HashSet<nint> TrustedVolumes =
    [
        0xEF53, // ext2, ext3, ext4
        0x58465342, // XFS
        unchecked((nint)0x9123683E), // Btrfs
        unchecked((nint)0xF2F52010), // F2FS
        0x01021994, // tmpfs: nothing to flush
    ];

    // Before, syncfs did not tell that writing back had failed.
    private static readonly bool ReportsErrors = OperatingSystem.IsOSPlatformVersionAtLeast("Linux", 5, 8);

    private readonly string _path;
    private readonly FileStream _file;
    private readonly SafeFileHandle _handle;
    private HandleStream? _stream;

    public UnixNewFile(string path, SharedAccess? access)
    {
        _path = path;
        // A default ACL decides at creation, within the mode; everything else is private until it is complete.
        _file = new(path, ManagedNewFile.Options(access is { Rules.HasDefaultRules: true } ? access.Mode : SharedAccess.PrivateFile));
        _handle = _file.SafeFileHandle;
        UnixAccess.Complete(_handle, Path.GetDirectoryName(path)!, access);
    }

    public override Stream Stream => _stream ??= new HandleStream(_handle);

    public override void Flush() => ThrowOnError(UnixNative.Flush(_handle));

    public override bool CanFlushVolume => ReportsErrors && TrustedVolumes.Contains(VolumeKind(_handle));

    public override void FlushVolume() => ThrowOnError(SyncVolume(_handle) == 0 ? 0 : Marshal.GetLastPInvokeError());

    public override void Dispose() => _file.Dispose();

    private void ThrowOnError(int errno)
    {
        if (errno != 0)
            throw Error(errno, _path);
    }

    /// <summary>Appends without a buffer: one call to the system for each write.</summary>
    private sealed class HandleStream(SafeFileHandle handle) : SinkStream
    {
        protected override void Take(ReadOnlySpan<byte> octets) => RandomAccess.Write(handle, octets, Position);
    }
}
