using System.Security.Cryptography;
using System.Text;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>What went in and what came out, by the hash of the body.</summary>
internal sealed class KillLedger(string dropDirectory)
{
    private readonly HashSet<string> _sent = [];
    private readonly HashSet<string> _offered = [];
    private readonly List<(string Body, string MessageId)> _arrived = [];

    public int Sent => _sent.Count;

    /// <summary>Messages that came more than once, the first time not counted.</summary>
    public int Doubles => _arrived.Count - _arrived.Select(file => file.Body).Distinct().Count();

    public int Waiting => Directory.Exists(dropDirectory) ? Directory.GetFiles(dropDirectory, "*.eml").Length : 0;

    /// <summary>It must arrive.</summary>
    public void Send(string body) => _sent.Add(Hash(body));

    /// <summary>It may arrive.</summary>
    public void Offer(string body) => _offered.Add(Hash(body));

    /// <summary>What a gateway does: takes every file away. Each one is whole.</summary>
    public void Collect()
    {
        foreach (var path in Directory.Exists(dropDirectory) ? Directory.GetFiles(dropDirectory, "*.eml") : [])
        {
            var file = DropFile.Read(path);
            _arrived.Add((Hash(file.Body), file.MessageId));
            File.Delete(path);
        }
    }

    /// <summary>Nothing is missing, nothing is cut off or changed, and what came twice can be recognised by its Message-ID.</summary>
    public void AssertAccountedFor()
    {
        var arrived = _arrived.ToLookup(file => file.Body, file => file.MessageId);
        Assert.Empty(_sent.Except(arrived.Select(group => group.Key)));
        Assert.Empty(arrived.Select(group => group.Key).Except(_sent).Except(_offered));
        Assert.All(arrived, group => Assert.Single(group.Distinct()));
        Assert.Equal(arrived.Count, arrived.SelectMany(group => group).Distinct().Count());
    }

    // How the body begins says which message is missing.
    private static string Hash(string body) => body[..Math.Min(body.Length, 10)] + " " + Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(body)));
}
