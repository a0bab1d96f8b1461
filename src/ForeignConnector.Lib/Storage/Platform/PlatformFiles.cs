using System.IO.Abstractions;
using System.Runtime.CompilerServices;

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>Chooses the implementation of <see cref="IPlatformFiles"/>.</summary>
public static class PlatformFiles
{
    /// <summary>The real file system, for callers who bring none. One object, so that all of them share batches.</summary>
    internal static readonly IFileSystem Real = new FileSystem();

    private static readonly ConditionalWeakTable<IFileSystem, IPlatformFiles> Shared = [];

    /// <summary>
    /// A file system that is <see cref="IPlatformFiles"/> itself answers for itself. The real one has an operating system under it; any
    /// other one gets the managed fallback, which knows nothing of power cuts. The same object for everybody with the same
    /// <see cref="IFileSystem"/>, so that they share the batches of a group commit.
    /// </summary>
    /// <param name="files">The file system.</param>
    public static IPlatformFiles For(IFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return files as IPlatformFiles ?? Shared.GetValue(files, Create);
    }

    private static IPlatformFiles Create(IFileSystem files) =>
        files is FileSystem && (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
            ? new UnixPlatformFiles(files)
            : new ManagedPlatformFiles(files);
}
