using ForeignConnector.Lib.Benchmarks.Running;

namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>The machine by its kind: nothing that would tell which one it is.</summary>
internal static class Machine
{
    public static string Describe(ResultFiles results)
    {
        var memory = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30));
        return $"{results.Host("LogicalCoreCount")} cores of {results.Host("ProcessorName")} ({results.Host("Architecture")}), {memory} GB of memory, "
            + $"{results.Host("OsVersion")}, {results.Host("RuntimeVersion").Split(" (")[0]}; durable files on {Disk(Places.Repository)}, others on {Format(MemoryFolder)}.";
    }

    private static string MemoryFolder => Directory.Exists(Places.MemoryFileSystem) ? Places.MemoryFileSystem : Path.GetTempPath();

    private static string Disk(string folder)
    {
        var device = DeviceOf(folder);
        var kind = device switch
        {
            _ when device.StartsWith("vd", StringComparison.Ordinal) => "a virtual disk",
            _ when device.StartsWith("nvme", StringComparison.Ordinal) => "an NVMe disk",
            _ when device.StartsWith("sd", StringComparison.Ordinal) => "a SCSI or SATA disk",
            _ => "a disk",
        };
        return $"{Format(folder)} on {kind}";
    }

    private static string Format(string folder) => new DriveInfo(folder).DriveFormat;

    /// <summary>The device of the longest mount point above the folder; empty where the system does not tell.</summary>
    private static string DeviceOf(string folder)
    {
        const string mounts = "/proc/mounts";
        if (!File.Exists(mounts))
            return "";
        return File.ReadLines(mounts)
            .Select(line => line.Split(' '))
            .Where(m => folder.StartsWith(m[1], StringComparison.Ordinal))
            .OrderBy(m => m[1].Length)
            .Select(m => Path.GetFileName(m[0]))
            .LastOrDefault("");
    }
}
