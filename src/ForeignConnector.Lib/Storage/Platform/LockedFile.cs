namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>A file held open and locked; other processes see the lock, and it goes away with the process. Reads may come from several
/// threads.</summary>
public abstract class LockedFile : IDisposable
{
    /// <summary>Octets in the file when it was opened.</summary>
    public long Length => Facts.Length;

    /// <summary>What the file system said of the file when it was opened.</summary>
    public abstract FileFacts Facts { get; }

    /// <summary>What the file system says of the file now, whatever it is called.</summary>
    public abstract FileFacts AskFacts();

    /// <summary>
    /// False once <see cref="IsAt"/> has found a file of the same size and time with another inode number: then the number means nothing on
    /// this volume. When <see cref="IsAt"/> is false all the same, a rename took the lock away: such a volume cannot be shared safely.
    /// </summary>
    public virtual bool IsInodeStable => true;

    /// <summary>False when the file belongs to another account than this process has. True where owners cannot be told (Windows, macOS, in
    /// memory).</summary>
    public virtual bool IsOfThisAccount => true;

    /// <summary>Reads at an offset; returns 0 only at the end of the file.</summary>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>True when <paramref name="path"/> still names this very file, while its lock is held: it has the same inode number, or it
    /// looks the same and nobody can lock it because we have. In memory and on Windows true when there is any file, because nobody can
    /// rename it meanwhile.</summary>
    /// <exception cref="IOException">It cannot be known.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not know it.</exception>
    public abstract bool IsAt(string path);

    /// <summary>The same, where a file that cannot be known to be this one is to be taken for another one.</summary>
    internal bool IsSurelyAt(string path)
    {
        try
        {
            return IsAt(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Gives the file the mode and the group that another directory demands, in which it is about to get a name (DR-11).</summary>
    /// <returns>False when it can only have them as a copy.</returns>
    public virtual bool TryShare(SharedAccess access) => !access.Rules.MustBeCreated;

    /// <summary>
    /// Lets other programs open the file for reading from now on, while it stays ours to everybody who wants it exclusively. Does nothing
    /// where locks cannot change (Windows).
    /// </summary>
    /// <returns>False when somebody else has it now.</returns>
    public virtual bool TryAllowReaders() => true;

    /// <summary>Gives the lock back while the file can still be read here.</summary>
    /// <returns>False where locks cannot change (Windows): the file stays locked until it is disposed.</returns>
    public virtual bool Unlock() => false;

    /// <summary>Closes the file and gives the lock back.</summary>
    public abstract void Dispose();
}
