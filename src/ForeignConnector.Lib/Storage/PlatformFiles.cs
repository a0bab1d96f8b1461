using System.IO.Abstractions;

namespace ForeignConnector.Lib.Storage;

/// <summary>Chooses the implementation of <see cref="IPlatformFiles"/>.</summary>
internal static class PlatformFiles
{
    /// <summary>Only the real file system has an operating system under it; any other one gets the managed fallback.</summary>
    public static IPlatformFiles For(IFileSystem files) =>
        files is FileSystem && (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
            ? new UnixPlatformFiles(files)
            : new ManagedPlatformFiles(files);
}
