using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Transport;
using ForeignConnector.Lib.Transport.Configuration;

namespace ForeignConnector.Lib.Tests.Hosting;

public class TransportPathsTests
{
    private readonly MockFileSystem _files = new();
    private readonly TransportPaths _paths;

    public TransportPathsTests() =>
        _paths = new(new TransportOptions { BaseDirectory = "/srv/mail", RootDropDirectoryPath = "drop", QueueDirectoryPath = "queue" }, _files);

    [Theory(DisplayName = "DR-1: a relative directory is below the root, an absolute one, a share among them, stands alone, and none means the connector's name")]
    [InlineData("fax", "/srv/mail/drop/fax")]
    [InlineData("fax/berlin", "/srv/mail/drop/fax/berlin")]
    [InlineData("fax/../sms", "/srv/mail/drop/sms")]
    [InlineData("/var/gateway/fax", "/var/gateway/fax")]
    [InlineData("//gateway/share/fax", "//gateway/share/fax")]
    [InlineData(null, "/srv/mail/drop/Contoso Fax")]
    [InlineData(" ", "/srv/mail/drop/Contoso Fax")]
    public void Finds_the_directory(string? configured, string expected) =>
        Assert.Equal(_files.Path.GetFullPath(expected), _paths.Drop("Contoso Fax", new ConnectorOptions { DropDirectory = configured }));

    [Theory(DisplayName = "DR-1: a relative directory that leaves the root, or is the root, is refused")]
    [InlineData("..")]
    [InlineData("../fax")]
    [InlineData("fax/../../drop2")]
    [InlineData("../dropped")]
    [InlineData(".")]
    [InlineData("fax/..")]
    public void Refuses_to_leave_the_root(string configured) =>
        Assert.Null(_paths.Drop("Contoso Fax", new ConnectorOptions { DropDirectory = configured }));
}
