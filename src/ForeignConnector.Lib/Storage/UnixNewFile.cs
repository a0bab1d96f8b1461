using System.IO.Abstractions;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static ForeignConnector.Lib.Storage.UnixNative;

namespace ForeignConnector.Lib.Storage;

/// <summary>A <see cref="NewFile"/> that can flush its whole volume (<c>syncfs</c>), where the answer can be believed.</summary>
internal sealed class UnixNewFile(IFileSystem files, string path) : NewFile
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

    private readonly SafeFileHandle _handle = files.File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, ManagedNewFile.Sharing);
    private HandleStream? _stream;

    public override Stream Stream => _stream ??= new HandleStream(_handle);

    public override void Flush() => RandomAccess.FlushToDisk(_handle);

    public override bool CanFlushVolume => ReportsErrors && TrustedVolumes.Contains(VolumeKind(_handle));

    public override void FlushVolume()
    {
        if (SyncVolume(_handle) != 0)
            throw Error(Marshal.GetLastPInvokeError(), path);
    }

    public override void Dispose() => _handle.Dispose();

    /// <summary>Appends without a buffer: one call to the system for each write.</summary>
    private sealed class HandleStream(SafeFileHandle handle) : Stream
    {
        private long _position;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _position;

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            RandomAccess.Write(handle, buffer, _position);
            _position += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        // Mostly the system's cache takes it at once, and handing each block to another thread costs more than it frees.
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (cancellationToken.IsCancellationRequested)
                return ValueTask.FromCanceled(cancellationToken);
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
