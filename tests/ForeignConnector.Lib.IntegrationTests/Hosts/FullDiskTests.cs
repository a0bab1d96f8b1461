namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>
/// A disk that fills up under a running host. A small disk is mounted where that is allowed (it needs root on Linux); elsewhere a quota of the Drop directory
/// stands for it, and the tests of faults in memory for the rest.
/// </summary>
public class FullDiskTests
{
    private const int Count = 40;
    private const int BodySize = 4 << 10;

    private static readonly bool CanMount = SmallDisk.TryMount(Path.GetTempPath()) is { } probe && Unmount(probe);

    public static TheoryData<string> Ways => CanMount ? ["everything", "queue", "drop/all"] : ["a quota instead of a disk"];

    [Theory(DisplayName = "PU-4, DR-2, DR-6: a disk that fills up during intake, queueing or dropping loses nothing and shows nothing in part; the host goes on by itself when there is space")]
    [MemberData(nameof(Ways))]
    public async Task Recovers_by_itself(string way)
    {
        using var root = new MailRoot();
        using var space = Shrink(root, way);
        root.Transport["PollingInterval"] = "00:00:00.100";
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        var composer = Task.Run(() => PutAll(root));
        await Eventually.TrueAsync("the disk is full", () => host.Log.Any(line => line.StartsWith("warn:", StringComparison.Ordinal) || line.StartsWith("fail:", StringComparison.Ordinal)));
        Assert.All(root.Drops(), AssertWhole);
        Assert.True(root.Drops().Length < Count, "the disk was not full");

        space.Grow();

        await composer;
        await Eventually.TrueAsync($"all messages are there\n{host.Story}", () => root.DropPaths().Length >= Count);
        Assert.Equal(0, await host.StopAsync());
        Assert.Equal(Enumerable.Range(0, Count).Select(Body).Order(StringComparer.Ordinal), root.Drops().Select(drop => drop.Body).Order(StringComparer.Ordinal));
        Assert.Empty(root.NamesIn("pickup").Concat(root.NamesIn("queue", "All")));
        Assert.DoesNotContain(root.NamesIn("drop", "all"), name => !name.EndsWith(".eml", StringComparison.Ordinal));
    }

    private static Space Shrink(MailRoot root, string way)
    {
        switch (way)
        {
            case "everything":
                var disk = SmallDisk.TryMount(root.Root)!;
                foreach (var directory in (string[])["pickup", "replay", "drop"])
                    Directory.CreateDirectory(root.PathOf(directory));
                return disk;
            case "a quota instead of a disk":
                return new Quota(root);
            default:
                Directory.CreateDirectory(root.PathOf(way));
                return SmallDisk.TryMount(root.PathOf(way))!;
        }
    }

    // As an application that waits for space when it finds none.
    private static async Task PutAll(MailRoot root)
    {
        for (var i = 0; i < Count; i++)
        {
            var (name, text) = ($"{i}.eml", "From: a@x.test\r\nTo: b@x.test\r\n\r\n" + Body(i));
            await Eventually.TrueAsync("an application finds space", () => TryPut(root, name, text));
        }
    }

    private static bool TryPut(MailRoot root, string name, string text)
    {
        try
        {
            root.Put("pickup", name, text);
            return true;
        }
        catch (IOException)
        {
            foreach (var part in Directory.GetFiles(root.Root, "compose-*"))
                File.Delete(part);
            return false;
        }
    }

    private static string Body(int number) => $"{number} {new string('x', BodySize)} {number}\r\n";

    private static void AssertWhole(DropFile drop) => Assert.Contains(drop.Body, Enumerable.Range(0, Count).Select(Body));

    private static bool Unmount(SmallDisk disk)
    {
        disk.Dispose();
        return true;
    }

    private abstract class Space : IDisposable
    {
        public abstract void Grow();

        public virtual void Dispose() => GC.SuppressFinalize(this);
    }

    private sealed class Quota : Space
    {
        private readonly MailRoot _root;

        public Quota(MailRoot root)
        {
            _root = root;
            root.Connectors["All"]!["DropDirectoryQuota"] = "64KB";
        }

        public override void Grow()
        {
            _root.Connectors["All"]!["DropDirectoryQuota"] = "unlimited";
            _root.WriteConfiguration("appsettings.json");
        }
    }

    private sealed class SmallDisk(string directory) : Space
    {
        public static SmallDisk? TryMount(string above)
        {
            var directory = above == Path.GetTempPath() ? Directory.CreateTempSubdirectory("fc-disk-").FullName : above;
            return Unix.TryRun("mount", "-t", "tmpfs", "-o", "size=96k", "none", directory) ? new SmallDisk(directory) : null;
        }

        public override void Grow() => Assert.True(Unix.TryRun("mount", "-o", "remount,size=4m", directory));

        public override void Dispose()
        {
            Unix.TryRun("umount", "-l", directory);
            base.Dispose();
        }
    }
}
