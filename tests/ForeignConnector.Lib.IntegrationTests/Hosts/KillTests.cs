using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

public class KillTests
{
    private const int Rounds = 10;
    private const int FilesPerRound = 60;

    [Theory(DisplayName = "PU-4, DR-9: killed with SIGKILL at random moments and started again, a host loses nothing, and duplicates have the same Message-ID")]
    [InlineData(1, "all")]
    [InlineData(2, "/other volume")]
    public async Task Loses_nothing(int seed, string drop)
    {
        using var root = new MailRoot();
        using var elsewhere = new OtherVolume();
        var directory = drop == "all" ? root.PathOf("drop", "all") : elsewhere.Directory;
        root.Connectors["All"]!["DropDirectory"] = directory;
        root.Transport["PollingInterval"] = "00:00:00.100";
        var random = new Random(seed);
        var sent = new HashSet<string>();
        for (var round = 0; round < Rounds; round++)
        {
            sent.UnionWith(Put(root, random, round));
            await using var host = root.Start();
            // A part of the files has gone through when the blow falls, in one round in four even before the first look at them.
            var goal = Messages(directory).Length + random.Next(4) switch { 0 => 0, _ => random.Next(FilesPerRound) };
            await Eventually.TrueAsync("some files are delivered", () => host.HasExited || Messages(directory).Length >= goal);
            await host.KillAsync();
            Assert.Empty(host.Problems);
        }
        var last = await root.OnceAsync();
        Assert.Empty(last.Problems);
        AssertAccountedFor(sent, directory);
        Assert.Empty(root.NamesIn("pickup").Concat(root.NamesIn("replay")).Concat(root.NamesIn("queue", "All")));
    }

    // By the hash of the body: nothing is missing, nothing is cut off, and what is there twice can be recognised.
    private static void AssertAccountedFor(HashSet<string> sent, string directory)
    {
        var delivered = Messages(directory).Select(DropFile.Read).ToLookup(file => Hash(file.Body), file => file.MessageId);
        Assert.Empty(sent.Except(delivered.Select(group => group.Key)));
        Assert.Empty(delivered.Select(group => group.Key).Except(sent));
        Assert.All(delivered, group => Assert.Single(group.Distinct()));
        Assert.Equal(delivered.Count, delivered.SelectMany(group => group).Distinct().Count());
    }

    private static IEnumerable<string> Put(MailRoot root, Random random, int round)
    {
        for (var i = 0; i < FilesPerRound; i++)
        {
            var body = string.Create(CultureInfo.InvariantCulture, $"{round} {i} {new string((char)random.Next('a', 'z'), random.Next(100_000))}\r\n");
            if (i % 2 == 0)
                root.Put("pickup", $"{round}-{i}.eml", "From: a@x.test\r\nTo: b@x.test\r\n\r\n" + body);
            else
                root.Put("replay", $"{round}-{i}.eml", "X-Sender: <a@x.test>\r\nX-Receiver: <b@x.test>\r\nSubject: s\r\n\r\n" + body);
            yield return Hash(body);
        }
    }

    private static string[] Messages(string directory) => Directory.Exists(directory) ? Directory.GetFiles(directory, "*.eml") : [];

    private static string Hash(string body) => Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(body)));
}
