using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.IntegrationTests.Delivery;

/// <summary>The Drop connector on a real disk.</summary>
public sealed class DropDirectoryContractTests : ForeignConnectorContract, IDisposable
{
    private readonly TempDirectory _temp = new();

    public DropDirectoryContractTests()
    {
        Mend();
        Connector = new DropDirectoryConnector(
            new DropDirectoryOptions { Name = "contract", DropDirectory = _temp["drop"] }, new FileSystem(), NullLogger<DropDirectoryConnector>.Instance);
    }

    protected override IForeignConnector Connector { get; }

    protected override IReadOnlyList<string> Arrived => [.. Directory.GetFiles(_temp["drop"]).Select(path => File.ReadAllText(path, Encoding.Latin1))];

    public void Dispose() => _temp.Dispose();

    protected override void Break() => Directory.Delete(_temp["drop"]);

    protected override void Mend() => Directory.CreateDirectory(_temp["drop"]);
}
