using System.Globalization;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>A host under load, killed again and again. <c>FC_KILL_ROUNDS</c> in the environment makes the run longer than usual.</summary>
public class KillTests(ITestOutputHelper output)
{
    private const int FilesPerRound = 60;

    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("FC_KILL_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : 10;

    [Theory(DisplayName = "PU-4, DR-9, ND-4: killed with SIGKILL at random moments and started again, a host loses nothing and blames no message, and duplicates have the same Message-ID")]
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
        var ledger = new KillLedger(directory);
        for (var round = 0; round < Rounds; round++)
        {
            Put(root, ledger, random, round);
            await RunAndKillAsync(root, ledger, random);
            // Sometimes the gateway is faster than the next start, sometimes not.
            if (random.Next(2) == 0)
                ledger.Collect();
        }
        var last = await root.OnceAsync();
        Assert.Empty(last.Problems);
        ledger.Collect();
        output.WriteLine($"{Rounds} rounds, {ledger.Sent} messages, none may be missing; {ledger.Doubles} came twice");
        ledger.AssertAccountedFor();
        // No temporary file, and none set aside as bad or as poison.
        Assert.Empty(root.NamesIn("pickup").Concat(root.NamesIn("replay")).Concat(root.NamesIn("queue", "All")));
        Assert.Empty(Directory.GetFileSystemEntries(directory));
    }

    private static async Task RunAndKillAsync(MailRoot root, KillLedger ledger, Random random)
    {
        await using var host = root.Start();
        // A part of the files has gone through when the blow falls, in one round in four even before the first look at them.
        var goal = ledger.Waiting + random.Next(4) switch { 0 => 0, _ => random.Next(FilesPerRound) };
        await Eventually.TrueAsync("some files are delivered", () => host.HasExited || ledger.Waiting >= goal);
        await host.KillAsync();
        Assert.Empty(host.Problems);
    }

    private static void Put(MailRoot root, KillLedger ledger, Random random, int round)
    {
        for (var i = 0; i < FilesPerRound; i++)
        {
            var body = string.Create(CultureInfo.InvariantCulture, $"{round} {i} {new string((char)random.Next('a', 'z'), random.Next(100_000))}\r\n");
            if (i % 2 == 0)
                root.Put("pickup", $"{round}-{i}.eml", "From: a@x.test\r\nTo: b@x.test\r\n\r\n" + body);
            else
                root.Put("replay", $"{round}-{i}.eml", "X-Sender: <a@x.test>\r\nX-Receiver: <b@x.test>\r\nSubject: s\r\n\r\n" + body);
            ledger.Send(body);
        }
    }
}
