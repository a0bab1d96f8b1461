using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Directory;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>The contract, in memory.</summary>
public sealed class InMemoryQueueStoreTests : QueueStoreContract
{
    private InMemoryQueueStore? _open;

    protected override IQueueStore Open(TimeProvider time) => _open = _open?.Restart() ?? new InMemoryQueueStore(time);
}

/// <summary>The contract, in a directory in memory. A process that dies leaves its files and no locks: the next one gets a copy of them.</summary>
public sealed class MockDirectoryQueueStoreTests : QueueStoreContract
{
    private MockFileSystem _files = new();

    protected override IQueueStore Open(TimeProvider time)
    {
        _files = new MockFileSystem(_files.AllFiles.ToDictionary(path => path, path => new MockFileData(_files.GetFile(path).Contents)));
        return DirectoryStores.Open("/queue", _files, time);
    }
}

/// <summary>The contract, in a directory of the simulated disk on which power cuts are tested.</summary>
public sealed class SimulatedDirectoryQueueStoreTests : QueueStoreContract
{
    private CrashingFileSystem? _files;

    protected override IQueueStore Open(TimeProvider time)
    {
        _files = new CrashingFileSystem(_files?.Now ?? DiskImage.Empty, time);
        return new DirectoryQueueStore("/queue", new DirectoryQueueOptions(), _files, _files, time, NullLogger<DirectoryQueueStore>.Instance);
    }
}

/// <summary>The contract, in a directory on the disk; copied likewise.</summary>
public sealed class RealDirectoryQueueStoreTests : QueueStoreContract
{
    private readonly TempDirectory _directory = new();
    private int _lives;

    public override ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return base.DisposeAsync();
    }

    protected override IQueueStore Open(TimeProvider time)
    {
        var (before, now) = (_directory[$"queue{_lives}"], _directory[$"queue{++_lives}"]);
        if (Directory.Exists(before))
        {
            foreach (var path in Directory.EnumerateFiles(before, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(now, Path.GetRelativePath(before, path));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var target = File.Create(copy);
                source.CopyTo(target);
            }
        }
        return DirectoryStores.Open(now, new FileSystem(), time);
    }
}

internal static class DirectoryStores
{
    public static DirectoryQueueStore Open(string directory, IFileSystem files, TimeProvider time) =>
        new(directory, new DirectoryQueueOptions(), files, time, NullLogger<DirectoryQueueStore>.Instance);
}
