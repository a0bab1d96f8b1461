using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

public sealed class ManagedPlatformFilesTests : PlatformFilesContract
{
    private protected override IPlatformFiles Platform { get; } = new ManagedPlatformFiles(new FileSystem());
}
