using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>An open file, locked until it is closed.</summary>
internal sealed class DiskStream : FileSystemStream
{
    private readonly Disk _disk;
    private readonly DiskNode _file;

    private DiskStream(Disk disk, DiskNode file, Octets octets, string path)
        : base(octets, path, isAsync: false)
    {
        _disk = disk;
        _file = file;
    }

    public override void Flush(bool flushToDisk)
    {
        if (flushToDisk)
            _disk.Do(new FileFlushed(_file));
    }

    public static DiskStream Open(Disk disk, string path, FileMode mode, FileAccess access, FileShare share)
    {
        var created = mode is FileMode.CreateNew or FileMode.Create or FileMode.OpenOrCreate
            ? disk.TryCreate(path, isDirectory: false)
            : null;
        if (created is null && mode == FileMode.CreateNew)
            throw DiskErrors.Exists(path);
        var file = created ?? disk.Find(path) ?? throw DiskErrors.Missing(path);
        if (file.IsDirectory)
            throw new UnauthorizedAccessException($"Access to the path '{path}' is denied.");
        var exclusive = share == FileShare.None;
        if (!disk.TryLock(file, exclusive))
            throw DiskErrors.Locked(path);
        if (mode is FileMode.Truncate or FileMode.Create && created is null)
            disk.Truncate(file, 0);
        return new DiskStream(disk, file, new Octets(disk, file, access, exclusive), path);
    }

    private sealed class Octets(Disk disk, DiskNode file, FileAccess access, bool exclusive) : Stream
    {
        private bool _closed;

        public override bool CanRead => access.HasFlag(FileAccess.Read);

        public override bool CanSeek => true;

        public override bool CanWrite => access.HasFlag(FileAccess.Write);

        public override long Length => disk.Read(file).Octets.Length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = DiskLock.Read(disk, file, Position, buffer.AsSpan(offset, count));
            Position += read;
            return read;
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (count > 0)
                disk.Write(file, Position, buffer.AsSpan(offset, count));
            Position += count;
        }

        // Never on another thread: what happens first happens first in every run.
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = DiskLock.Read(disk, file, Position, buffer.Span);
            Position += read;
            return new ValueTask<int>(read);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void SetLength(long value) => disk.Truncate(file, value);

        public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => Position,
            _ => Length,
        };

        public override void Flush()
        {
        }

        protected override void Dispose(bool disposing)
        {
            if (!_closed)
                disk.Unlock(file, exclusive);
            _closed = true;
            base.Dispose(disposing);
        }
    }
}

/// <summary>A file that <see cref="IPlatformFiles.OpenExclusive"/> opened.</summary>
internal sealed class DiskLock(Disk disk, DiskNode file) : LockedFile
{
    private bool _exclusive = true;
    private bool _unlocked;

    public override FileFacts Facts { get; } = Ask(disk, file);

    public override FileFacts AskFacts() => Ask(disk, file);

    public override int Read(long offset, Span<byte> buffer) => Read(disk, file, offset, buffer);

    public override bool IsAt(string path) => disk.Find(path) == file;

    public override bool TryAllowReaders()
    {
        if (_exclusive)
            disk.Share(file);
        _exclusive = false;
        return true;
    }

    public override bool Unlock()
    {
        if (!_unlocked)
            disk.Unlock(file, _exclusive);
        return _unlocked = true;
    }

    public override void Dispose() => Unlock();

    private static FileFacts Ask(Disk disk, DiskNode file)
    {
        var data = disk.Read(file);
        return new FileFacts((ulong)file.Id + 1, file.CreatedUtc.Ticks, data.WrittenUtc.Ticks, disk.NamesOf(file), data.Octets.Length);
    }

    internal static int Read(Disk disk, DiskNode file, long offset, Span<byte> buffer)
    {
        var octets = disk.Read(file).Octets.Span;
        if (offset >= octets.Length)
            return 0;
        var count = Math.Min(buffer.Length, octets.Length - (int)offset);
        octets.Slice((int)offset, count).CopyTo(buffer);
        return count;
    }
}
