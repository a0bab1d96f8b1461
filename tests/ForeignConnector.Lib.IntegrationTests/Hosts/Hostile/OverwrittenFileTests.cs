namespace ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

/// <summary>What others put into Pickup is neither followed, waited for, trusted, overwritten nor deleted; what is ours nobody else can read.</summary>
public class OverwrittenFileTests(ITestOutputHelper output)
{
    public static TheoryData<string> Traps => [.. Trap.Kinds];

    [Theory(DisplayName = "SE-1, PU-14: a foreign .tmp with something beside it that looks like a record of crashes is left alone, told of once, and stops nothing; so is such a record alone")]
    [MemberData(nameof(Traps))]
    public async Task Ignores_what_looks_like_our_state(string kind)
    {
        using var root = Scene.Root();
        await File.WriteAllTextAsync(root.PathOf("pickup", "x.tmp"), Scene.Mail("foreign"));
        File.SetLastWriteTimeUtc(root.PathOf("pickup", "x.tmp"), DateTime.UtcNow.AddHours(-1));
        var traps = (Trap[])[Trap.Set(kind, root.PathOf("pickup", "x.crashes"), root), Trap.Set(kind, root.PathOf("pickup", "notes.crashes"), root)];
        var before = root.NamesIn("pickup");
        for (var run = 0; run < 2; run++)
        {
            await using var host = root.Start();
            await Scene.LookAsync(root, host);
            await host.WaitForLogAsync("x.tmp");
            await Scene.StopAsync(host);
            Assert.Equal(before, root.NamesIn("pickup"));
            Assert.All(traps, trap => trap.AssertUntouched());
            Assert.Single(host.Log, line => line.Contains("x.tmp", StringComparison.Ordinal));
        }
        Assert.Empty(Scene.MessageSubjects(root));
    }

    [Theory(DisplayName = "SE-1, BM-1: the reason beside bad mail goes through no link and over no file: it gets a name of its own")]
    [MemberData(nameof(Traps))]
    public async Task Writes_reasons_beside_what_is_there(string kind)
    {
        using var root = Scene.Root();
        var trap = Trap.Set(kind, root.PathOf("pickup", "name.bad.txt"), root);
        root.Put("pickup", "name.eml", "bad\r\n");
        await using var host = root.Start();
        await Scene.UntilAsync(host, "the file is set aside", () => !root.NamesIn("pickup").Any(name => name.EndsWith(".eml", StringComparison.Ordinal) || name.EndsWith(".tmp", StringComparison.Ordinal)));
        await Scene.LookAsync(root, host, times: 1);
        await Scene.StopAsync(host);
        trap.AssertUntouched();
        var bad = Assert.Single(root.NamesIn("pickup"), name => name.EndsWith(".bad", StringComparison.Ordinal));
        Assert.NotEqual("name.bad", bad);
        Assert.Contains("PU-5", await File.ReadAllTextAsync(root.PathOf("pickup", bad + ".txt")), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "DR-10, SE-1: nobody else can read, list or lock what the host keeps for itself, whatever its umask is")]
    [InlineData("000")]
    [InlineData("022")]
    public async Task Keeps_its_own_files_to_itself(string umask)
    {
        if (!Account.Host.IsPossible(output))
            return;
        using var root = Scene.Root();
        root.Connectors["All"]!["CreateDropDirectory"] = false;
        root.Transport["MessageTrackingLogPath"] = "logs";
        Account.Host.Own(root.Root);
        root.WriteConfiguration("appsettings.json");
        await using var host = HostProcess.StartBehind(
            ["sh", "-c", $"umask {umask}; exec setpriv --reuid 54001 --regid 54001 --clear-groups -- \"$@\"", "sh"], "TransportHost", "--contentRoot", root.Root);
        Scene.Hand(root.PathOf("pickup", "a.eml"), Scene.Mail("mine"));
        Account.Host.Own(root.PathOf("pickup"));
        await Scene.UntilAsync(host, "the message waits in the queue", () => Directory.Exists(root.PathOf("queue", "All")) && root.NamesIn("queue", "All").Length > 0);
        Assert.True(Unix.TryRun("chmod", "755", root.Root));
        Assert.True(Unix.TryRun("sh", "-c", $"test -z \"$(find '{root.PathOf("queue")}' -perm /077)\""), "something in the queue has rights for others");
        foreach (var entry in Directory.EnumerateFileSystemEntries(root.PathOf("queue"), "*", SearchOption.AllDirectories))
            Assert.False(Account.Stranger.TryRun("flock", "-n", entry, "true"), entry);
        Assert.False(Account.Stranger.TryRun("ls", root.PathOf("queue")));
        Assert.False(Account.Stranger.TryRun("grep", "-rq", "x.test", root.PathOf("logs")));
        await Scene.StopAsync(host);
    }

