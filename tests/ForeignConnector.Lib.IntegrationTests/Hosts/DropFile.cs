using System.Security.Cryptography;
using System.Text;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>A file of a Drop directory as a third party reads it; all text is Latin-1, one character an octet.</summary>
internal sealed class DropFile
{
    private DropFile(string block, string message)
    {
        Block = block;
        Message = message;
        var blank = message.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Header = blank < 0 ? message : message[..(blank + 2)];
        Body = blank < 0 ? "" : message[(blank + 4)..];
    }

    /// <summary>The X-header lines, to the end of X-EndOfInjectedXHeaders.</summary>
    public string Block { get; }

    /// <summary>Everything after the block.</summary>
    public string Message { get; }

    /// <summary>The fields of the message.</summary>
    public string Header { get; }

    /// <summary>What follows the blank line.</summary>
    public string Body { get; }

    public string[] Receivers => [.. BlockValues("X-Receiver")];

    public string MessageId => Fields("Message-ID").Single();

    public static DropFile Read(string path) => Parse(File.ReadAllBytes(path));

    public static DropFile Parse(byte[] octets)
    {
        var text = Encoding.Latin1.GetString(octets);
        var mark = text.IndexOf("\r\nX-EndOfInjectedXHeaders: ", StringComparison.Ordinal);
        Assert.True(mark > 0, "the file has no X-EndOfInjectedXHeaders: " + text[..Math.Min(200, text.Length)]);
        var end = text.IndexOf("\r\n", mark + 2, StringComparison.Ordinal) + 2;
        return new DropFile(text[..end], text[end..]);
    }

    /// <summary>The values of an injected field.</summary>
    public IEnumerable<string> BlockValues(string name) => Values(Block, name);

    /// <summary>The values of a field of the message.</summary>
    public IEnumerable<string> Fields(string name) => Values(Header, name);

    /// <summary>The hash of the body of a file of any size.</summary>
    public static async Task<string> HashBodyAsync(string path)
    {
        await using var file = File.OpenRead(path);
        var front = new byte[64 << 10];
        var read = await file.ReadAtLeastAsync(front, front.Length, throwOnEndOfStream: false);
        file.Position = front.AsSpan(0, read).IndexOf("\r\n\r\n"u8) + 4;
        return Convert.ToHexString(await SHA256.HashDataAsync(file));
    }

    private static IEnumerable<string> Values(string header, string name) =>
        from line in header.Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", "\t", StringComparison.Ordinal).Split("\r\n")
        where line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)
        select line[(name.Length + 1)..].Trim();
}
