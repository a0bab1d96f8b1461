using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>
/// A message that lies in a file in the form of a Drop directory (envelope block, then the message), flushed to the disk and kept from
/// other programs by a lock. A connector that delivers to a directory on the same volume may link or rename the file instead of copying it:
/// the queue then finds it gone and is content. Only if the envelope that it is asked to deliver equals <see cref="Envelope"/>: for others
/// the file is not what is to be delivered.
/// </summary>
public abstract class PreparedContent : MessageContent
{
    /// <summary>The envelope in the file.</summary>
    public abstract MailEnvelope Envelope { get; }

    /// <summary>The present name of the file, a full path.</summary>
    public abstract string Path { get; }

    /// <summary>Octets in the file, the envelope included.</summary>
    public abstract long FileLength { get; }

    /// <summary>A new stream at the first octet of the file; the caller disposes it.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public abstract Stream OpenFile();

    /// <summary>Gives the file the mode and the group that the directory of its new name demands (DR-11). Has no effect on systems without
    /// modes.</summary>
    /// <param name="mode">The mode, exactly.</param>
    /// <param name="group">The group; null leaves it.</param>
    /// <param name="isGroupRequired">False when a file that cannot have the group is still right.</param>
    /// <returns>False when it cannot have them: the file has to be copied.</returns>
    public abstract bool TryShare(UnixFileMode mode, uint? group, bool isGroupRequired);

    /// <summary>The file has its new name for good: whoever finds it there may open it exclusively. It can still be read here.</summary>
    public abstract void GiveUpLock();
}
