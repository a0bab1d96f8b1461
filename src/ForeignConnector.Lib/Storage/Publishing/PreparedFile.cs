using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>
/// A flushed file in the form of a Drop directory, open and locked: to be handed over under another name as it is, or copied.
/// </summary>
internal sealed class PreparedFile(string path, LockedFile file)
{
    /// <summary>Its present name.</summary>
    public string Path { get; } = path;

    /// <summary>Octets in it.</summary>
    public long Length => file.Length;

    /// <summary>A stream at its first octet.</summary>
    public Stream OpenRead() => new LockedFileStream(file, 0);

    /// <summary>Gives it the mode and the group that the directory of its new name demands; false when it has to be copied.</summary>
    public bool TryShare(SharedAccess access) => file.TryShare(access);

    /// <summary>It has its new name for good: whoever finds it there may have it to himself. It can still be read here.</summary>
    public void Unlock() => file.Unlock();
}
