namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>A directory on another volume than temporary files, where the machine has a memory disk for everybody; otherwise an ordinary one.</summary>
internal sealed class OtherVolume : IDisposable
{
    private const string MemoryDisk = "/dev/shm";

    public string Directory { get; } = System.IO.Directory.CreateDirectory(
        Path.Combine(System.IO.Directory.Exists(MemoryDisk) ? MemoryDisk : Path.GetTempPath(), $"foreign-connector-{Guid.NewGuid():N}")).FullName;

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
