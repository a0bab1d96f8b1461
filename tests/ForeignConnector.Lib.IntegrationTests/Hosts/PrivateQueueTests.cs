namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>What a host keeps for itself, and what it delivers, as other accounts see it.</summary>
public sealed class PrivateQueueTests(ITestOutputHelper output) : IDisposable
{
    private const string Account = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    private const string Message = "From: bob@fabrikam.com\r\nTo: mary@contoso.com\r\n\r\nbody\r\n";

    private readonly MailRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact(DisplayName = "DR-10: queue, sidecars, journal and tracking log are private whatever the umask, while the host runs; a queue directory that was open is closed, with one line")]
    public async Task What_the_host_keeps_is_private()
    {
        if (OperatingSystem.IsWindows())
            return;
        _root.Connectors["All"]!["CreateDropDirectory"] = false;
        _root.Transport["MessageTrackingLogPath"] = "logs";
        Directory.CreateDirectory(_root.PathOf("queue"));
        Storage.Unix.SetMode(_root.PathOf("queue"), "777");
        _root.Put("pickup", "a.eml", Message);

        await using (var host = _root.StartInShell("umask 000; exec \"$@\""))
        {
            await Eventually.TrueAsync("the message waits, with its state", () => Directory.GetFiles(_root.PathOf("queue"), "*.json", SearchOption.AllDirectories).Length == 1);
            await Eventually.TrueAsync("the log is written", () => _root.NamesIn("logs").Length == 1);

            Assert.All((string[])["queue", "logs"], directory => AssertPrivate(_root.PathOf(directory)));
            Assert.Single(host.Log, line => line.Contains("Other accounts had rights to the queue directory", StringComparison.Ordinal));
            Assert.Equal(0, await host.StopAsync());
        }

        await using var second = _root.StartInShell("umask 000; exec \"$@\"", "--once");
        Assert.Equal(0, await second.WaitForExitAsync());
        Assert.DoesNotContain(second.Log, line => line.Contains("Other accounts", StringComparison.Ordinal));
    }

    [Theory(DisplayName = "DR-10: Drop files have the mode of DropFileMode, linked and copied, whatever the umask")]
    [InlineData("000", null, false, "640")]
    [InlineData("077", null, false, "640")]
    [InlineData("077", "0664", false, "664")]
    [InlineData("000", "0600", true, "600")]
    [InlineData("077", null, true, "640")]
    public async Task Drop_files_have_the_mode_of_the_option(string umask, string? option, bool isCopied, string expected)
    {
        if (OperatingSystem.IsWindows())
            return;
        if (option is not null)
            _root.Connectors["All"]!["DropFileMode"] = option;
        _root.Connectors["All"]!["RelayDsnRequired"] = isCopied;
        _root.Put("pickup", "a.eml", Message.Replace("From: bob@fabrikam.com", "From: bob@contoso.com", StringComparison.Ordinal));

        await using var host = _root.StartInShell($"umask {umask}; exec \"$@\"", "--once");

        Assert.Equal(0, await host.WaitForExitAsync());
        Assert.NotEmpty(_root.DropPaths());
        Assert.All(_root.DropPaths(), path => Assert.Equal(expected, Storage.Unix.ModeOf(path)));
    }

    [Fact(DisplayName = "DR-10: what an administrator does as root in the queue of another account can be read by that account's host")]
    public async Task Root_beside_the_host()
    {
        if (!Storage.OrdinaryAccount.IsAvailable)
        {
            output.WriteLine("not run: needs root");
            return;
        }
        _root.Connectors["All"]!["CreateDropDirectory"] = false;
        _root.Put("pickup", "a.eml", Message);
        Assert.True(Unix.TryRun("chown", "-R", "65534:65534", _root.Root));
        await using (var waits = _root.StartInShell($"exec {Account} \"$@\"", "--once"))
        {
            if (await waits.WaitForExitAsync() != 0)
            {
                output.WriteLine($"not run: an ordinary account cannot start the host\n{waits.Story}");
                return;
            }
        }

        await using (var hold = _root.Start("--queue", "hold", "--recipient", "mary"))
            Assert.Equal(0, await hold.WaitForExitAsync());

        Assert.All(Entries(_root.PathOf("queue")), path => Assert.Equal("65534:65534", Storage.Unix.OwnerOf(path)));
        Directory.CreateDirectory(_root.PathOf("drop", "all"));
        await using (var held = _root.StartInShell($"exec {Account} \"$@\"", "--once"))
            Assert.True(await held.WaitForExitAsync() == 0 && held.Output.Single().EndsWith("messages waiting 1", StringComparison.Ordinal), held.Story);
        Assert.Empty(_root.DropPaths());
    }

    private static IEnumerable<string> Entries(string directory) => Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories).Prepend(directory);

    private static void AssertPrivate(string directory)
    {
        // A file may come and go meanwhile; of those that stay each is looked at.
        foreach (var path in Entries(directory).Where(path => !path.EndsWith(".tmp", StringComparison.Ordinal)))
            Assert.Equal((path, Directory.Exists(path) ? "700" : "600"), (path, Storage.Unix.ModeOf(path)));
    }
}
