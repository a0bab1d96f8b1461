using System.IO.Abstractions;

namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>The directories of a configuration as full paths.</summary>
internal sealed class TransportPaths
{
    private readonly IFileSystem _files;
    private readonly string _base;

    public TransportPaths(TransportOptions options, IFileSystem files)
    {
        _files = files;
        _base = options.BaseDirectory ?? files.Directory.GetCurrentDirectory();
        RootDrop = Full(options.RootDropDirectoryPath);
        Queue = Full(options.QueueDirectoryPath);
        Pickup = string.IsNullOrWhiteSpace(options.PickupDirectoryPath) ? null : Full(options.PickupDirectoryPath);
        Replay = string.IsNullOrWhiteSpace(options.ReplayDirectoryPath) ? null : Full(options.ReplayDirectoryPath);
        ConnectivityLog = string.IsNullOrWhiteSpace(options.ConnectivityLogPath) ? null : Full(options.ConnectivityLogPath);
        TrackingLog = string.IsNullOrWhiteSpace(options.MessageTrackingLogPath) ? null : Full(options.MessageTrackingLogPath);
    }

    /// <summary>What relative paths are relative to.</summary>
    public string Base => _files.Path.GetFullPath(_base);

    public string RootDrop { get; }

    public string Queue { get; }

    public string? Pickup { get; }

    public string? Replay { get; }

    public string? TrackingLog { get; }

    /// <summary>The directory of the connectivity log; null when it is off.</summary>
    public string? ConnectivityLog { get; }

    /// <summary>The Drop directory of a connector; null when a relative one leaves the root (DR-1).</summary>
    public string? Drop(string connector, ConnectorOptions options)
    {
        var directory = string.IsNullOrWhiteSpace(options.DropDirectory) ? connector : options.DropDirectory;
        if (_files.Path.IsPathRooted(directory))
            return _files.Path.GetFullPath(directory);
        var full = _files.Path.GetFullPath(_files.Path.Combine(RootDrop, directory));
        // Links are not followed: one below the root is how a mounted share gets there.
        var root = _files.Path.EndsInDirectorySeparator(RootDrop) ? RootDrop : RootDrop + _files.Path.DirectorySeparatorChar;
        return full.Length > root.Length && full.StartsWith(root, Comparison) ? full : null;
    }

    /// <summary>True when two <see cref="Identity">identities</see> are the same, or one is inside the other.</summary>
    public bool Overlap(string a, string b) => IsWithin(a, b) || IsWithin(b, a);

    /// <summary>Names that differ in case only are two directories on Linux and one elsewhere.</summary>
    public static StringComparer Comparer => StringComparer.FromComparison(Comparison);

    private static StringComparison Comparison => OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>The same for every path that leads to one directory, links followed.</summary>
    public string Identity(string path) => Resolve(path);

    private bool IsWithin(string inner, string outer) =>
        string.Equals(inner, outer, Comparison)
        || inner.StartsWith(
            outer.EndsWith(_files.Path.DirectorySeparatorChar) ? outer : outer + _files.Path.DirectorySeparatorChar, Comparison);

    private string Full(string path) => _files.Path.GetFullPath(_files.Path.Combine(_base, path));

    // The path with every directory link on the way replaced by what it points to.
    private string Resolve(string path)
    {
        var full = _files.Path.TrimEndingDirectorySeparator(_files.Path.GetFullPath(path));
        var parent = _files.Path.GetDirectoryName(full);
        if (parent is null)
            return full;
        var here = _files.Path.Combine(Resolve(parent), _files.Path.GetFileName(full));
        // Not there, or links that lead in a circle: nothing to follow.
        if (!_files.Directory.Exists(here))
            return here;
        try
        {
            return _files.Directory.ResolveLinkTarget(here, returnFinalTarget: true) is { } target ? Resolve(target.FullName) : here;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotImplementedException)
        {
            return here;
        }
    }
}
