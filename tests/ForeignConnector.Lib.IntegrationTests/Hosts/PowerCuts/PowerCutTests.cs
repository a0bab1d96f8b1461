using System.Diagnostics;
using System.Globalization;
using ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

namespace ForeignConnector.Lib.IntegrationTests.Hosts.PowerCuts;

/// <summary>
/// A host under load on an ext4 volume whose disk loses power at a random write, with what its cache held, again and again. <c>FC_POWER_CUTS</c> in the environment
/// says how often, for each case. Without it none of this runs: it needs root, FUSE and loop devices, and three seconds for each cut. ext4 commits all that was
/// renamed before with every flush of anything, so that a flush that is missing shows in one cut of many.
/// </summary>
public class PowerCutTests(ITestOutputHelper output)
{
    private const int FilesPerRound = 40;

    // About as many as the disk does in a round, the start of the host included.
    private const int OperationsPerRound = 600;

    private static readonly int Cuts =
        int.TryParse(Environment.GetEnvironmentVariable("FC_POWER_CUTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var cuts) ? cuts : 0;

    [Theory(DisplayName = "PU-4, SE-2, DR-9, ND-4: a host whose power is cut at random writes loses nothing that was accepted, leaves nothing partial, blames no message, and duplicates have the same Message-ID")]
    [InlineData(1, "Grouped", "volume/drop")]
    [InlineData(2, "PerMessage", "volume/drop")]
    [InlineData(3, "Grouped", "/other volume")]
    [InlineData(4, "PerMessage", "/other volume")]
    public async Task Loses_nothing(int seed, string durability, string drop)
    {
        if (Cuts == 0)
        {
            output.WriteLine("Not run: FC_POWER_CUTS in the environment says how many power cuts are tried.");
            return;
        }
        using var root = Scene.Root();
        using var elsewhere = new OtherVolume();
        var directory = drop == "volume/drop" ? root.PathOf("volume", "drop") : elsewhere.Directory;
        Configure(root, durability, directory);
        if (!await CutVolume.TryFormatAsync(root.PathOf("disk"), root.PathOf("volume"), output))
            return;
        var random = new Random(seed);
        var ledger = new KillLedger(directory);
        var clock = Stopwatch.StartNew();
        var underLoad = 0;
        for (var round = 1; round <= Cuts; round++)
        {
            underLoad += await RunAndCutAsync(root, ledger, random, round) ? 1 : 0;
            // Otherwise the power fails again before all of that is done.
            if (round == Cuts || random.Next(3) > 0)
                await RecoverAsync(root, ledger, random, directory, isLast: round == Cuts);
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Cuts} cuts, {underLoad} of them with work in hand; {ledger.Sent} messages were accepted or flushed by their writer, none may be missing; {ledger.Doubles} came twice; {clock.Elapsed.TotalSeconds / Cuts:F1} s a cut"));
    }

    private static void Configure(MailRoot root, string durability, string directory)
    {
        root.Transport["PickupDirectoryPath"] = "volume/pickup";
        root.Transport["ReplayDirectoryPath"] = "volume/replay";
        root.Transport["QueueDirectoryPath"] = "volume/queue";
        root.Connectors["All"]!["DropDirectory"] = directory;
        root.Connectors["All"]!["Durability"] = durability;
    }

    // Whether the cut hit the host at work.
    private static async Task<bool> RunAndCutAsync(MailRoot root, KillLedger ledger, Random random, int round)
    {
        await using var volume = await CutVolume.PowerOnAsync(root.PathOf("disk"), root.PathOf("volume"), random.Next());
        var feeder = new Feeder(root.PathOf("volume"), ledger, random);
        feeder.Compose(round, FilesPerRound);
        volume.CutAfter(1 + random.Next(OperationsPerRound));
        await using var host = root.Start();
        await feeder.FeedAsync(() => volume.IsCut || host.HasExited);
        await Eventually.TrueAsync($"the power is cut, or all is done\n{host.Story}", () => volume.IsCut || host.HasExited || feeder.IsIdle());
        var wasWorking = volume.IsCut;
        if (!wasWorking)
            volume.CutAfter(0);
        await host.KillAsync();
        feeder.NoteAccepted();
        return wasWorking;
    }

    private static async Task RecoverAsync(MailRoot root, KillLedger ledger, Random random, string drop, bool isLast)
    {
        await using (await CutVolume.PowerOnAsync(root.PathOf("disk"), root.PathOf("volume"), random.Next()))
        {
            await DeliverAsync(root, ledger, drop);
            // The journal of a process that died goes when the queue is looked through the next time.
            if (isLast)
                await DeliverAsync(root, ledger, drop, "queue");
        }
        Assert.True(Unix.TryRun("e2fsck", "-fn", root.PathOf("disk")), "the file system is damaged: the disk lost what it had flushed");
    }

    private static async Task DeliverAsync(MailRoot root, KillLedger ledger, string drop, params string[] empty)
    {
        var host = await root.OnceAsync();
        Assert.Empty(host.Problems);
        ledger.Collect();
        ledger.AssertAccountedFor();
        // No claim, nothing set aside as bad or as poison, no part of a file.
        string[] directories = [.. ((string[])["pickup", "replay", "queue/All", .. empty]).Select(name => root.PathOf("volume", name)), drop];
        Assert.Empty(directories.Where(Directory.Exists).SelectMany(directory => Directory.GetFiles(directory, "*", SearchOption.AllDirectories)));
    }
}
