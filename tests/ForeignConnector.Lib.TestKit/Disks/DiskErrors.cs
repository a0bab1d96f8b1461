namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>The exceptions .NET makes of error numbers on Linux.</summary>
public static class DiskErrors
{
    private const int ENOENT = 2, EIO = 5, EAGAIN = 11, EACCES = 13, EEXIST = 17, EMFILE = 24, ENOSPC = 28;

    /// <summary>Every error that any step may meet, by name.</summary>
    public static IReadOnlyList<string> Names { get; } = [nameof(ENOSPC), nameof(EIO), nameof(EACCES), nameof(ENOENT), nameof(EMFILE)];

    /// <summary>One of <see cref="Names"/>.</summary>
    public static Exception ByName(string name, string path) => name switch
    {
        nameof(ENOSPC) => new IOException($"No space left on device : '{path}'", ENOSPC),
        nameof(EIO) => new IOException($"Input/output error : '{path}'", EIO),
        nameof(EACCES) =>
            new UnauthorizedAccessException($"Access to the path '{path}' is denied.", new IOException("Permission denied", EACCES)),
        nameof(ENOENT) => Missing(path),
        nameof(EMFILE) => new IOException($"Too many open files : '{path}'", EMFILE),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such error"),
    };

    internal static IOException Full() => new("No space left on device", ENOSPC);

    internal static FileNotFoundException Missing(string path) => new($"Could not find file '{path}'.", path);

    internal static DirectoryNotFoundException MissingDirectory(string path) => new($"Could not find a part of the path '{path}'.");

    internal static IOException Exists(string path) => new($"The file '{path}' already exists.", EEXIST);

    internal static IOException Locked(string path) =>
        new($"The process cannot access the file '{path}' because it is being used by another process.", EAGAIN);
}
