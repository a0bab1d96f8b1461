using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>A file that <see cref="IPlatformFiles.Create"/> made; its whole volume can be flushed.</summary>
internal sealed class DiskNewFile(Disk disk, string path) : NewFile
{
    private readonly DiskStream _stream =
        DiskStream.Open(disk, path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);

    public override Stream Stream => _stream;

    public override void Flush() => _stream.Flush(flushToDisk: true);

    public override bool CanFlushVolume => true;

    public override void FlushVolume() => disk.Do(new VolumeFlushed(disk.VolumeOf(path)));

    public override void Dispose() => _stream.Dispose();
}
