namespace ForeignConnector.Lib.Storage;

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

    /// <summary>It has its new name for good: whoever finds it there may have it to himself. It can still be read here.</summary>
    public void Unlock() => file.Unlock();
}
