using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Storage.Claims;

namespace ForeignConnector.Lib.Tests.Mail;

public sealed class DropFileTests : IDisposable
{
    private const string Block = "X-Sender: <bob@fabrikam.com>\r\nX-Receiver: <mary@contoso.com> NOTIFY=NEVER\r\nX-CreatedBy: x\r\nX-EndOfInjectedXHeaders: 7\r\n";
    private const string Message = "X-Own: 1\r\nSubject: x\r\n\r\nbody\r\n";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "RP-5, EN-5: a Drop file gives the envelope, the message and where it begins, whatever the end mark says")]
    public async Task Reads_a_file()
    {
        await using var file = await DropFile.OpenAsync(_directory.Write("a.eml", Block + Message));

        Assert.Equal("bob@fabrikam.com", file.Envelope.Sender);
        Assert.Equal(new EnvelopeRecipient("mary@contoso.com") { Notify = DsnNotify.Never }, Assert.Single(file.Envelope.Recipients));
        Assert.Equal(Block.Length, file.MessageOffset);
        Assert.Equal(Message.Length, file.Content.Length);
        Assert.Equal(Message, Read(file));
        Assert.Equal(Message, Read(file));
        Assert.Equal(_directory["a.eml"], file.Path);
    }

    [Fact(DisplayName = "Octets in memory and a file system in memory read the same")]
    public async Task Reads_other_places()
    {
        using var octets = DropFile.FromOctets(Encoding.ASCII.GetBytes(Block + Message));
        var files = new MockFileSystem(new Dictionary<string, MockFileData> { ["/drop/a.eml"] = new(Block + Message) });
        using var mock = await DropFile.OpenAsync("/drop/a.eml", files);

        Assert.Equal(Message, Read(octets));
        Assert.Equal(Message, Read(mock));
        Assert.Equal(octets.Envelope, mock.Envelope);
        Assert.Null(octets.Path);
    }

    [Fact(DisplayName = "The message can be read after the file got another name or was deleted")]
    public async Task Holds_the_file()
    {
        await using var file = await DropFile.OpenAsync(_directory.Write("a.eml", Block + Message));
        File.Delete(_directory["a.eml"]);

        Assert.Equal(Message, Read(file));
    }

    [Fact(DisplayName = "DR-5: a file that is written to while it is read is never half a message")]
    public async Task Notices_a_change()
    {
        await using var file = await DropFile.OpenAsync(_directory.Write("a.eml", Block + Message));
        await File.AppendAllTextAsync(_directory["a.eml"], "more\r\n", TestContext.Current.CancellationToken);

        Assert.Throws<FileChangedException>(() => Read(file));
    }

    [Fact(DisplayName = "DR-5: a temporary name is refused, whatever the file holds")]
    public async Task Refuses_a_temporary_name()
    {
        var path = _directory.Write("a.eml.0123456789abcdef.TMP", Block + Message);

        var e = await Assert.ThrowsAsync<MailFormatException>(async () => await DropFile.OpenAsync(path));

        Assert.Equal(("DR-5", path), (e.Rule, e.FileName));
    }

    [Fact(DisplayName = "SE-1: a link and a directory are refused; a file that is gone is FileNotFoundException")]
    public async Task Refuses_what_is_no_file()
    {
        File.CreateSymbolicLink(_directory["link.eml"], _directory.Write("target", Block + Message));
        Directory.CreateDirectory(_directory["directory.eml"]);

        Assert.Equal("SE-1", (await Assert.ThrowsAsync<MailFormatException>(async () => await DropFile.OpenAsync(_directory["link.eml"]))).Rule);
        Assert.Equal("SE-1", (await Assert.ThrowsAsync<MailFormatException>(async () => await DropFile.OpenAsync(_directory["directory.eml"]))).Rule);
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await DropFile.OpenAsync(_directory["gone.eml"]));
    }

    [Fact(DisplayName = "RP-2: what is in another form is refused with file, offset and rule")]
    public async Task Refuses_another_form()
    {
        var path = _directory.Write("a.eml", "X-Sender: <bob@fabrikam.com>\r\nX-Receiver: <mary@contoso.com> NOTIFY=MAYBE\r\n\r\n");

        var e = await Assert.ThrowsAsync<MailFormatException>(async () => await DropFile.OpenAsync(path));

        Assert.Equal((path, "EN-2", 68L), (e.FileName, e.Rule, e.Position));
        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
        Assert.Throws<MailFormatException>(() => DropFile.FromOctets("Subject: x\r\n\r\n"u8.ToArray()));
    }

    [Fact(DisplayName = "DR-5: the files that wait come in the order of acceptance, without temporary and hidden ones")]
    public void Lists_files()
    {
        foreach (var name in new[] { "b.eml", "a.EML", "c.eml.tmp", ".d.eml", "notes.txt" })
            _directory.Write(name, "");

        Assert.Equal([_directory["a.EML"], _directory["b.eml"]], DropFile.Waiting(_directory.Path));
        Assert.Empty(DropFile.Waiting("/none", new MockFileSystem(new Dictionary<string, MockFileData> { ["/none"] = new MockDirectoryData() })));
    }

    [Fact(DisplayName = "RP-5: what ReplayFile writes, DropFile reads back equal; Bcc stays behind, line ends are CRLF, the organization's fields stay")]
    public async Task Writes_what_it_reads()
    {
        var envelope = new MailEnvelope("", [new("mary@contoso.com"), new("fax@contoso.com") { OriginalRecipient = new("FAX", "+1;2") }]) { CreatedBy = "gateway" };
        using var content = MessageContent.FromOctets("A: 1\nBcc: x\nResent-Bcc: y\nX-MS-Exchange-Organization-A: 1\n\nbody\n"u8.ToArray());
        var path = await ReplayFile.WriteAsync(_directory.Path, envelope, content, "answer.eml", cancellationToken: TestContext.Current.CancellationToken);
        await using var file = await DropFile.OpenAsync(path, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(_directory["answer.eml"], path);
        Assert.Equal(envelope, file.Envelope);
        Assert.Equal("A: 1\r\nX-MS-Exchange-Organization-A: 1\r\n\r\nbody\r\n", Read(file));
        Assert.Equal(["answer.eml"], _directory.Names);
    }

    [Fact(DisplayName = "SE-1: ReplayFile never replaces a file, and makes names that sort in the order of writing")]
    public async Task Never_replaces()
    {
        var envelope = new MailEnvelope("", [new("mary@contoso.com")]);
        using var content = MessageContent.FromOctets("\r\n"u8.ToArray());
        _directory.Write("there.eml", "theirs");

        await Assert.ThrowsAsync<IOException>(async () => await ReplayFile.WriteAsync(_directory.Path, envelope, content, "there.eml"));
        var first = await ReplayFile.WriteAsync(_directory.Path, envelope, content);
        var second = await ReplayFile.WriteAsync(_directory.Path, envelope, content);

        Assert.Equal("theirs", _directory.Read("there.eml"));
        Assert.Equal([first, second, _directory["there.eml"]], DropFile.Waiting(_directory.Path));
        Assert.Equal(3, _directory.Names.Length);
    }

    [Theory(DisplayName = "PU-1: ReplayFile refuses a name that no transport would take")]
    [InlineData("answer")]
    [InlineData("answer.tmp")]
    [InlineData(".hidden.eml")]
    [InlineData("../answer.eml")]
    [InlineData("")]
    public async Task Refuses_names(string name)
    {
        using var content = MessageContent.FromOctets("\r\n"u8.ToArray());

        await Assert.ThrowsAsync<ArgumentException>(async () => await ReplayFile.WriteAsync(_directory.Path, new MailEnvelope("", [new("a@b.c")]), content, name));
        Assert.Empty(_directory.Names);
    }

    [Fact(DisplayName = "Content from a file and a spool need no file-system object")]
    public async Task Content_needs_no_file_system()
    {
        using var source = new MemoryStream("spooled"u8.ToArray());
        using (var spool = await MessageContent.SpoolAsync(_directory["spool"], source))
            Assert.Equal(7, spool.Length);
        Assert.Empty(_directory.Names);
        using var content = MessageContent.FromFile(_directory.Write("a", "12345"), 2);
        Assert.Equal(3, content.Length);
        Assert.Equal(5, MessageContent.FromFile(_directory["a"]).Length);
    }

    private static string Read(DropFile file)
    {
        using var stream = file.Content.OpenRead();
        using var octets = new MemoryStream();
        stream.CopyTo(octets);
        return Encoding.Latin1.GetString(octets.ToArray());
    }
}
