using System.Globalization;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>What TransportHost promises to whoever runs it: see the usage text of the sample.</summary>
public class HostContractTests
{
    private const string Good = "From: bob@fabrikam.com\r\nTo: mary@contoso.com, joe@contoso.com\r\n\r\nbody\r\n";

    [Fact(DisplayName = "--once takes in everything pending, delivers everything due, prints one line and ends with 0")]
    public async Task One_round_is_summed_up_in_one_line()
    {
        using var root = new MailRoot();
        root.Put("pickup", "good.eml", Good);
        root.Put("pickup", "bad.eml", "Dear Mary,\r\n");
        root.Put("replay", "good.eml", "X-Sender: <>\r\nX-Receiver: <mary@contoso.com>\r\n\r\n\r\n");
        var host = await root.OnceAsync();
        Assert.Equal(["accepted 2, badmail 1, left 0; recipients delivered 3, deferred 0, failed 0"], host.Output);
        Assert.Equal(2, root.Drops().Length);
    }

    [Fact(DisplayName = "--once takes a file that was written to just now, once it has been quiet")]
    public async Task One_round_waits_for_files_to_settle()
    {
        using var root = new MailRoot();
        root.Transport["SettleTime"] = "00:00:00.5";
        root.Put("pickup", "good.eml", Good);
        var host = await root.OnceAsync();
        Assert.Equal(["accepted 1, badmail 0, left 0; recipients delivered 2, deferred 0, failed 0"], host.Output);
    }

    [Fact(DisplayName = "PU-2: --once leaves a file that would keep it waiting for long")]
    public async Task One_round_does_not_wait_for_a_long_settle_time()
    {
        using var root = new MailRoot();
        root.Transport["SettleTime"] = "00:59:00";
        root.Put("pickup", "new.eml", Good);
        var host = await root.OnceAsync();
        Assert.Equal(["accepted 0, badmail 0, left 1; recipients delivered 0, deferred 0, failed 0"], host.Output);
        Assert.Equal(["new.eml"], root.NamesIn("pickup"));
    }

    [Theory(DisplayName = "A queue directory that cannot be used is told in words, with exit code 1, and mail stays where it is")]
    [InlineData("--once")]
    [InlineData]
    public async Task Unusable_queue_directory_is_told(params string[] arguments)
    {
        using var root = new MailRoot();
        root.Put("pickup", "good.eml", Good);
        await File.WriteAllTextAsync(root.PathOf("queue"), "a file", TestContext.Current.CancellationToken);
        await using var host = root.Start(arguments);
        Assert.True(await host.WaitForExitAsync() == 1, host.Story);
        Assert.Contains("cannot start", host.Story, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", host.Story, StringComparison.Ordinal);
        Assert.Equal(["good.eml"], root.NamesIn("pickup"));
    }

    [Fact(DisplayName = "PU-3: --once says that the rate limit left files for later")]
    public async Task One_round_tells_of_the_rate_limit()
    {
        using var root = new MailRoot();
        root.Transport["PickupDirectoryMaxMessagesPerMinute"] = 3;
        for (var i = 0; i < 5; i++)
        {
            root.Put("pickup", $"{i}.eml", Good);
            root.Put("replay", $"{i}.eml", "X-Sender: <>\r\nX-Receiver: <mary@contoso.com>\r\n\r\n\r\n");
        }
        var host = await root.OnceAsync();
        Assert.Contains("rate limit", Assert.Single(host.Output), StringComparison.Ordinal);
        Assert.Equal(6, root.Drops().Length);
        Assert.Equal((2, 2), (root.NamesIn("pickup").Length, root.NamesIn("replay").Length));
    }

    [Fact(DisplayName = "It prints 'ready' when it polls, and ends with 0 on SIGTERM, everything settled or back in its place")]
    public async Task Stops_cleanly_under_load()
    {
        const int count = 300;
        using var root = new MailRoot();
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        for (var i = 0; i < count; i++)
            root.Put("pickup", $"{i}.eml", string.Create(CultureInfo.InvariantCulture, $"From: a@x.test\r\nTo: b@x.test\r\nSubject: {i}\r\n\r\n"));
        await Eventually.TrueAsync("deliveries are under way", () => root.DropPaths().Length > 5);
        Assert.True(await host.StopAsync() == 0, host.Story);
        Assert.Equal(["ready"], host.Output);
        Assert.Empty(host.Problems);
        // Nothing is half done: what was not delivered is a Pickup file or a queue file.
        Assert.DoesNotContain(root.NamesIn("pickup").Concat(root.NamesIn("queue", "All")).Concat(root.NamesIn("drop", "all")), name => !name.EndsWith(".eml", StringComparison.Ordinal));
        Assert.Equal(count, root.NamesIn("pickup").Length + root.NamesIn("queue", "All").Length + root.DropPaths().Length);
        await root.OnceAsync();
        Assert.Equal(count, root.Drops().Select(drop => drop.Fields("Subject").Single()).Distinct().Count());
        Assert.Equal(count, root.DropPaths().Length);
    }

    [Fact(DisplayName = "Relative paths are relative to --contentRoot, which is relative to the working directory")]
    public async Task Paths_follow_the_content_root()
    {
        using var root = new MailRoot();
        root.WriteConfiguration("appsettings.json");
        root.Put("pickup", "good.eml", Good);
        var (parent, name) = (Path.GetDirectoryName(root.Root)!, Path.GetFileName(root.Root));
        await using var host = HostProcess.Start("TransportHost", ["--contentRoot", name, "--once"], parent);
        Assert.True(await host.WaitForExitAsync() == 0, host.Story);
        Assert.Single(root.Drops());
        Assert.Equal(["All"], root.NamesIn("queue"));
    }

    [Fact(DisplayName = "DR-1: an absolute DropDirectory stands alone")]
    public async Task An_absolute_drop_directory_stands_alone()
    {
        using var root = new MailRoot();
        root.Connectors["All"]!["DropDirectory"] = root.PathOf("elsewhere");
        root.Put("pickup", "good.eml", Good);
        await root.OnceAsync();
        Assert.Single(root.NamesIn("elsewhere"));
        Assert.Empty(root.NamesIn("drop"));
    }

    [Fact(DisplayName = "DR-1: a Drop directory below the root may be a link to a share mounted elsewhere")]
    public async Task Delivers_through_a_link_below_the_root()
    {
        using var root = new MailRoot();
        Directory.CreateDirectory(root.PathOf("share"));
        Directory.CreateSymbolicLink(root.PathOf("drop", "all"), root.PathOf("share"));
        root.Put("pickup", "good.eml", Good);
        await root.OnceAsync();
        Assert.Single(root.NamesIn("share"));
    }

    [Theory(DisplayName = "A command line that is not understood ends with 2 and the usage")]
    [InlineData("--onc")]
    [InlineData("--explain")]
    [InlineData("--size", "ten")]
    [InlineData("--contentRoot", "")]
    public async Task Refuses_what_it_does_not_understand(params string[] arguments)
    {
        using var root = new MailRoot();
        await using var host = root.Start(arguments);
        Assert.Equal(2, await host.WaitForExitAsync());
        Assert.Contains(host.Log, line => line.StartsWith("usage: TransportHost", StringComparison.Ordinal));
        Assert.Empty(root.NamesIn("queue"));
    }
}
