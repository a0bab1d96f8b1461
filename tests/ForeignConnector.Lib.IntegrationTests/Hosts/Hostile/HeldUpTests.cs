using System.Globalization;

namespace ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

/// <summary>Nothing that somebody puts into a directory stops the host, fills it, or keeps the mail of others waiting.</summary>
public class HeldUpTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(45);

    public static MatrixTheoryData<string, string> OddTimes => new(
        ["@300000000000", "@-300000000000", "@253402300800"],
        ["pickup/x.eml", "pickup/x.tmp", "pickup/x.crashes", "pickup/x.bad", "drop/all/old.eml", "logs/MSGTRK2026013123-1.LOG", "queue/All/in-flight-0123456789abcdef.txt"]);

    [Theory(DisplayName = "SE-4, SE-8: a file may have any time: the host goes on, and --once ends well")]
    [MemberData(nameof(OddTimes))]
    public async Task Takes_any_time(string time, string place)
    {
        using var root = Scene.Root();
        var path = root.PathOf(place.Split('/'));
        using var volume = Volume.TryMount("tmpfs", Path.GetDirectoryName(path)!, output);
        if (volume is null)
            return;
        root.Transport["MessageTrackingLogPath"] = "logs";
        root.Connectors["All"]!["DropDirectoryQuota"] = "10MB";
        await File.WriteAllTextAsync(path, Scene.Mail("odd"));
        if (!Unix.TryRun("touch", "-d", time, path))
        {
            output.WriteLine($"Not run: no file here can have the time {time}.");
            return;
        }
        var isMessage = place == "pickup/x.eml";
        await using (var host = root.Start())
        {
            await Scene.LookAsync(root, host, times: 2);
            if (isMessage)
                await Scene.UntilAsync(host, "the file is taken", () => Scene.MessageSubjects(root) is ["odd"]);
            await Scene.StopAsync(host);
        }
        root.Put("replay", "once.eml", Scene.ReplayMail("once"));
        await root.OnceAsync();
        Assert.Contains("once", Scene.Subjects(root));
    }

    [Theory(DisplayName = "SE-7: files that the system lets nobody rename keep their one name, are told of once, and hold nothing up")]
    [InlineData("sticky")]
    [InlineData("append-only")]
    [InlineData("immutable")]
    public async Task Leaves_what_cannot_be_renamed(string kind)
    {
        if (!Account.Host.IsPossible(output))
            return;
        using var root = Scene.Root();
        Account.Host.Own(root.Root);
        Assert.True(Unix.TryRun("chmod", "755", root.Root));
        var pickup = root.PathOf("pickup");
        Assert.True(Unix.TryRun("chown", "0:0", pickup) && Unix.TryRun("chmod", "1777", pickup));
        string[] names = ["0.eml", "1.eml", "2.eml"];
        foreach (var name in names)
        {
            Account.Stranger.Run("sh", "-c", $"printf '{Scene.Mail(name).ReplaceLineEndings("\\r\\n")}' > {pickup}/{name}");
            Account.Stranger.Run("chmod", "644", $"{pickup}/{name}");
        }
        var flag = kind switch { "append-only" => "a", "immutable" => "i", _ => "" };
        if (flag.Length > 0 && !Unix.TryRun("chattr", "+" + flag, pickup))
        {
            output.WriteLine($"Not run: a directory cannot be {kind} here.");
            return;
        }
        try
        {
            await using var host = kind == "sticky" ? Account.Host.Start(root) : root.Start();
            for (var i = 0; i < 3; i++)
            {
                var subject = $"look {i}";
                Scene.Hand(root.PathOf("replay.new"), Scene.ReplayMail(subject));
                Account.Host.Own(root.PathOf("replay.new"));
                File.Move(root.PathOf("replay.new"), root.PathOf("replay", $"{i}.eml"));
                await Scene.UntilAsync(host, "other mail is delivered", () => Scene.Subjects(root).Contains(subject));
            }
            await Scene.StopAsync(host);
            Assert.Equal(names, root.NamesIn("pickup"));
            Assert.All(names, name => Assert.Single(host.Log, line => line.Contains(name, StringComparison.Ordinal)));
            Assert.Empty(Scene.MessageSubjects(root));
        }
        finally
        {
            if (flag.Length > 0)
                Assert.True(Unix.TryRun("chattr", "-" + flag, pickup));
        }
    }

    [Theory(DisplayName = "SE-6: files that cannot be handed over use up no rate limit and hold up no other file")]
    [InlineData("a file in the place of the queue's folder")]
    [InlineData("an immutable folder")]
    public async Task Hand_overs_that_fail_hold_nothing_up(string kind)
    {
        const int stuck = 150, good = 20;
        using var root = Scene.Root();
        root.Transport["PickupDirectoryMaxMessagesPerMinute"] = 100;
        root.Connectors["Bad"] = MailRoot.Connector("bad.test", "bad");
        var folder = root.PathOf("queue", "Bad");
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        Directory.CreateDirectory(root.PathOf("queue"));
        if (Directory.Exists(folder))
            Directory.Delete(folder);
        if (kind == "an immutable folder")
            Directory.CreateDirectory(folder);
        else
            await File.WriteAllTextAsync(folder, "");
        if (kind == "an immutable folder" && !Unix.TryRun("chattr", "+i", folder))
        {
            output.WriteLine("Not run: a folder cannot be immutable here.");
            return;
        }
        try
        {
            for (var i = 0; i < stuck; i++)
                root.Put("pickup", $"a{i}.eml", Scene.Mail(i, "x@bad.test"));
            for (var i = 0; i < good; i++)
                root.Put("pickup", $"b{i}.eml", Scene.Mail($"good {i}"));
            await Scene.UntilAsync(host, "the mail for the other connector is delivered", () => Scene.MessageSubjects(root).Length == good, Soon);
            await Scene.StopAsync(host);
        }
        finally
        {
            Unix.TryRun("chattr", "-i", folder);
        }
        Assert.Equal(stuck, root.NamesIn("pickup").Length);
    }

    [Theory(DisplayName = "SE-8: output that nobody reads, and that is full, holds up neither mail nor a stop")]
    [InlineData("2>'{0}'")]
    [InlineData("1>'{0}'")]
    [InlineData("1>'{0}' 2>'{0}'")]
    [InlineData("1>&- 2>'{0}'")]
    public async Task Logs_hold_nothing_up(string redirection)
    {
        using var root = Scene.Root();
        var pipe = root.PathOf("log.pipe");
        Unix.MakeFifo(pipe);
        // Open at both ends, and full: the first octet more waits for ever.
        await using var reader = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        Fill(reader);
        root.WriteConfiguration("appsettings.json");
        await using var host = HostProcess.StartRedirected(
            "TransportHost", string.Format(CultureInfo.InvariantCulture, redirection, pipe), "--contentRoot", root.Root);
        for (var i = 0; i < 5; i++)
        {
            root.Put("pickup", $"{i}.eml", Scene.Mail(i));
            root.Put("pickup", $"bad{i}.eml", "bad\r\n");
        }
        await Scene.UntilAsync(host, "the mail is delivered", () => Scene.MessageSubjects(root).Length == 5, Soon);
        await Scene.StopAsync(host);
    }

    [Theory(DisplayName = "DR-10: a queue file that a stranger has locked waits alone, and is delivered when the lock is gone")]
    [InlineData(FileShare.None, false)]
    [InlineData(FileShare.None, true)]
    [InlineData(FileShare.Read, false)]
    [InlineData(FileShare.Read, true)]
    public async Task Locked_entries_wait_alone(FileShare share, bool isRunning)
    {
        using var root = Scene.Root();
        root.Connectors["All"]!["CreateDropDirectory"] = false;
        root.Put("pickup", "a.eml", Scene.Mail("locked"));
        await root.OnceAsync();
        var path = root.PathOf("queue", "All", root.NamesIn("queue", "All").Single(name => name.EndsWith(".eml", StringComparison.Ordinal)));
        await using (var running = isRunning ? root.Start() : null)
        {
            if (running is not null)
                await running.WaitUntilReadyAsync();
            FileStream? stranger = null;
            // A host that runs looks at the file now and then.
            await Eventually.TrueAsync("the file is locked", () => (stranger = TryLock(path, share)) is not null);
            await using var host = running is null ? root.Start() : null;
            await using (stranger)
            {
                Directory.CreateDirectory(root.PathOf("drop", "all"));
                await Scene.LookAsync(root, running ?? host!, times: 2);
                Assert.Empty(Scene.MessageSubjects(root));
            }
            await Scene.UntilAsync(running ?? host!, "the message is delivered", () => Scene.MessageSubjects(root) is ["locked"], Soon);
            await Scene.StopAsync(running ?? host!);
        }
        Assert.Empty(root.NamesIn("queue", "All"));
    }

    [Theory(DisplayName = "SE-4: a queue file of a clock that was ahead is delivered, dates no new mail ahead, and lets nothing expire")]
    [InlineData(3)]
    [InlineData(3650)]
    [InlineData(365_000)]
    public async Task Clocks_that_were_ahead_leave_nothing(int days)
    {
        using var root = Scene.Root();
        root.Connectors["All"]!["CreateDropDirectory"] = false;
        root.Put("pickup", "a.eml", Scene.Mail("ahead"));
        root.Put("pickup", "b.eml", Scene.Mail("waiting"));
        await root.OnceAsync();
        var file = root.NamesIn("queue", "All").First(name => name.EndsWith(".eml", StringComparison.Ordinal));
        var later = DateTime.UtcNow.AddDays(days).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        foreach (var name in root.NamesIn("queue", "All").Where(name => name.StartsWith(Path.GetFileNameWithoutExtension(file), StringComparison.Ordinal)))
            File.Move(root.PathOf("queue", "All", name), root.PathOf("queue", "All", later + name[8..]));
        Directory.CreateDirectory(root.PathOf("drop", "all"));
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        for (var i = 0; i < 3; i++)
            root.Put("pickup", $"{i}.eml", Scene.Mail($"new {i}"));
        await Scene.UntilAsync(host, "everything is delivered", () => Scene.MessageSubjects(root).Length == 5);
        await Scene.StopAsync(host);
        Assert.Equal(["ahead", "new 0", "new 1", "new 2", "waiting"], Scene.MessageSubjects(root));
        var soon = DateTime.UtcNow.AddHours(1).ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);
        foreach (var path in root.DropPaths().Where(path => !Path.GetFileName(path).StartsWith(later, StringComparison.Ordinal)))
            Assert.True(string.CompareOrdinal(Path.GetFileName(path), soon) < 0, path);
        Assert.Equal(4, root.DropPaths().Count(path => !Path.GetFileName(path).StartsWith(later, StringComparison.Ordinal)));
    }

    private static FileStream? TryLock(string path, FileShare share)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, share);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void Fill(FileStream pipe)
    {
        // What a pipe holds where nobody changed it.
        pipe.Write(new byte[64 << 10]);
    }
}
