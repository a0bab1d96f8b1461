using System.Collections.Immutable;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>An inode: a file or a directory, whatever its names.</summary>
/// <param name="Id">Never given twice on one disk, crashes included.</param>
/// <param name="IsDirectory">True for a directory.</param>
/// <param name="CreatedUtc">Its birth.</param>
/// <param name="Volume">The mount point it is below; empty for the volume of the root.</param>
public sealed record DiskNode(int Id, bool IsDirectory, DateTime CreatedUtc, string Volume = "");

/// <summary>What a file holds.</summary>
/// <param name="Octets">All octets; never changed in place.</param>
/// <param name="WrittenUtc">When it was last written to.</param>
public sealed record DiskData(ReadOnlyMemory<byte> Octets, DateTime WrittenUtc);

/// <summary>What happens to one name of a directory.</summary>
/// <param name="Name">The name.</param>
/// <param name="Node">What it names from now on; null when it is gone.</param>
/// <param name="Subject">The file or directory this is about: also when its name goes.</param>
public sealed record EntryChange(string Name, DiskNode? Node, DiskNode Subject);

/// <summary>One step of a program on a disk, as far as a power cut can tell it from others.</summary>
public abstract record DiskOperation;

/// <summary>A file has other octets: all of them, after the write.</summary>
public sealed record FileWritten(DiskNode File, DiskData Data) : DiskOperation;

/// <summary>fsync of a file: its octets survive, its name need not.</summary>
public sealed record FileFlushed(DiskNode File) : DiskOperation;

/// <summary>A create, rename or delete in one directory, atomic. A rename to another directory is two of these.</summary>
/// <param name="Directory">Where.</param>
/// <param name="Changes">The names.</param>
/// <param name="After">The other half of a rename between directories, which reaches the disk before this one or together with it.</param>
public sealed record EntriesChanged(DiskNode Directory, ImmutableArray<EntryChange> Changes, EntriesChanged? After = null) : DiskOperation;

/// <summary>fsync of a directory: its entries survive.</summary>
public sealed record DirectoryFlushed(DiskNode Directory) : DiskOperation;

/// <summary>syncfs: all that was done before on the volume survives.</summary>
public sealed record VolumeFlushed(string Volume) : DiskOperation;

/// <summary>No step: the program said something to the world, for example that a message is accepted.</summary>
public sealed record Promised(string Text) : DiskOperation;
