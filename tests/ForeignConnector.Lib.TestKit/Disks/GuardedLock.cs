using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>A locked file whose reads may fail.</summary>
internal sealed class GuardedLock(LockedFile inner, string path, Faults faults) : LockedFile
{
    public override long Length => inner.Length;

    public override string Identity => inner.Identity;

    public override bool IsIdentityStable => inner.IsIdentityStable;

    public override int Read(long offset, Span<byte> buffer) => faults.Next("pread", path) is { } fault ? throw fault : inner.Read(offset, buffer);

    public override bool IsAt(string path) => inner.IsAt(path);

    public override bool TryShare(SharedAccess access) => inner.TryShare(access);

    public override bool TryAllowReaders() => inner.TryAllowReaders();

    public override void Unlock() => inner.Unlock();

    public override void Dispose() => inner.Dispose();
}
