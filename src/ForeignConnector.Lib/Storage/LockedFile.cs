namespace ForeignConnector.Lib.Storage;

/// <summary>A file held open and locked; other processes see the lock, and it goes away with the process. Reads may come from several threads.</summary>
internal abstract class LockedFile : IDisposable
{
    /// <summary>Octets in the file.</summary>
    public abstract long Length { get; }

    /// <summary>
    /// Text that stays the same while the file is renamed and after a crash, and differs for any other file that ever has this name:
    /// what a repeated hand-over is recognised by (PU-4).
    /// </summary>
    public abstract string Identity { get; }

    /// <summary>
    /// False once <see cref="IsAt"/> has found a file of the same size and time with another inode number: then <see cref="Identity"/> may
    /// not survive a rename on this volume, or a restart. When <see cref="IsAt"/> is false all the same, a rename took the lock away, and
    /// the file can only be opened and locked anew.
    /// </summary>
    public virtual bool IsIdentityStable => true;

    /// <summary>Reads at an offset; returns 0 only at the end of the file.</summary>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>True when <paramref name="path"/> still names this very file, while its lock is held: it has the same inode number, or it
    /// looks the same and nobody can lock it because we have. In memory and on Windows true when there is any file, because nobody can
    /// rename it meanwhile.</summary>
    public abstract bool IsAt(string path);

    /// <summary>Gives the file the mode and the group that another directory demands, in which it is about to get a name (DR-11).</summary>
    /// <returns>False when it can only have them as a copy.</returns>
    public virtual bool TryShare(SharedAccess access) => !access.Rules.MustBeCreated;

    /// <summary>
    /// Lets other programs open the file for reading from now on, while it stays ours to everybody who wants it exclusively. Does nothing where locks cannot
    /// change (Windows).
    /// </summary>
    /// <returns>False when somebody else has it now.</returns>
    public virtual bool TryAllowReaders() => true;

    /// <summary>Gives the lock back while the file can still be read here. Does nothing where locks cannot change (Windows).</summary>
    public virtual void Unlock()
    {
    }

    public abstract void Dispose();
}
