using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>The contract, in a directory in memory.</summary>
public sealed class MockDirectoryDeliveryQueueTests : DeliveryQueueContract<MockDirectoryDeliveryQueueTests.Factory>
{
    public sealed class Factory : IDeliveryQueueFactory
    {
        private readonly MockFileSystem _files = new();
        private DirectoryDeliveryQueue? _open;

        public IDeliveryQueue Open(TimeProvider time)
        {
            _open?.Dispose();
            return _open = DirectoryQueues.Open("/queue", _files, time);
        }

        public void Dispose() => _open?.Dispose();
    }
}

/// <summary>The contract, in a directory on the disk.</summary>
public sealed class RealDirectoryDeliveryQueueTests : DeliveryQueueContract<RealDirectoryDeliveryQueueTests.Factory>
{
    public sealed class Factory : IDeliveryQueueFactory
    {
        private readonly TempDirectory _directory = new();
        private DirectoryDeliveryQueue? _open;

        public IDeliveryQueue Open(TimeProvider time)
        {
            _open?.Dispose();
            return _open = DirectoryQueues.Open(_directory["queue"], new FileSystem(), time);
        }

        public void Dispose()
        {
            _open?.Dispose();
            _directory.Dispose();
        }
    }
}

internal static class DirectoryQueues
{
    public static DirectoryDeliveryQueue Open(string directory, IFileSystem files, TimeProvider time) =>
        new(directory, new DirectoryQueueOptions(), files, time, MessageTrails.None, NullLogger<DirectoryDeliveryQueue>.Instance);
}