    [Theory(DisplayName = "DR-11: a delivered file has the group of a setgid Drop directory, and the mode of the options, linked or copied")]
    [InlineData("plain", null, "640")]
    [InlineData("tmpfs", null, "640")]
    [InlineData("plain", "0660", "660")]
    [InlineData("tmpfs", "0600", "600")]
    public async Task Delivers_with_the_directorys_group(string kind, string? mode, string expected)
    {
        using var root = Scene.Root();
        using var volume = Volume.TryMount(kind, root.PathOf("drop", "all"), output);
        if (volume is null)
            return;
        if (!Unix.TryRun("chgrp", "54003", root.PathOf("drop", "all")) || !Unix.TryRun("chmod", "2775", root.PathOf("drop", "all")))
        {
            output.WriteLine("Not run: files cannot be given to another group here.");
            return;
        }
        if (mode is not null)
            root.Connectors["All"]!["DropFileMode"] = mode;
        root.Put("pickup", "a.eml", Scene.Mail("one"));
        root.Put("replay", "a.eml", Scene.ReplayMail("two"));
        await root.OnceAsync();
        Assert.Equal(["one", "two"], Scene.MessageSubjects(root));
        Assert.All(root.DropPaths(), path => Assert.True(Unix.TryRun("sh", "-c", $"[ \"$(stat -c '%g %a' '{path}')\" = '54003 {expected}' ]"), path));
    }

    [Theory(DisplayName = "PU-14: a .tmp that we did not make is its writer's, at start and later, however old it is; RecoverForeignClaims takes it when it has been quiet")]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Leaves_the_files_of_others(bool recovers, bool beforeStart)
    {
        using var root = Scene.Root();
        root.Transport["RecoverForeignClaims"] = recovers;
        if (beforeStart)
            Compose(root);
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        if (!beforeStart)
            Compose(root);
        if (recovers)
        {
            await Scene.UntilAsync(host, "the file is taken", () => Scene.MessageSubjects(root) is ["composed"]);
        }
        else
        {
            await Scene.LookAsync(root, host);
            await host.WaitForLogAsync("compose.tmp");
            Assert.Equal(["compose.tmp"], root.NamesIn("pickup"));
            Assert.Single(host.Log, line => line.Contains("compose.tmp", StringComparison.Ordinal));
            File.Move(root.PathOf("pickup", "compose.tmp"), root.PathOf("pickup", "compose.eml"));
            await Scene.UntilAsync(host, "the finished file is taken", () => Scene.MessageSubjects(root) is ["composed"]);
        }
        await Scene.StopAsync(host);
        Assert.Empty(root.NamesIn("pickup"));
    }

    private static void Compose(MailRoot root)
    {
        var path = root.PathOf("pickup", "compose.tmp");
        File.WriteAllText(path + ".new", Scene.Mail("composed"));
        File.SetLastWriteTimeUtc(path + ".new", DateTime.UtcNow.AddDays(-1));
        File.Move(path + ".new", path);
    }
}
