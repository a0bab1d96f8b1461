namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>A file that was created just now and is being written. Its lock tells other processes that it has an owner; they may read
/// it.</summary>
public abstract class NewFile : IDisposable
{
    /// <summary>Writes, from the first octet on; its position counts what was written.</summary>
    public abstract Stream Stream { get; }

    /// <summary>Makes the octets survive a power cut, and reports whatever went wrong with writing them since the file was
    /// created.</summary>
    public abstract void Flush();

    /// <summary>False when the system has no <see cref="FlushVolume"/> for the file's volume, or none that can be believed.</summary>
    public abstract bool CanFlushVolume { get; }

    /// <summary>Does <see cref="Flush"/> for everything on the file's volume, and reports whatever went wrong there since this file was
    /// created.</summary>
    public abstract void FlushVolume();

    /// <summary>Closes the file and gives the lock back.</summary>
    public abstract void Dispose();
}
