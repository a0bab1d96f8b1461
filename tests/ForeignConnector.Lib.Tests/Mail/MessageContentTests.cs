using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Mail;
using MimeKit;

namespace ForeignConnector.Lib.Tests.Mail;

public class MessageContentTests
{
    private static readonly byte[] Octets = Encoding.Latin1.GetBytes("A: 1\r\n\r\nbody\0\n\u00fc");

    private readonly MockFileSystem _files = new();

    [Fact(DisplayName = "DR-4: octets in memory are given as they are, also a part of an array and memory that is no array")]
    public void Gives_octets()
    {
        using var owner = new ArraylessMemory(Octets);
        byte[] larger = [9, .. Octets, 9];

        GivesTwice(MessageContent.FromOctets(Octets), Octets);
        GivesTwice(MessageContent.FromOctets(larger.AsMemory(1, Octets.Length)), Octets);
        GivesTwice(MessageContent.FromOctets(owner.Memory), Octets);
    }

    [Fact(DisplayName = "DR-4: a file is given as it is, and stays when the content is disposed")]
    public void Gives_a_file()
    {
        _files.AddFile("/m.eml", new MockFileData(Octets));

        using (var content = MessageContent.FromFile(_files, "/m.eml"))
            GivesTwice(content, Octets);

        Assert.True(_files.FileExists("/m.eml"));
    }

    [Theory(DisplayName = "RP-3: a part of a file begins at its offset")]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(15)]
    public void Gives_a_part_of_a_file(int offset)
    {
        _files.AddFile("/m.eml", new MockFileData(Octets));

        GivesTwice(MessageContent.FromFile(_files, "/m.eml", offset), Octets[offset..]);
    }

    [Fact(DisplayName = "RP-3: a file that is not there, or an offset outside of it, is refused at once")]
    public void Refuses_what_is_not_there()
    {
        _files.AddFile("/m.eml", new MockFileData(Octets));

        Assert.Throws<FileNotFoundException>(() => MessageContent.FromFile(_files, "/none.eml"));
        Assert.Throws<ArgumentOutOfRangeException>(() => MessageContent.FromFile(_files, "/m.eml", Octets.Length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MessageContent.FromFile(_files, "/m.eml", -1));
    }

    [Fact(DisplayName = "DR-4: a message of MimeKit is serialised once, with CRLF; later changes do not show")]
    public void Serialises_a_message_at_once()
    {
        var message = new MimeMessage { Subject = "before", Body = new MimeKit.TextPart("plain") { Text = "one\ntwo\n" } };
        using var content = MessageContent.FromMessage(message);
        message.Subject = "after";

        var text = Encoding.ASCII.GetString(Read(content));

        Assert.Contains("Subject: before\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\none\r\ntwo\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", text.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(text.Length, content.Length);
    }

    [Fact(DisplayName = "DR-4: a stream is spooled to a file that goes away with the content")]
    public async Task Spools_a_stream()
    {
        _files.AddDirectory("/spool");

        using (var content = await MessageContent.SpoolAsync(_files, "/spool/1", new DripStream(Octets, 3)))
            GivesTwice(content, Octets);

        Assert.Empty(_files.AllFiles);
    }

    [Fact(DisplayName = "DR-4: a name in use is refused, and the file that has it stays")]
    public async Task Does_not_overwrite()
    {
        _files.AddFile("/1", new MockFileData("other"));

        await Assert.ThrowsAsync<IOException>(() => MessageContent.SpoolAsync(_files, "/1", new MemoryStream(Octets)));

        Assert.Equal("other", _files.File.ReadAllText("/1"));
    }

    [Fact(DisplayName = "DR-4: spooling that fails or is cancelled leaves nothing behind")]
    public async Task Leaves_nothing_behind()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => MessageContent.SpoolAsync(_files, "/1", new MemoryStream(Octets), cancelled.Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => MessageContent.SpoolAsync(_files, "/1", Disposed()));

        Assert.Empty(_files.AllFiles);
    }

    [Fact(DisplayName = "DR-4: a content is opened by several threads at once")]
    public void Is_opened_by_several_threads()
    {
        var octets = Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7)).ToArray();
        _files.AddFile("/m.eml", new MockFileData(octets));

        foreach (var content in new[] { MessageContent.FromOctets(octets), MessageContent.FromFile(_files, "/m.eml") })
            Parallel.For(0, 8, _ => Assert.True(octets.AsSpan().SequenceEqual(Read(content))));
    }

    private static void GivesTwice(MessageContent content, byte[] expected)
    {
        using var first = content.OpenRead();
        Assert.Equal(expected.Length == 0 ? -1 : expected[0], first.ReadByte());
        Assert.Equal(expected, Read(content));
        Assert.Equal(expected, Read(content));
        Assert.Equal(expected.Length, content.Length);
        Assert.False(first.CanWrite);
    }

    private static byte[] Read(MessageContent content)
    {
        using var stream = content.OpenRead();
        using var octets = new MemoryStream();
        stream.CopyTo(octets);
        return octets.ToArray();
    }

    private static MemoryStream Disposed()
    {
        var stream = new MemoryStream();
        stream.Dispose();
        return stream;
    }

    /// <summary>Memory without an array behind it.</summary>
    private sealed class ArraylessMemory(byte[] octets) : System.Buffers.MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => octets;

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
