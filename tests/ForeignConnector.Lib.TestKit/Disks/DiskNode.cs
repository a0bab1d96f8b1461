namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>An inode: a file or a directory, whatever its names.</summary>
/// <param name="Id">Never given twice on one disk, crashes included.</param>
/// <param name="IsDirectory">True for a directory.</param>
/// <param name="CreatedUtc">Its birth.</param>
/// <param name="Volume">The mount point it is below; empty for the volume of the root.</param>
public sealed record DiskNode(int Id, bool IsDirectory, DateTime CreatedUtc, string Volume = "/")
{
    /// <inheritdoc/>
    public override string ToString() => $"#{Id}";
}

/// <summary>What a file holds.</summary>
/// <param name="Octets">All octets; never changed in place.</param>
/// <param name="WrittenUtc">When it was last written to.</param>
public sealed record DiskData(ReadOnlyMemory<byte> Octets, DateTime WrittenUtc);

/// <summary>What happens to one name of a directory.</summary>
/// <param name="Name">The name.</param>
/// <param name="Node">What it names from now on; null when it is gone.</param>
/// <param name="Subject">The file or directory this is about: also when its name goes.</param>
public sealed record EntryChange(string Name, DiskNode? Node, DiskNode Subject)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(Node is null ? '-' : '+')}{Name} ({Subject})";
}
