using System.Globalization;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>Two hosts work on the same directories at the same time.</summary>
public class SharedDirectoryTests
{
    private const int Count = 2000;

    [Fact(DisplayName = "PU-13, DR-5: two hosts with queues of their own deliver each of 2,000 files exactly once, without a word of complaint")]
    public async Task Two_hosts_share_pickup_and_drop()
    {
        using var root = new MailRoot();
        root.Transport["PollingInterval"] = "00:00:00.100";
        root.Transport["QueueDirectoryPath"] = "queue1";
        await using var first = root.Start();
        await first.WaitUntilReadyAsync();
        root.Transport["QueueDirectoryPath"] = "queue2";
        root.Transport["ServerName"] = "HUB02";
        await using var second = root.Start();
        await second.WaitUntilReadyAsync();
        Put(root, 0, Count);
        await AssertEachDeliveredOnceAsync(root, first, second);
        // Both did a part: otherwise this shows nothing.
        Assert.Equal(2, root.Drops().Select(drop => drop.Fields("Received").Single().Split(' ')[3]).Distinct().Count());
    }

    [Fact(DisplayName = "PU-13, DR-5: two hosts that share Pickup, Drop and a queue that is half full deliver each of 2,000 files exactly once, without a word of complaint")]
    public async Task Two_hosts_share_everything()
    {
        using var root = new MailRoot();
        root.Transport["PollingInterval"] = "00:00:00.100";
        root.Connectors["All"]!["CreateDropDirectory"] = false;
        Put(root, 0, Count / 2);
        await root.OnceAsync();
        Assert.Equal(Count / 2, root.NamesIn("queue", "All").Count(name => name.EndsWith(".eml", StringComparison.Ordinal)));
        Directory.CreateDirectory(root.PathOf("drop", "all"));
        Put(root, Count / 2, Count);
        await using var first = root.Start();
        await using var second = root.Start();
        await AssertEachDeliveredOnceAsync(root, first, second);
        Assert.Empty(root.NamesIn("queue", "All"));
    }

    [Theory(DisplayName = "DR-5: a gateway can open each file the moment it appears, and finds it complete: nobody sees or locks part of it")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_gateway_reads_what_it_sees(bool onAnotherVolume)
    {
        const int count = 400;
        using var root = new MailRoot();
        using var elsewhere = new OtherVolume();
        var directory = onAnotherVolume ? elsewhere.Directory : root.PathOf("drop", "all");
        Directory.CreateDirectory(directory);
        root.Connectors["All"]!["DropDirectory"] = directory;
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        Put(root, 0, count);
        // No pause between two looks, and the default sharing of .NET, as a program would do it that knows nothing of us.
        var taken = await Task.Run(() => TakeAll(directory, count, host));
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"body of {i}\r\n").Order(), taken.Select(octets => DropFile.Parse(octets).Body).Order());
        Assert.Equal(0, await host.StopAsync());
        Assert.Empty(host.Problems);
    }

    private static List<byte[]> TakeAll(string directory, int count, HostProcess host)
    {
        var taken = new List<byte[]>();
        while (taken.Count < count && !host.HasExited)
        {
            foreach (var path in Directory.EnumerateFiles(directory, "*.eml"))
            {
                taken.Add(File.ReadAllBytes(path));
                File.Delete(path);
            }
        }
        return taken;
    }

    private static void Put(MailRoot root, int from, int to)
    {
        for (var i = from; i < to; i++)
            root.Put("pickup", $"{i}.eml", string.Create(CultureInfo.InvariantCulture, $"From: a@x.test\r\nTo: b@x.test\r\nSubject: {i}\r\n\r\nbody of {i}\r\n"));
    }

    private static async Task AssertEachDeliveredOnceAsync(MailRoot root, params HostProcess[] hosts)
    {
        await Eventually.TrueAsync("all files are delivered", () => root.CountIn("pickup") == 0 && root.DropPaths().Length >= Count);
        foreach (var host in hosts)
        {
            await host.WaitUntilReadyAsync();
            Assert.True(await host.StopAsync() == 0, host.Story);
            // The second host's configuration replaces the file that the first one follows; it says so (4006).
            Assert.DoesNotContain(host.Log, line => !line.StartsWith("info:", StringComparison.Ordinal) && !line.Contains("[4006]", StringComparison.Ordinal));
        }
        var expected = Enumerable.Range(0, Count).Select(i => (Subject: $"{i}", Body: $"body of {i}\r\n")).Order();
        Assert.Equal(expected, root.Drops().Select(drop => (drop.Fields("Subject").Single(), drop.Body)).Order());
        Assert.Empty(root.NamesIn("pickup"));
        Assert.DoesNotContain(root.NamesIn("drop", "all"), name => !name.EndsWith(".eml", StringComparison.Ordinal));
    }
}
