using System.Globalization;

namespace ForeignConnector.Lib.IntegrationTests.Hosts.PowerCuts;

/// <summary>
/// Hands messages in on a volume whose power may fail. In one round in two it flushes the directory after each, and what it has flushed must arrive. Otherwise it flushes nothing, as
/// that would flush the host's work, too; then what the host has deleted from the directory was accepted and must arrive.
/// </summary>
internal sealed class Feeder(string volume, KillLedger ledger, Random random)
{
    private readonly List<(string Directory, string Name, string Body)> _composed = [];
    private readonly List<(string Directory, string Name, string Body)> _offered = [];
    private readonly bool _flushes = random.Next(2) == 0;

    private string Drafts => Path.Combine(volume, "drafts");

    /// <summary>Writes messages where nobody looks for them; all of them survive a power cut.</summary>
    public void Compose(int round, int count)
    {
        foreach (var name in (string[])["pickup", "replay", "drafts"])
            Directory.CreateDirectory(Path.Combine(volume, name));
        foreach (var draft in Directory.GetFiles(Drafts))
            File.Delete(draft);
        for (var i = 0; i < count; i++)
        {
            var body = string.Create(CultureInfo.InvariantCulture, $"{round}-{i:D3} {new string((char)random.Next('a', 'z'), random.Next(20_000))}\r\n");
            var (directory, header) = random.Next(3) == 0
                ? ("replay", "X-Sender: <a@x.test>\r\nX-Receiver: <b@x.test>\r\nSubject: s\r\n\r\n")
                : ("pickup", "From: a@x.test\r\nTo: b@x.test\r\n\r\n");
            var name = string.Create(CultureInfo.InvariantCulture, $"{round}-{i:D3}.eml");
            File.WriteAllText(Path.Combine(Drafts, name), header + body);
            _composed.Add((Path.Combine(volume, directory), name, body));
        }
        Assert.True(Unix.TryRun("sync", "-f", volume));
    }

    /// <summary>Renames them to where the host looks, a few at a time; the next ones when most of those are gone.</summary>
    public async Task FeedAsync(Func<bool> isOver)
    {
        foreach (var some in _composed.Chunk(1 + random.Next(_composed.Count)))
        {
            foreach (var message in some)
            {
                if (isOver() || !TryOffer(message))
                    return;
            }
            await Eventually.TrueAsync("most files are taken in", () => isOver() || Waiting() <= some.Length / 2);
        }
    }

    /// <summary>Nothing is left for the host to do.</summary>
    public bool IsIdle() => Waiting() == 0 && Count(Path.Combine(volume, "queue", "All")) == 0;

    /// <summary>What was offered and is there neither under its name nor as a claim was accepted. To be called when the host has ended.</summary>
    public void NoteAccepted()
    {
        foreach (var (directory, name, body) in _offered)
        {
            if (Directory.GetFiles(directory, Path.GetFileNameWithoutExtension(name) + "*").Length == 0)
                ledger.Send(body);
        }
    }

    private bool TryOffer((string Directory, string Name, string Body) message)
    {
        ledger.Offer(message.Body);
        try
        {
            File.Move(Path.Combine(Drafts, message.Name), Path.Combine(message.Directory, message.Name));
        }
        catch (IOException)
        {
            // The power has been cut: the volume takes nothing any more.
            return false;
        }
        _offered.Add(message);
        if (!_flushes)
            return true;
        if (!Unix.TryFlushDirectory(message.Directory))
            return false;
        ledger.Send(message.Body);
        return true;
    }

    private int Waiting() => Count(Path.Combine(volume, "pickup")) + Count(Path.Combine(volume, "replay"));

    private static int Count(string directory) => Directory.Exists(directory) ? Directory.GetFiles(directory).Length : 0;
}
