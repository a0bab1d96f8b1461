using System.Diagnostics;
using System.Globalization;

namespace ForeignConnector.Lib.IntegrationTests.Hosts.PowerCuts;

/// <summary>An ext4 volume on a disk whose power can be cut (cut_disk.py), from one power-on to the next. Disposing leaves in the image what reached the platter.</summary>
internal sealed class CutVolume : IAsyncDisposable
{
    private readonly Process _disk;
    private readonly string _image;
    private readonly string _disks;
    private readonly string _directory;

    private CutVolume(Process disk, string image, string disks, string directory)
    {
        _disk = disk;
        _image = image;
        _disks = disks;
        _directory = directory;
    }

    /// <summary>Nothing is written down any more, and every flush fails.</summary>
    public bool IsCut => File.Exists(_image + ".cut");

    /// <summary>Makes an image with an empty file system, and mounts it once. False, with a word in the output, where such a disk is not possible.</summary>
    public static async Task<bool> TryFormatAsync(string image, string directory, ITestOutputHelper output)
    {
        if (Unix.TryRun("/usr/bin/python3", "-c", "import fusepy") && File.Exists("/dev/fuse") && File.Exists("/dev/loop-control")
            && Unix.TryRun("truncate", "-s", "48M", image)
            && Unix.TryRun("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)
            && Unix.TryRun("debugfs", "-w", "-R", "rmdir lost+found", image)
            && await TryPowerOnAsync(image, directory, seed: 0) is { } volume)
        {
            await volume.DisposeAsync();
            return true;
        }
        output.WriteLine("Not run: a power cut needs Python's fusepy, FUSE, loop devices, e2fsprogs and an account that may mount.");
        return false;
    }

    /// <summary>Mounts what is in the image at a directory: ext4 replays its journal.</summary>
    public static async Task<CutVolume> PowerOnAsync(string image, string directory, int seed)
    {
        var volume = await TryPowerOnAsync(image, directory, seed);
        Assert.NotNull(volume);
        return volume;
    }

    /// <summary>Cuts the power at a write or flush to come; 0 is now.</summary>
    public void CutAfter(int operations) => File.WriteAllText(Path.Combine(_disks, "cut"), operations.ToString(CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        await Eventually.TrueAsync("the volume is unmounted", () => Unix.TryRun("umount", _directory));
        // The loop device lets go of the disk soon after that.
        await Eventually.TrueAsync("the disk is unmounted", () => Unix.TryRun("umount", _disks));
        await _disk.WaitForExitAsync();
        _disk.Dispose();
    }

    private static async Task<CutVolume?> TryPowerOnAsync(string image, string directory, int seed)
    {
        var disks = image + ".d";
        Directory.CreateDirectory(disks);
        Directory.CreateDirectory(directory);
        File.Delete(image + ".cut");
        var script = Path.Combine(AppContext.BaseDirectory, "cut_disk.py");
        var disk = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, image, disks, seed.ToString(CultureInfo.InvariantCulture)]))!;
        await Eventually.TrueAsync("the disk is there", () => disk.HasExited || File.Exists(Path.Combine(disks, "disk")));
        if (!disk.HasExited && Unix.TryRun("mount", "-o", "loop", Path.Combine(disks, "disk"), directory))
            return new CutVolume(disk, image, disks, directory);
        Unix.TryRun("umount", "-l", disks);
        await disk.WaitForExitAsync();
        disk.Dispose();
        return null;
    }
}
