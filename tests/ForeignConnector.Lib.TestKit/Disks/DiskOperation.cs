using System.Collections.Immutable;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>One step of a program on a disk, as far as a power cut can tell it from others.</summary>
public abstract record DiskOperation;

/// <summary>A file has other octets: all of them, after the write.</summary>
public sealed record FileWritten(DiskNode File, DiskData Data) : DiskOperation
{
    /// <inheritdoc/>
    public override string ToString() => $"write of {File}, {Data.Octets.Length} octets";
}

/// <summary>fsync of a file: its octets survive, its name need not.</summary>
public sealed record FileFlushed(DiskNode File) : DiskOperation;

/// <summary>A create, rename or delete in one directory, atomic. A rename to another directory is two of these.</summary>
/// <param name="Directory">Where.</param>
/// <param name="Changes">The names.</param>
public sealed record EntriesChanged(DiskNode Directory, ImmutableArray<EntryChange> Changes) : DiskOperation
{
    /// <inheritdoc/>
    public override string ToString() => $"entries of {Directory}: {string.Join(' ', Changes)}";
}

/// <summary>fsync of a directory: its entries survive.</summary>
public sealed record DirectoryFlushed(DiskNode Directory) : DiskOperation;

/// <summary>syncfs: all that was done before on the volume survives.</summary>
public sealed record VolumeFlushed(string Volume) : DiskOperation;

/// <summary>No step: the program said something to the world, for example that a message is accepted.</summary>
public sealed record Promised(string Text) : DiskOperation;
