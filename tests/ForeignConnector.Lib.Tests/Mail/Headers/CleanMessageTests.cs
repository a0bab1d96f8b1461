using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Mail.Headers;

public class CleanMessageTests
{
    [Theory(DisplayName = "HF-4: Bcc, Resent-Bcc and what HF-1 names go, line ends become CRLF, in memory and from a stream alike")]
    [InlineData("A: 1\r\nBcc: x\r\n y\r\nResent-Bcc: z\r\nX-MS-Exchange-Organization-A: 1\r\nX-MS-Exchange-Forest-A: 1\r\n\r\nBcc: b\r\n", "A: 1\r\n\r\nBcc: b\r\n")]
    [InlineData("A: 1\nB: 2\n\nbody\n", "A: 1\r\nB: 2\r\n\r\nbody\r\n")]
    [InlineData("A: 1\nBcc: 2\n\nbody\n", "A: 1\r\n\r\nbody\r\n")]
    [InlineData("A: 1\r\n\r\nbody\nbody\r", "A: 1\r\n\r\nbody\r\nbody\r")]
    [InlineData("A: 1", "A: 1\r\n\r\n")]
    [InlineData("", "\r\n")]
    [InlineData("\nbody", "\r\nbody")]
    public async Task Cleans(string message, string expected)
    {
        var octets = Encoding.Latin1.GetBytes(message);

        Assert.Equal(expected, await CleanAsync(MessageContent.FromOctets(octets)));
        Assert.Equal(expected, await CleanAsync(new WatchedContent(octets)));
        Assert.Equal(expected, await CleanAsync(new WatchedContent(Encoding.Latin1.GetBytes(expected))));
    }

    [Fact(DisplayName = "HF-4: octets that are clean already are passed on as they are, and are not looked at again")]
    public async Task Passes_clean_octets()
    {
        var octets = "A: 1\r\n\r\nbody\r\n"u8.ToArray();
        using var clean = await CleanMessage.OfAsync(MessageContent.FromOctets(octets), BodyType.Unspecified, TestContext.Current.CancellationToken);

        Assert.True(clean.TryGetOctets(out var same));
        Assert.True(same.Span == octets);
        Assert.Same(clean, await CleanMessage.OfAsync(clean, BodyType.Unspecified, TestContext.Current.CancellationToken));
    }

    [Fact(DisplayName = "HF-4: of a message in a stream only the header is read at first, and its length is counted when somebody asks")]
    public async Task Reads_late()
    {
        var content = new WatchedContent("A: 1\n\nbody\n"u8.ToArray());
        using var clean = await CleanMessage.OfAsync(content, BodyType.Unspecified, TestContext.Current.CancellationToken);

        Assert.Equal(1, content.Opened);
        Assert.Equal("A: 1\r\n\r\nbody\r\n".Length, clean.Length);
        Assert.Equal("A: 1\r\n\r\nbody\r\n".Length, clean.Length);
        Assert.Equal((2, 2), (content.Opened, content.Closed));
    }

    [Fact(DisplayName = "HF-4, PU-12: the lines of a BINARYMIME message stay; its length is known without reading")]
    public async Task Keeps_binary_lines()
    {
        var content = new WatchedContent("A: 1\nBcc: x\n\n\nbody\n"u8.ToArray());
        using var clean = await CleanMessage.OfAsync(content, BodyType.BinaryMime, TestContext.Current.CancellationToken);

        Assert.Equal("A: 1\n\n\nbody\n".Length, clean.Length);
        Assert.Equal(1, content.Opened);
        Assert.Equal("A: 1\n\n\nbody\n", Read(clean));
    }

    [Fact(DisplayName = "HF-4: a message larger than every buffer is cleaned alike from memory and from a stream, and its length is true")]
    public async Task Cleans_large_messages()
    {
        var lines = string.Concat(Enumerable.Range(0, 30_000).Select(i => i % 7 == 0 ? $"line {i}\n" : $"line {i}\r\n"));
        var octets = Encoding.ASCII.GetBytes("Bcc: x\r\nA: 1\r\n\r\n" + lines);
        var expected = "A: 1\r\n\r\n" + lines.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);

        Assert.Equal(expected, await CleanAsync(MessageContent.FromOctets(octets)));
        Assert.Equal(expected, await CleanAsync(new WatchedContent(octets)));
    }

    [Fact(DisplayName = "HF-4: cleaning a clean message changes nothing")]
    public void Is_idempotent() => Gen.OneOf("A: 1", "Bcc: x", "\n", "\r\n", "\r", " folded", "Resent-Bcc: y", "\u00ef\u00bb\u00bf").Array[0, 12].Select(string.Concat).Sample(message =>
    {
        var once = CleanAsync(MessageContent.FromOctets(Encoding.Latin1.GetBytes(message))).GetAwaiter().GetResult();
        Assert.Equal(once, CleanAsync(new WatchedContent(Encoding.Latin1.GetBytes(message))).GetAwaiter().GetResult());
        Assert.Equal(once, CleanAsync(new WatchedContent(Encoding.Latin1.GetBytes(once))).GetAwaiter().GetResult());
    });

    private static async Task<string> CleanAsync(MessageContent content)
    {
        using var clean = await CleanMessage.OfAsync(content, BodyType.Unspecified);
        var text = Read(clean);
        Assert.Equal(text.Length, clean.Length);
        return text;
    }

    private static string Read(MessageContent content)
    {
        using var stream = content.OpenRead();
        using var octets = new MemoryStream();
        stream.CopyTo(octets);
        return Encoding.Latin1.GetString(octets.ToArray());
    }
}
