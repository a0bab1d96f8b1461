using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>Reads small files in directories where others may put anything.</summary>
internal static class SmallFile
{
    /// <summary>Reads a whole file (SE-1): opened without following a link or waiting for a FIFO, and bounded.</summary>
    /// <param name="platform">Opens it.</param>
    /// <param name="path">The file.</param>
    /// <param name="maxOctets">The most that may be in it.</param>
    /// <returns>Null when it is not there, no regular file, or larger.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not read it.</exception>
    public static byte[]? ReadSmall(this IPlatformFiles platform, string path, int maxOctets)
    {
        using var file = platform.OpenRegular(path);
        if (file is null || file.Length > maxOctets)
            return null;
        // One octet more than it had: somebody may be adding to it.
        var octets = new byte[file.Length + 1];
        var count = file.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
        return count == octets.Length ? null : octets[..count];
    }
}
