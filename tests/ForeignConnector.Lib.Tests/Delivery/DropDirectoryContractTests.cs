using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Tests.Delivery;

/// <summary>The Drop connector on a file system in memory.</summary>
public class DropDirectoryContractTests : ForeignConnectorContract
{
    private const string Directory = "/drop";

    private readonly MockFileSystem _files = new(new Dictionary<string, MockFileData> { [Directory] = new MockDirectoryData() });

    public DropDirectoryContractTests() => Connector = new DropDirectoryConnector(
        new DropDirectoryOptions { Name = "contract", DropDirectory = Directory }, _files, NullLogger<DropDirectoryConnector>.Instance);

    protected override IForeignConnector Connector { get; }

    protected override IReadOnlyList<string> Arrived => [.. _files.Directory.GetFiles(Directory).Select(path => _files.File.ReadAllText(path, Encoding.Latin1))];

    protected override void Break() => _files.Directory.Delete(Directory);

    protected override void Mend() => _files.Directory.CreateDirectory(Directory);
}
