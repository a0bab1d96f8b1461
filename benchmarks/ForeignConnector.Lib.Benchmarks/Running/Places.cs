namespace ForeignConnector.Lib.Benchmarks.Running;

/// <summary>Where results go and where benchmarks may write: nowhere outside the repository, except for files in memory.</summary>
internal static class Places
{
    /// <summary>Where Linux keeps files in memory.</summary>
    public const string MemoryFileSystem = "/dev/shm";

    /// <summary>The repository: the folder of the solution, above the one this program runs in.</summary>
    public static string Repository { get; } = FindRepository();

    public static string Artifacts => Path.Combine(Repository, "BenchmarkDotNet.Artifacts");

    public static string Results => Path.Combine(Artifacts, "results");

    public static string Benchmarks => Path.Combine(Repository, "benchmarks");

    /// <summary>A new empty folder on the disk of the repository, for what must be durable. The caller deletes it.</summary>
    public static string NewFolderOnDisk() => NewFolder(Path.Combine(Artifacts, "scratch"));

    /// <summary>A new empty folder in memory (tmpfs) where there is one, so that no disk hides what code costs. The caller deletes it.</summary>
    public static string NewFolderInMemory() => NewFolder(Directory.Exists(MemoryFileSystem) ? MemoryFileSystem : Path.GetTempPath());

    private static string NewFolder(string parent) =>
        Directory.CreateDirectory(Path.Combine(parent, $"ForeignConnector.Lib.Benchmarks-{Guid.NewGuid():N}")).FullName;

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !folder.EnumerateFiles("ForeignConnector.Lib.sln").Any())
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the program does not run below the folder of ForeignConnector.Lib.sln");
    }
}
