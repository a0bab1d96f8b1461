namespace ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

/// <summary>A volume of its own kind at a directory. Disposing takes it away.</summary>
internal sealed class Volume : IDisposable
{
    private readonly string? _mounted;

    private Volume(string? mounted) => _mounted = mounted;

    /// <summary>
    /// Mounts <c>ext4-128</c> (no birth times, inodes used again), <c>ext4-256</c> or <c>tmpfs</c> (keeps any time); <c>plain</c> is the directory as it is. Null, with a word in the
    /// output, when this is not possible here.
    /// </summary>
    public static Volume? TryMount(string kind, string directory, ITestOutputHelper output, string size = "64M")
    {
        Directory.CreateDirectory(directory);
        if (kind == "plain")
            return new Volume(null);
        if (kind == "tmpfs" ? Unix.TryRun("mount", "-t", "tmpfs", "-o", "mode=0777,size=" + size, "none", directory) : TryMountImage(kind["ext4-".Length..], directory, size))
            return new Volume(directory);
        output.WriteLine($"Not run: a volume of the kind {kind} cannot be mounted here.");
        return null;
    }

    public void Dispose()
    {
        if (_mounted is not null)
            Assert.True(Unix.TryRun("umount", "-l", _mounted), $"'{_mounted}' cannot be unmounted");
    }

    private static bool TryMountImage(string inodeSize, string directory, string size)
    {
        var image = directory + ".img";
        return Unix.TryRun("truncate", "-s", size, image) && Unix.TryRun("mkfs.ext4", "-q", "-F", "-m", "0", "-I", inodeSize, image)
            && Unix.TryRun("mount", "-o", "loop", image, directory) && Unix.TryRun("rmdir", Path.Combine(directory, "lost+found"));
    }
}
