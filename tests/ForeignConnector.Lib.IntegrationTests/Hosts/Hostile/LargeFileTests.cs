using System.Globalization;

namespace ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

/// <summary>Files that say to be larger than anything: sizes are asked before octets (SE-5).</summary>
public class LargeFileTests(ITestOutputHelper output)
{
    private const int Count = 12;

    [Theory(DisplayName = "SE-5: files larger than every connector takes are refused without being read, and hold up no other mail")]
    [InlineData("1T", true)]
    [InlineData("1T", false)]
    [InlineData("2M", true)]
    public async Task Refuses_by_size(string size, bool hasHeader)
    {
        using var root = Scene.Root();
        root.Connectors["All"]!["MaxMessageSize"] = "1MB";
        for (var i = 0; i < Count; i++)
        {
            if (!TryPutSparse(root, "pickup", $"p{i}.eml", size, hasHeader ? Scene.Mail("large") : "") || !TryPutSparse(root, "replay", $"r{i}.eml", size, hasHeader ? Scene.ReplayMail("large") : ""))
                return;
        }
        await using var host = root.Start();
        await Scene.LookAsync(root, host);
        await Scene.UntilAsync(host, "the large files are refused", () => !root.NamesIn("pickup").Concat(root.NamesIn("replay")).Any(name => name.EndsWith(".eml", StringComparison.Ordinal) || name.EndsWith(".tmp", StringComparison.Ordinal)));
        await Scene.StopAsync(host);
        Assert.DoesNotContain("large", Scene.MessageSubjects(root));
        if (hasHeader)
        {
            // Reported to the sender, or set aside with the reason where that is not possible.
            var told = root.DropPaths().Count(path => File.ReadAllText(path).Contains("5.3.4", StringComparison.Ordinal)) + root.NamesIn("pickup").Concat(root.NamesIn("replay")).Count(name => name.EndsWith(".bad", StringComparison.Ordinal));
            Assert.Equal(2 * Count, told);
        }
    }

    [Theory(DisplayName = "SE-5, BP-1: a file that does not fit the free space with its reserve waits, without being read, and holds up no other mail; when there is room it is taken")]
    [InlineData("pickup")]
    [InlineData("replay")]
    public async Task Waits_for_room(string directory)
    {
        using var root = Scene.Root();
        using var volume = Volume.TryMount("tmpfs", root.PathOf("queue"), output, "96M");
        if (volume is null)
            return;
        root.Transport["BackPressureMinimumFreeSpace"] = "8MB";
        var least = long.MaxValue;
        if (!TryPutSparse(root, directory, "large.eml", "128M", directory == "pickup" ? Scene.Mail("large") : Scene.ReplayMail("large")))
            return;
        await using var host = root.Start();
        for (var i = 0; i < 3; i++)
        {
            await Scene.LookAsync(root, host, times: 1);
            least = Math.Min(least, new DriveInfo(root.PathOf("queue")).AvailableFreeSpace);
        }
        Assert.True(least > 80L << 20, $"only {least} octets were free");
        Assert.Empty(Scene.MessageSubjects(root));
        Assert.True(Unix.TryRun("mount", "-o", "remount,size=512M", root.PathOf("queue")));
        await Scene.UntilAsync(host, "the file is taken when there is room", () => root.NamesIn(directory).Length == 0);
        await Scene.UntilAsync(host, "and delivered", () => Scene.MessageSubjects(root) is ["large"]);
        await Scene.StopAsync(host);
    }

    [Theory(DisplayName = "SE-5, ND-4: orderly stops while a large file is read are quick and are no crashes: the file has its name again each time")]
    [InlineData("pickup", 1)]
    [InlineData("pickup", 2)]
    [InlineData("replay", 1)]
    public async Task Stops_are_no_crashes(string directory, int threshold)
    {
        const int stops = 3;
        using var root = Scene.Root();
        root.Transport["PoisonThreshold"] = threshold;
        if (!TryPutSparse(root, directory, "large.eml", "16G", directory == "pickup" ? Scene.Mail("large") : Scene.ReplayMail("large")))
            return;
        for (var i = 0; i < stops; i++)
        {
            await using var host = root.Start();
            await Scene.UntilAsync(host, "the file is claimed", () => root.NamesIn(directory) is ["large.tmp"]);
            await Scene.StopAsync(host);
            Assert.Equal(["large.eml"], root.NamesIn(directory));
        }
        Assert.False(Directory.Exists(root.PathOf("drop", "all")) && root.DropPaths().Length > 0);
    }

    [Theory(DisplayName = "PU-4, PU-14, ND-4: claims of a host that was killed get their turn behind ten thousand files of others, and none is set aside")]
    [InlineData("junk{0}.tmp", "")]
    [InlineData("own{0}20260131120000.tmp", "From: a@x.test\r\nTo: b@x.test\r\nSubject: not sent\r\n\r\n")]
    [InlineData(".{0}.eml.tmp", "X-Sender: ")]
    public async Task Own_claims_are_found_among_many(string name, string text)
    {
        const int files = 4, junk = 10_500;
        using var root = Scene.Root();
        for (var i = 0; i < files; i++)
        {
            if (!TryPutSparse(root, "pickup", $"own{i}.eml", "100M", Scene.Mail($"own {i}")))
                return;
        }
        await using (var host = root.Start())
        {
            await Scene.UntilAsync(host, "the files are claimed", () => !root.NamesIn("pickup").Any(name => name.EndsWith(".eml", StringComparison.Ordinal)));
            await host.KillAsync();
        }
        var mine = root.NamesIn("pickup");
        for (var i = 0; i < junk; i++)
            await File.WriteAllTextAsync(root.PathOf("pickup", string.Format(CultureInfo.InvariantCulture, name, i)), text);
        var names = root.NamesIn("pickup").Where(name => !mine.Contains(name)).ToArray();
        Assert.Equal(junk, names.Length);
        await using var again = root.Start();
        await Scene.UntilAsync(again, "the claims are taken back and delivered", () => Scene.MessageSubjects(root).Distinct().Count() == files, TimeSpan.FromMinutes(4));
        await Scene.LookAsync(root, again);
        await Scene.StopAsync(again);
        Assert.Equal(names, root.NamesIn("pickup"));
    }

    // The octets that are not written take no room.
    private bool TryPutSparse(MailRoot root, string directory, string name, string size, string front)
    {
        File.WriteAllText(root.PathOf("sparse"), front);
        if (!Unix.TryRun("truncate", "-s", size, root.PathOf("sparse")))
        {
            output.WriteLine($"Not run: a file here cannot have {size}.");
            return false;
        }
        File.Move(root.PathOf("sparse"), root.PathOf(directory, name));
        return true;
    }
}
