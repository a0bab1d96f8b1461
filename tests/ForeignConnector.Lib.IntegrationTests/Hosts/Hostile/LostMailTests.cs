using System.Globalization;

namespace ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

/// <summary>Directories in which others write on purpose: no message is taken for another one, and none is swallowed.</summary>
public class LostMailTests(ITestOutputHelper output)
{
    private const int Count = 40;

    [Theory(DisplayName = "SE-2: messages that are handed in one after the other under one name are as many messages, whatever the volume makes of inodes and times")]
    [InlineData("plain", true)]
    [InlineData("plain", false)]
    [InlineData("ext4-128", true)]
    [InlineData("ext4-128", false)]
    [InlineData("ext4-256", true)]
    [InlineData("ext4-256", false)]
    [InlineData("tmpfs", true)]
    [InlineData("tmpfs", false)]
    public async Task Takes_each_file_for_itself(string kind, bool works)
    {
        using var root = Scene.Root();
        using var volume = Volume.TryMount(kind, root.PathOf("pickup"), output);
        if (volume is null)
            return;
        root.Connectors["All"]!["CreateDropDirectory"] = works;
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        for (var i = 0; i < Count; i++)
        {
            Scene.Hand(root.PathOf("pickup", "order.eml"), Scene.Mail(i));
            await Scene.UntilAsync(host, "the file is taken", () => root.CountIn("pickup") == 0);
        }

        Directory.CreateDirectory(root.PathOf("drop", "all"));

        await AssertDeliveredAsync(root, host, Count);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => i.ToString(CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal), Scene.MessageSubjects(root));
    }

    [Theory(DisplayName = "SE-2: links to one file that are handed in one after the other, or together, are as many messages")]
    [InlineData("plain", true)]
    [InlineData("plain", false)]
    [InlineData("ext4-128", true)]
    [InlineData("ext4-128", false)]
    [InlineData("ext4-256", true)]
    [InlineData("tmpfs", true)]
    public async Task Takes_each_link_for_itself(string kind, bool oneByOne)
    {
        const int links = 5;
        using var root = Scene.Root();
        using var volume = Volume.TryMount(kind, root.PathOf("pickup"), output);
        if (volume is null)
            return;
        root.Connectors["All"]!["CreateDropDirectory"] = false;
        await File.WriteAllTextAsync(root.PathOf("pickup", "template"), Scene.Mail("alert"));
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        for (var i = 0; i < links; i++)
        {
            Assert.True(Unix.TryRun("ln", root.PathOf("pickup", "template"), root.PathOf("pickup", oneByOne ? "alert.eml" : $"alert{i}.eml")));
            if (oneByOne)
                await Scene.UntilAsync(host, "the link is taken", () => root.CountIn("pickup") == 1);
        }
        await Scene.UntilAsync(host, "the links are taken", () => root.CountIn("pickup") == 1);

        Directory.CreateDirectory(root.PathOf("drop", "all"));

        await AssertDeliveredAsync(root, host, links);
    }

    public static TheoryData<string> Squatters => [.. Trap.Kinds];

    [Theory(DisplayName = "SE-3: what somebody put into a Drop directory under a message's name is no delivery: the message gets another name")]
    [MemberData(nameof(Squatters))]
    public async Task Delivers_beside_what_has_the_name(string kind)
    {
        using var root = Scene.Root();
        root.Connectors["All"]!["CreateDropDirectory"] = false;
        root.Put("pickup", "a.eml", Scene.Mail("mine"));
        await using var host = root.Start();
        await Scene.UntilAsync(host, "the message waits", () => root.NamesIn("queue", "All").Any(name => name.EndsWith(".eml", StringComparison.Ordinal)));
        var waiting = root.NamesIn("queue", "All").Single(name => name.EndsWith(".eml", StringComparison.Ordinal));
        Directory.CreateDirectory(root.PathOf("drop", "later"));
        var trap = Trap.Set(kind, root.PathOf("drop", "later", waiting), root);

        Directory.Move(root.PathOf("drop", "later"), root.PathOf("drop", "all"));

        await Scene.UntilAsync(host, $"the queue is empty\n{host.Story}", () => !root.NamesIn("queue", "All").Any(name => name.EndsWith(".eml", StringComparison.Ordinal)));
        Assert.Equal(["mine"], Scene.MessageSubjects(root));
        Assert.Equal(2, root.DropPaths().Length);
        await Scene.StopAsync(host);
        // Moved with its directory, otherwise as it was.
        Assert.Equal(trap.Before, Scene.Describe(root.PathOf("drop", "all", waiting)));
        Assert.Contains(host.Log, line => line.StartsWith("warn:", StringComparison.Ordinal) && line.Contains(waiting, StringComparison.Ordinal));
    }

    [Theory(DisplayName = "SE-3: messages whose every name in a Drop directory is taken wait for themselves; the others of the connector are delivered at once, and these when a name is free")]
    [MemberData(nameof(Squatters))]
    public async Task Taken_names_hold_up_nobody_else(string kind)
    {
        const int held = 4;
        using var root = Scene.Root();
        root.Connectors["All"]!["CreateDropDirectory"] = false;
        for (var i = 0; i < held; i++)
            root.Put("pickup", $"{i}.eml", Scene.Mail($"held {i}"));
        await root.OnceAsync();
        string[] waiting = [.. root.NamesIn("queue", "All").Where(name => name.EndsWith(".eml", StringComparison.Ordinal))];
        Assert.Equal(held, waiting.Length);
        Directory.CreateDirectory(root.PathOf("drop", "all"));
        foreach (var name in waiting)
        {
            Trap.Set(kind, root.PathOf("drop", "all", name), root);
            for (var i = 2; i <= 9; i++)
                Trap.Set(kind, root.PathOf("drop", "all", name.Replace(".eml", $"-{i}.eml", StringComparison.Ordinal)), root);
        }
        await using (var host = root.Start())
        {
            await Scene.UntilAsync(host, "they have been tried", () => waiting.All(name => host.Log.Any(line => line.Contains(name, StringComparison.Ordinal))));
            for (var i = 0; i < 5; i++)
                root.Put("pickup", $"other{i}.eml", Scene.Mail($"other {i}"));
            await Scene.UntilAsync(host, "the others are delivered", () => Scene.MessageSubjects(root).Length == 5);
            await Scene.StopAsync(host);
        }
        foreach (var name in waiting)
            Assert.True(Unix.TryRun("rm", "-rf", root.PathOf("drop", "all", name)));
        await root.OnceAsync();
        Assert.Equal([.. Enumerable.Range(0, held).Select(i => $"held {i}"), .. Enumerable.Range(0, 5).Select(i => $"other {i}")], Scene.MessageSubjects(root));
    }

    [Theory(DisplayName = "SE-9: no Subject adds a field to a report, or takes one away")]
    [InlineData("=?utf-8?q?=C3=A9=3E=C3=A9=2C=5F=5F=5F=5F=5F=5F=5F=5F=5F_xxxxxxxxxxxxxxxxx=3D=3Futf-8=3Fb=3F_=40R=3F=3D?=eply-To: evil@e.test")]
    [InlineData("=?utf-8?b?w6k+w6ksX19fX19fX19fIHh4eHh4eHh4eHh4eHh4eHh4PT91dGYtOD9iPyBAUj89ZXBseS1UbzogZXZpbEBlLnRlc3Q=?=")]
    [InlineData("=?utf-8?b?w6k+w6ksX19fX19fX19fIHh4eHh4eHh4eHh4eHh4eHh4PT91dGYtOD9iPyBAUj89ZW50LVR5cGU6IHRleHQvaHRtbA==?=")]
    [InlineData("=?utf-8?q?a=0D=0AReply-To:_evil@e.test=0D=0A=0D=0Abody?=")]
    [InlineData("=?utf-8?b?=?utf-8?q? ?= =?= ?= =?x?y?z?= \u00e9\u00e9\u00e9")]
    public async Task Reports_hold_what_was_meant(string subject)
    {
        using var root = Scene.Root();
        root.Put("pickup", "a.eml", $"From: a@x.test\r\nTo: IMCEAFAX-1@contoso.com\r\nSubject: {subject}\r\n\r\nx\r\n");
        await root.OnceAsync();
        await root.OnceAsync();
        var header = Assert.Single(root.Drops()).Header;
        var names = header.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] is not (' ' or '\t')).Select(line => line.Split(':')[0].ToUpperInvariant()).Order(StringComparer.Ordinal);
        Assert.Equal(["AUTO-SUBMITTED", "CONTENT-TYPE", "DATE", "FROM", "MESSAGE-ID", "MIME-VERSION", "SUBJECT", "TO"], names.Except(["CONTENT-TRANSFER-ENCODING", "IN-REPLY-TO", "REFERENCES"]));
        Assert.Equal(names.Distinct(), names);
        Assert.StartsWith("multipart/report;", header.Split("\r\n").Single(line => line.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase))["Content-Type:".Length..].Trim(), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task AssertDeliveredAsync(MailRoot root, HostProcess host, int count)
    {
        await Scene.UntilAsync(host, $"all {count} messages are delivered", () => root.DropPaths().Length >= count);
        await Scene.StopAsync(host);
        Assert.Equal(count, root.DropPaths().Length);
        Assert.Equal(count, root.Drops().Select(drop => drop.MessageId).Distinct().Count());
    }
}
