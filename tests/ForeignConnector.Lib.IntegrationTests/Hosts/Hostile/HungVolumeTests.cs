namespace ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

/// <summary>Volumes that hang, refuse to delete, or number their files in their own way.</summary>
public class HungVolumeTests(ITestOutputHelper output)
{
    private const int Count = 20;

    [Theory(DisplayName = "BP-1, RY-3: a Drop directory on a volume that hangs stops neither intake nor another connector nor the host's stop; when it goes on, so do its messages")]
    [InlineData("DropDirectoryQuota", "unlimited")]
    [InlineData("DropDirectoryQuota", "10MB")]
    [InlineData("CreateDropDirectory", "true")]
    public async Task A_hung_Drop_directory_stops_nothing_else(string key, string value)
    {
        using var root = Scene.Root();
        // The default: free space is asked for.
        root.Transport.Remove("BackPressureMinimumFreeSpace");
        root.Transport["BackPressureMinimumFreeSpace"] = "1MB";
        using var share = await OddFiles.TryMountAsync(root.PathOf("drop", "share"), output);
        if (share is null)
            return;
        root.Connectors["Share"] = MailRoot.Connector("share.test", "share");
        root.Connectors["Share"]![key] = value;
        await using (var host = root.Start())
        {
            await host.WaitUntilReadyAsync();
            root.Put("pickup", "first.eml", Scene.Mail("first", "x@share.test"));
            await Scene.UntilAsync(host, "the share works", () => root.DropPaths("share").Length == 1);
            share.Hang();
            for (var i = 0; i < Count; i++)
            {
                root.Put("pickup", $"h{i}.eml", Scene.Mail($"hung {i}", "x@share.test"));
                root.Put("pickup", $"g{i}.eml", Scene.Mail($"good {i}"));
            }
            await Scene.UntilAsync(host, "the mail of the other connector is delivered", () => Scene.MessageSubjects(root).Length == Count);
            await Scene.UntilAsync(host, "all is taken in", () => root.CountIn("pickup") == 0);
            await Scene.LookAsync(root, host);
            Assert.Equal(0, await host.StopAsync(TimeSpan.FromSeconds(60)));
        }
        share.GoOn();
        await root.OnceAsync();
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"hung {i}").Append("first").Order(StringComparer.Ordinal), Scene.MessageSubjects(root, "share"));
    }

    [Theory(DisplayName = "PU-14: what cannot be deleted after it was accepted is delivered once, is no crash, and waits for nothing but its deletion, also after a restart")]
    [InlineData("eio")]
    [InlineData("eperm")]
    public async Task Deletions_that_fail_double_nothing(string fault)
    {
        using var root = Scene.Root();
        using var volume = await OddFiles.TryMountAsync(root.PathOf("pickup"), output);
        if (volume is null)
            return;
        volume.Begin(fault);
        await using (var host = root.Start())
        {
            await host.WaitUntilReadyAsync();
            for (var i = 0; i < Count; i++)
                Scene.Hand(root.PathOf("pickup", $"{i}.eml"), Scene.Mail(i));
            await Scene.UntilAsync(host, "all are delivered", () => Scene.MessageSubjects(root).Length >= Count);
            await Scene.LookAsync(root, host);
            await Scene.StopAsync(host);
        }
        await using (var host = root.Start())
        {
            await Scene.LookAsync(root, host);
            volume.End(fault);
            await Scene.LookAsync(root, host);
            await Scene.StopAsync(host);
        }
        await root.OnceAsync();
        Assert.Equal(Count, Scene.MessageSubjects(root).Length);
        Assert.Equal(Count, Scene.MessageSubjects(root).Distinct().Count());
        Assert.DoesNotContain(root.NamesIn("pickup"), name => name.Contains(".poison", StringComparison.Ordinal) || name.EndsWith(".eml", StringComparison.Ordinal));
    }

    [Theory(DisplayName = "PU-4, PU-14: renames that fail while the host lives double nothing, are no crashes, and are made up for when they succeed, also after a restart")]
    [InlineData("rename-eio", false)]
    [InlineData("rename-eperm", false)]
    [InlineData("rename-eio", true)]
    [InlineData("rename-eperm", true)]
    public async Task Renames_that_fail_double_nothing(string fault, bool areClaimed)
    {
        using var root = Scene.Root();
        using var volume = await OddFiles.TryMountAsync(root.PathOf("pickup"), output);
        if (volume is null)
            return;
        root.Connectors["Bad"] = MailRoot.Connector("bad.test", "bad");
        var obstacle = root.PathOf("queue", "Bad");
        await using (var host = root.Start())
        {
            await host.WaitUntilReadyAsync();
            // Nothing can be handed over: each is claimed and given back its name at every look, until that is refused.
            if (Directory.Exists(obstacle))
                Directory.Delete(obstacle);
            await File.WriteAllTextAsync(obstacle, "");
            if (!areClaimed)
                volume.Begin(fault);
            for (var i = 0; i < Count; i++)
                await File.WriteAllTextAsync(root.PathOf("pickup-behind", $"{i}.eml"), Scene.Mail(i, "x@bad.test"));
            await Scene.LookAsync(root, host);
            volume.Begin(fault);
            await Scene.LookAsync(root, host);
            await Scene.StopAsync(host);
        }
        File.Delete(obstacle);
        await using (var host = root.Start())
        {
            await Scene.LookAsync(root, host);
            volume.End(fault);
            await Scene.UntilAsync(host, "all are delivered", () => Scene.MessageSubjects(root, "bad").Length >= Count);
            await Scene.LookAsync(root, host);
            await Scene.StopAsync(host);
        }
        Assert.Equal(Count, Scene.MessageSubjects(root, "bad").Length);
        Assert.Equal(Count, Scene.MessageSubjects(root, "bad").Distinct().Count());
        Assert.Empty(root.NamesIn("pickup"));
    }

    [Theory(DisplayName = "SE-2, SE-7: on a volume without exclusive rename whose inode numbers follow the names every file is taken, once; where that cannot be, each is told of and stays")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Inodes_that_follow_names_hide_nothing(bool hasLinks)
    {
        using var root = Scene.Root();
        string[] ways = hasLinks ? ["names"] : ["names", "no links"];
        using var pickup = await OddFiles.TryMountAsync(root.PathOf("pickup"), output, ways);
        if (pickup is null)
            return;
        using var drop = await OddFiles.TryMountAsync(root.PathOf("drop", "all"), output, ways);
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        string[] names = [.. Enumerable.Range(0, Count).Select(i => $"file{i}.eml")];
        foreach (var name in names)
            Scene.Hand(root.PathOf("pickup", name), Scene.Mail(name));
        await Scene.UntilAsync(host, "each is delivered or told of", () => names.All(name => IsDelivered(root, name) || (hasLinks && IsTold(host, name))));
        await Scene.StopAsync(host);
        Assert.Equal(Scene.MessageSubjects(root).Distinct(), Scene.MessageSubjects(root));
        Assert.Equal(names.Where(name => !IsDelivered(root, name)).Order(StringComparer.Ordinal), root.NamesIn("pickup"));
    }

    private static bool IsDelivered(MailRoot root, string name) => Scene.MessageSubjects(root).Contains(name);

    private static bool IsTold(HostProcess host, string name) => host.Log.Any(line => line.Contains($"\"{name}\"", StringComparison.Ordinal));
}
