using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

public sealed class PresenceTests : IDisposable
{
    private readonly FileSystem _files = new();
    private readonly TempDirectory _temp = new();

    public PresenceTests()
    {
        _temp.Write("file", "abc");
        Directory.CreateDirectory(_temp["directory"]);
        File.CreateSymbolicLink(_temp["link"], _temp["file"]);
        File.CreateSymbolicLink(_temp["link to a directory"], _temp["directory"]);
        File.CreateSymbolicLink(_temp["dangling"], _temp["nowhere"]);
        File.CreateSymbolicLink(_temp["loop"], _temp["loop"]);
        Unix.MakeFifo(_temp["fifo"]);
    }

    public void Dispose() => _temp.Dispose();

    [Theory(DisplayName = "SE-1: what has a name is told as File.Exists and Directory.Exists tell it, where that can be known")]
    [InlineData("file", true, false)]
    [InlineData("link", true, false)]
    [InlineData("dangling", true, false)]
    [InlineData("fifo", true, false)]
    [InlineData("directory", false, true)]
    [InlineData("link to a directory", false, true)]
    [InlineData("nothing", false, false)]
    [InlineData("nowhere/below", false, false)]
    [InlineData("file/below", false, false)]
    public void Tells_what_is_there(string name, bool isFile, bool isDirectory)
    {
        Assert.Equal((isFile, isDirectory), (_files.HasFile(_temp[name]), _files.HasDirectory(_temp[name])));
        Assert.Equal((isFile, isDirectory), (File.Exists(_temp[name]), Directory.Exists(_temp[name])));
    }

    [Theory(DisplayName = "RY-4: what the system cannot tell is an error and no 'not there'")]
    [InlineData("loop/below")]
    [InlineData("255 and more")]
    public void Does_not_guess(string name)
    {
        var path = _temp[name == "255 and more" ? new string('x', 300) : name];

        Assert.ThrowsAny<IOException>(() => _files.HasFile(path));
        Assert.ThrowsAny<IOException>(() => _files.HasDirectory(path));
        Assert.False(File.Exists(path));
    }

    [Theory(DisplayName = "PU-13: whether a name still means a claimed file is an error when the system cannot tell")]
    [InlineData("loop/below", null)]
    [InlineData("255 and more", null)]
    [InlineData("file", true)]
    [InlineData("nothing", false)]
    [InlineData("file/below", false)]
    [InlineData("directory", false)]
    [InlineData("link", false)]
    public void A_claim_does_not_guess(string name, bool? expected)
    {
        var path = _temp[name == "255 and more" ? new string('x', 300) : name];
        Assert.Equal(OpenResult.Opened, PlatformFiles.For(_files).OpenExclusive(_temp["file"], out var file));
        using (file)
        {
            if (expected is { } isAt)
                Assert.Equal(isAt, file!.IsAt(path));
            else
                Assert.ThrowsAny<IOException>(() => file!.IsAt(path));
            Assert.Equal(expected ?? false, file!.IsSurelyAt(path));
        }
    }
}
