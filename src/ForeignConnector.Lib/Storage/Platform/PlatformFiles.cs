using System.IO.Abstractions;
using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>Chooses the implementation of <see cref="IPlatformFiles"/>.</summary>
internal static class PlatformFiles
{
    /// <summary>The real file system, for callers who bring none. One object, so that all of them share batches.</summary>
    public static readonly IFileSystem Real = new FileSystem();

    private static readonly ConditionalWeakTable<IFileSystem, IPlatformFiles> Shared = [];

    /// <summary>
    /// Only the real file system has an operating system under it; any other one gets the managed fallback. The same for everybody with the
    /// same <see cref="IFileSystem"/>, so that they share batches (<see cref="GroupCommit"/>).
    /// </summary>
    public static IPlatformFiles For(IFileSystem files) => Shared.GetValue(files, Create);

    private static IPlatformFiles Create(IFileSystem files) =>
        files is FileSystem && (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
            ? new UnixPlatformFiles(files)
            : new ManagedPlatformFiles(files);
}
