using System.Text;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>Names and entries of a Pickup directory that no one would choose.</summary>
public class OddFileTests
{
    private const string Good = "From: a@x.test\r\nTo: b@x.test\r\nSubject: {0}\r\n\r\n";

    private static readonly Dictionary<string, byte[]> OddNames = new()
    {
        ["blanks"] = "  two  blanks .eml"u8.ToArray(),
        ["quotes"] = "'single' \"double\" `back`.eml"u8.ToArray(),
        ["shell"] = "$(reboot);*?[a]|&<>\\.eml"u8.ToArray(),
        ["line ends"] = "a\r\nfail: b\n.eml"u8.ToArray(),
        ["control characters"] = "\u0001\u001b[31m\u007f.eml"u8.ToArray(),
        ["an option"] = "-rf.eml"u8.ToArray(),
        ["upper case"] = "UPPER.EML"u8.ToArray(),
        ["two extensions"] = "a.tmp.eml"u8.ToArray(),
        ["250 characters"] = Encoding.ASCII.GetBytes(new string('n', 250) + ".eml"),
        ["255 octets"] = Encoding.UTF8.GetBytes(new string('\u4e00', 83) + "nn.eml"),
        ["beyond the BMP"] = "\U0001F4E0\U0001F4E0.eml"u8.ToArray(),
        ["decomposed"] = "u\u0308.eml"u8.ToArray(),
        ["composed"] = "\u00fc.eml"u8.ToArray(),
        ["a replacement character"] = "\uFFFD.eml"u8.ToArray(),
        ["Latin-1"] = [(byte)'m', 0xFC, (byte)'l', .. ".eml"u8],
        ["what Latin-1 is repaired to"] = "m%FCl.eml"u8.ToArray(),
        ["broken UTF-8"] = [0xE2, 0x82, .. ".EML"u8],
        ["250 octets that are no text"] = [.. Enumerable.Repeat((byte)0xFF, 250), .. ".eml"u8],
        ["250 other octets that are no text"] = [.. Enumerable.Repeat((byte)0xFF, 249), 0xFE, .. ".eml"u8],
    };

    [Fact(DisplayName = "PU-1: a good file is delivered whatever its name is: blanks, quotes, line ends, 250 characters, octets that are not UTF-8")]
    public async Task Delivers_under_any_name()
    {
        using var root = new MailRoot();
        foreach (var (name, octets) in OddNames)
            root.Put("pickup", octets, Good.Replace("{0}", name, StringComparison.Ordinal));
        // A name that begins with a dot is its writer's.
        root.Put("pickup", ".eml", Good);
        var host = await root.OnceAsync();
        Assert.Equal(OddNames.Keys.Order(StringComparer.Ordinal), root.Drops().Select(drop => drop.Fields("Subject").Single()).Order(StringComparer.Ordinal));
        Assert.Equal([".eml"], root.NamesIn("pickup"));
        Assert.Empty(host.Problems);
    }

    [Fact(DisplayName = "BM-1: a bad file becomes .bad with its reason whatever its name is, and its name cannot forge a line of the log")]
    public async Task Keeps_aside_under_any_name()
    {
        using var root = new MailRoot();
        foreach (var octets in OddNames.Values)
            root.Put("pickup", octets, "bad\r\n");
        var host = await root.OnceAsync();
        var names = root.NamesIn("pickup");
        Assert.Equal(OddNames.Count, names.Count(name => name.EndsWith(".bad", StringComparison.Ordinal)));
        Assert.Equal(OddNames.Count, names.Count(name => name.EndsWith(".bad.txt", StringComparison.Ordinal)));
        Assert.Equal(2 * OddNames.Count, names.Length);
        Assert.Equal(OddNames.Count, host.Log.Count);
        Assert.All(host.Log, line => Assert.StartsWith("warn: ", line, StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log, line => line.Any(char.IsControl));
    }

    [Fact(DisplayName = "PU-1: a directory, a symbolic link, a FIFO named x.eml are left alone, told of once, and stop nothing")]
    public async Task Leaves_what_is_not_a_regular_file()
    {
        using var root = new MailRoot();
        root.Transport["PollingInterval"] = "00:00:00.050";
        await File.WriteAllTextAsync(root.PathOf("secret"), Good);
        Directory.CreateDirectory(root.PathOf("pickup", "directory.eml"));
        Directory.CreateDirectory(root.PathOf("pickup", "directory.tmp"));
        File.CreateSymbolicLink(root.PathOf("pickup", "link.eml"), root.PathOf("secret"));
        File.CreateSymbolicLink(root.PathOf("pickup", "link.tmp"), root.PathOf("secret"));
        File.CreateSymbolicLink(root.PathOf("pickup", "dangling.eml"), root.PathOf("nowhere"));
        File.CreateSymbolicLink(root.PathOf("pickup", "loop.eml"), root.PathOf("pickup", "loop.eml"));
        Unix.MakeFifo(root.PathOf("pickup", "fifo.eml"));
        Unix.MakeFifo(root.PathOf("pickup", "fifo.tmp"));
        var before = root.NamesIn("pickup");
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        for (var i = 1; i <= 3; i++)
        {
            root.Put("pickup", "zzz.eml", Good);
            await Eventually.TrueAsync("the file behind them is delivered", () => root.DropPaths().Length == i);
        }
        Assert.Equal(0, await host.StopAsync());
        Assert.Equal(before, root.NamesIn("pickup"));
        Assert.Empty(host.Problems);
        foreach (var name in (string[])["link.eml", "dangling.eml", "loop.eml", "fifo.eml"])
            Assert.Single(host.Log, line => line.Contains($"\"{name}\" is left where it is: not a regular file", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "PU-1: other extensions are not looked at, and a file may have the name that a claim would take")]
    public async Task Takes_only_eml_files()
    {
        using var root = new MailRoot();
        foreach (var name in (string[])["a.eml.txt", "a.emlx", "eml", "a.bad", "a.txt"])
            root.Put("pickup", name, Good);
        root.Put("pickup", [(byte)'a', 0xFF, .. ".part"u8], Good);
        Directory.CreateDirectory(root.PathOf("pickup", "taken.tmp"));
        root.Put("pickup", "taken.eml", Good);
        var before = root.NamesIn("pickup").Where(name => name != "taken.eml");
        await root.OnceAsync();
        Assert.Single(root.Drops());
        Assert.Equal(before, root.NamesIn("pickup"));
    }

    [Fact(DisplayName = "PU-4: hard links to one file are as many messages as they are names")]
    public async Task Takes_each_hard_link()
    {
        const int count = 4;
        using var root = new MailRoot();
        root.Transport["PollingInterval"] = "00:00:00.050";
        await File.WriteAllTextAsync(root.PathOf("template"), Good);
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        for (var i = 0; i < count; i++)
            Assert.True(Unix.TryRun("ln", root.PathOf("template"), root.PathOf("pickup", $"{i}.eml")));
        await Eventually.TrueAsync("Pickup is empty", () => root.CountIn("pickup") == 0);
        Assert.Equal(0, await host.StopAsync());
        await root.OnceAsync();
        Assert.Equal(count, root.DropPaths().Length);
    }
}
