namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>
/// What the guarantees need from a file system beyond <see cref="System.IO.Abstractions.IFileSystem"/>: locks, exclusive names, and octets
/// and names that survive a power cut. A file system of one's own that knows about these implements both interfaces, and the library asks
/// it (<see cref="PlatformFiles.For"/>).
/// </summary>
/// <remarks>
/// <para>Expected races (a file that is gone, locked or there already) come back as values. Everything else is an <see cref="IOException"/>
/// or <see cref="UnauthorizedAccessException"/>. Calls come from many threads.</para>
/// <para>Members with a default are what a file system in memory answers. One that wraps another passes every member on, those as
/// well.</para>
/// </remarks>
public interface IPlatformFiles
{
    /// <summary>
    /// Opens a file for reading and locks it against every other process and handle until it is disposed. Does not follow a link
    /// and does not block on a FIFO (PU-1, PU-13).
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="file">The open file; null unless the result is <see cref="OpenResult.Opened"/>.</param>
    OpenResult OpenExclusive(string path, out LockedFile? file);

    /// <summary>
    /// Opens a file for reading without any lock. Does not follow a link and does not block on a FIFO (SE-1).
    /// </summary>
    /// <returns>Null when it is gone, or no regular file.</returns>
    Stream? OpenRegular(string path);

    /// <summary>
    /// Creates a file that does not exist yet; an <see cref="IOException"/> when it does. It is private from the moment it exists (DR-10),
    /// and belongs to the owner of its directory when root creates it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="access">Who may read it; null when it stays private.</param>
    NewFile Create(string path, SharedAccess? access = null);

    /// <summary>Creates a directory that is private, and what is missing above it as the system does. Nothing changes when it is
    /// there.</summary>
    void CreateDirectory(string path);

    /// <summary>Takes a directory of this account's from everybody else (DR-10). Does nothing where access rules are not modes
    /// (Windows).</summary>
    /// <returns>True when somebody else had rights to it.</returns>
    bool MakePrivate(string directory) => false;

    /// <summary>What the directory makes of the files in it (DR-11); of a missing one nothing.</summary>
    DirectoryRules RulesOf(string directory) => default;

    /// <summary>
    /// Renames within one volume, never replacing what is there (style P1: <c>File.Move(overwrite: false)</c> is not exclusive on Linux)
    /// and never copying (P3). What the system refuses is an error; the file has exactly one name afterwards (SE-7).
    /// </summary>
    MoveResult Move(string from, string to);

    /// <summary>
    /// Gives a file a second name within one volume, never replacing what is there. Where files have one name only (Windows) it is renamed;
    /// where the volume knows no links, or allows none to this file, the result is <see cref="MoveResult.OtherVolume"/>: it can be copied.
    /// </summary>
    MoveResult Link(string from, string to);

    /// <summary>Text that is the same for directories that one <see cref="NewFile.FlushVolume"/> covers; empty when that cannot be told (no
    /// such directory).</summary>
    string VolumeOf(string directory);

    /// <summary>Makes created, renamed and deleted entries of the directory survive a power cut. Does nothing where the system has no such
    /// call (Windows).</summary>
    void FlushDirectory(string directory);

    /// <summary>
    /// Renames messages whose names are not valid text (octets that are not UTF-8, on Unix) so that each such octet reads <c>%hh</c>;
    /// otherwise they could be listed but never opened. Nothing that is there is replaced.
    /// </summary>
    /// <returns>The names, as they would read, that the system refuses to change (SE-7).</returns>
    IReadOnlyList<string> RepairFileNames(string directory) => [];

    /// <summary>What is left on the volume of a directory; null when that cannot be told (a missing directory, file systems in
    /// memory).</summary>
    VolumeSpace? SpaceAt(string directory) => null;
}

/// <summary>How <see cref="IPlatformFiles.OpenExclusive"/> ended.</summary>
public enum OpenResult
{
    /// <summary>Open and locked.</summary>
    Opened,

    /// <summary>No such file.</summary>
    Gone,

    /// <summary>Somebody else holds it.</summary>
    Locked,

    /// <summary>A directory, link, FIFO, socket or device.</summary>
    NotRegular,
}

/// <summary>How <see cref="IPlatformFiles.Move"/> or <see cref="IPlatformFiles.Link"/> ended.</summary>
public enum MoveResult
{
    /// <summary>It has the new name.</summary>
    Moved,

    /// <summary>No such source.</summary>
    Gone,

    /// <summary>The target name is taken; nothing changed.</summary>
    Exists,

    /// <summary>The directories are on different volumes; nothing changed.</summary>
    OtherVolume,
}
