using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>A locked file whose reads may fail.</summary>
internal sealed class GuardedLock(LockedFile inner, string path, Faults faults) : LockedFile
{
    public override FileFacts Facts => inner.Facts;

    public override FileFacts AskFacts() => inner.AskFacts();

    public override bool IsInodeStable => inner.IsInodeStable;

    public override int Read(long offset, Span<byte> buffer) =>
        faults.Next("pread", path) is { } fault ? throw fault : inner.Read(offset, buffer);

    public override bool IsAt(string path) => inner.IsAt(path);

    public override bool TryShare(SharedAccess access) => inner.TryShare(access);

    public override bool TryAllowReaders() => inner.TryAllowReaders();

    public override bool Unlock() => inner.Unlock();

    public override void Dispose() => inner.Dispose();
}
