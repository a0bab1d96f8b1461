using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>Messages far larger than the memory the process may have. They are made, moved and compared as streams.</summary>
[Collection(nameof(LargeMessageTests))]
public class LargeMessageTests
{
    private const int Megabyte = 1 << 20;

    // 32 MB for everything the process has on its managed heap; one octet more ends it.
    private static readonly Dictionary<string, string> SmallHeap = new() { ["DOTNET_GCHeapHardLimit"] = "0x2000000" };

    [Fact(DisplayName = "RP-5, PU-10: an attachment of 200 MB goes Pickup, Drop, Replay, Drop and keeps every octet")]
    public async Task Keeps_a_large_attachment()
    {
        using var root = new MailRoot();
        var hash = await WriteAsync(root, 200 * Megabyte, "\r\n");
        await root.OnceAsync();
        var drop = Assert.Single(root.DropPaths());
        Assert.Equal(hash, await DropFile.HashBodyAsync(drop));
        File.Move(drop, root.PathOf("replay", "again.eml"));
        await root.OnceAsync();
        Assert.Equal(hash, await DropFile.HashBodyAsync(Assert.Single(root.DropPaths())));
    }

    [Fact(DisplayName = "Memory stays flat: 500 MB with LF line ends pass through Pickup, queue and Drop within a heap of 32 MB")]
    public async Task Needs_little_memory()
    {
        using var root = new MailRoot();
        var hash = await WriteAsync(root, 500 * Megabyte, "\n");
        var host = await root.OnceAsync(SmallHeap);
        Assert.Empty(host.Problems);
        Assert.Equal(hash, await DropFile.HashBodyAsync(Assert.Single(root.DropPaths())));
    }

    [Fact(DisplayName = "Memory stays flat: 60 MB for two connectors, one with its Drop directory on another volume where there is one, within a heap of 32 MB")]
    public async Task Needs_little_memory_to_copy()
    {
        using var root = new MailRoot();
        using var elsewhere = new OtherVolume();
        root.Connectors["Other"] = MailRoot.Connector("*.test", elsewhere.Directory);
        var hash = await WriteAsync(root, 60 * Megabyte, "\n");
        await root.OnceAsync(SmallHeap);
        Assert.Equal(hash, await DropFile.HashBodyAsync(Assert.Single(root.DropPaths())));
        Assert.Equal(hash, await DropFile.HashBodyAsync(Assert.Single(Directory.GetFiles(elsewhere.Directory))));
        Assert.Empty(root.NamesIn("queue", "Other"));
    }

    /// <summary>Writes a message with an attachment, in blocks that differ from each other in their first line; the hash of its body as it must be delivered.</summary>
    private static async Task<string> WriteAsync(MailRoot root, long size, string lineEnd)
    {
        var composed = root.PathOf("composed");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = File.Create(composed))
        {
            var header = string.Join(lineEnd, "From: bob@fabrikam.com", "To: mary@contoso.com, joe@x.test", "Subject: large", "MIME-Version: 1.0",
                "Content-Type: application/octet-stream", "Content-Transfer-Encoding: base64", "", "");
            file.Write(Encoding.ASCII.GetBytes(header));
            var octets = new byte[57 * 9_000];
            new Random(500).NextBytes(octets);
            var lines = Convert.ToBase64String(octets, Base64FormattingOptions.InsertLineBreaks) + "\r\n";
            var (delivered, written) = (Encoding.ASCII.GetBytes(lines), Encoding.ASCII.GetBytes(lines.Replace("\r\n", lineEnd, StringComparison.Ordinal)));
            for (var i = 0; i * (long)delivered.Length < size; i++)
            {
                var first = i.ToString("D8", CultureInfo.InvariantCulture);
                hash.AppendData(Encoding.ASCII.GetBytes(first + "\r\n"));
                hash.AppendData(delivered);
                file.Write(Encoding.ASCII.GetBytes(first + lineEnd));
                file.Write(written);
            }
        }
        File.Move(composed, root.PathOf("pickup", "large.eml"));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
