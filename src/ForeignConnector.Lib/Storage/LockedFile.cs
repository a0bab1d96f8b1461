namespace ForeignConnector.Lib.Storage;

/// <summary>A file held open and locked; other processes see the lock, and it goes away with the process. Reads may come from several threads.</summary>
internal abstract class LockedFile : IDisposable
{
    /// <summary>Octets in the file when it was opened.</summary>
    public long Length => Facts.Length;

    /// <summary>What the file system said of the file when it was opened.</summary>
    public abstract FileFacts Facts { get; }

    /// <summary>What the file system says of the file now, whatever it is called.</summary>
    public abstract FileFacts AskFacts();

    /// <summary>Reads at an offset; returns 0 only at the end of the file.</summary>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>True when <paramref name="path"/> still names this very file; true also where the system cannot tell.</summary>
    public abstract bool IsAt(string path);

    /// <summary>
    /// Lets other programs open the file for reading from now on, while it stays ours to everybody who wants it exclusively. Does nothing where locks cannot
    /// change (Windows).
    /// </summary>
    /// <returns>False when somebody else has it now.</returns>
    public virtual bool TryAllowReaders() => true;

    /// <summary>Gives the lock back while the file can still be read here.</summary>
    /// <returns>False where locks cannot change (Windows): the file stays locked until it is disposed.</returns>
    public virtual bool Unlock() => false;

    public abstract void Dispose();
}

/// <summary>A file was written to while it was read: what was read of it is no message (PU-2).</summary>
internal sealed class FileChangedException() : IOException("the file was written to while it was read");
