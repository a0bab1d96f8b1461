using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Tests.Delivery;

public class DropFileWriterTests
{
    private static readonly MailItem Item = new(
        new SubmissionId(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), 1),
        new MailEnvelope("bob@fabrikam.com", [new("mary@contoso.com")]),
        MessageContent.FromOctets("A: 1\nBcc: x\n\nbody\n"u8.ToArray()));

    private readonly MockFileSystem _files = new(new Dictionary<string, MockFileData> { ["/drop"] = new MockDirectoryData() });

    [Fact(DisplayName = "DR-3, DR-4, DR-5: a message becomes one file under the name of its id, clean, and is written once")]
    public async Task Writes_a_file()
    {
        var writer = new DropFileWriter("/drop", _files) { CreatedBy = "mine" };

        var path = await writer.WriteAsync(Item, TestContext.Current.CancellationToken);
        var again = await writer.WriteAsync(Item, TestContext.Current.CancellationToken);

        Assert.Equal("/drop/20260131T120000.0000000Z-00000000000000000000000000000001.eml", path);
        Assert.Equal(path, again);
        Assert.Equal([path], DropFile.Waiting("/drop", _files));
        using var file = await DropFile.OpenAsync(path, _files, TestContext.Current.CancellationToken);
        Assert.Equal(Item.Envelope with { CreatedBy = "mine" }, file.Envelope);
        Assert.EndsWith("A: 1\r\n\r\nbody\r\n", _files.File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "SE-3: somebody else's file keeps its name, and the message gets another one")]
    public async Task Leaves_other_files()
    {
        var taken = $"/drop/{Item.Id}.eml";
        _files.AddFile(taken, new MockFileData("theirs"));

        var path = await new DropFileWriter("/drop", _files).WriteAsync(Item, TestContext.Current.CancellationToken);

        Assert.Equal($"/drop/{Item.Id}-2.eml", path);
        Assert.Equal("theirs", _files.File.ReadAllText(taken));
    }

    [Fact(DisplayName = "DR-2: a missing directory is DirectoryNotFoundException, and the writer goes on once it is there")]
    public async Task Needs_its_directory()
    {
        var writer = new DropFileWriter("/later", _files);

        await Assert.ThrowsAsync<DirectoryNotFoundException>(async () => await writer.WriteAsync(Item));
        _files.Directory.CreateDirectory("/later");

        Assert.StartsWith("/later/", await writer.WriteAsync(Item, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "RP-5: the same form goes to any stream")]
    public async Task Writes_to_a_stream()
    {
        using var output = new MemoryStream();
        await DropFileWriter.WriteToAsync(Item.Envelope, Item.Content, output, TestContext.Current.CancellationToken);
        using var file = DropFile.FromOctets(output.ToArray());

        Assert.Equal(Item.Envelope, file.Envelope);
        Assert.Equal("A: 1\r\n\r\nbody\r\n", Encoding.ASCII.GetString(output.ToArray().AsSpan((int)file.MessageOffset)));
    }
}
