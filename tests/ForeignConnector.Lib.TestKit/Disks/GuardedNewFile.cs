using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>A new file whose writes and flushes may fail.</summary>
internal sealed class GuardedNewFile(NewFile inner, string path, Faults faults) : NewFile
{
    private readonly GuardedStream _stream = new(inner.Stream, path, faults);

    public override Stream Stream => _stream;

    public override void Flush()
    {
        if (faults.Next("fsync", path) is { } fault)
            throw fault;
        inner.Flush();
    }

    public override bool CanFlushVolume => inner.CanFlushVolume;

    public override void FlushVolume()
    {
        if (faults.Next("syncfs", path) is { } fault)
            throw fault;
        inner.FlushVolume();
    }

    public override void Dispose() => inner.Dispose();
}
