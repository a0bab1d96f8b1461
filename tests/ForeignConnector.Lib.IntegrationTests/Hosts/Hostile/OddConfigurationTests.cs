namespace ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

/// <summary>What stands in the way when a host starts.</summary>
public class OddConfigurationTests(ITestOutputHelper output)
{
    [Theory(DisplayName = "RY-4: a folder that the host cannot read, in the root of the queue's volume, stops neither its start nor its mail")]
    [InlineData("lost+found")]
    [InlineData("All")]
    [InlineData("somebody's")]
    public async Task Unreadable_folders_stop_nothing(string name)
    {
        if (!Account.Host.IsPossible(output))
            return;
        using var root = Scene.Root();
        root.Connectors["Other"] = MailRoot.Connector("other.test", "other");
        Directory.CreateDirectory(root.PathOf("queue", name));
        Account.Host.Own(root.Root);
        Assert.True(Unix.TryRun("chmod", "755", root.Root));
        Assert.True(Unix.TryRun("chown", "0:0", root.PathOf("queue", name)) && Unix.TryRun("chmod", "700", root.PathOf("queue", name)));
        await using var host = Account.Host.Start(root);
        await host.WaitUntilReadyAsync();
        var file = root.PathOf("a.new");
        await File.WriteAllTextAsync(file, Scene.Mail("mine", "x@other.test"));
        Account.Host.Own(file);
        File.Move(file, root.PathOf("pickup", "a.eml"));
        await Scene.UntilAsync(host, "mail is delivered", () => Scene.MessageSubjects(root, "other") is ["mine"]);
        await Scene.StopAsync(host);
    }

    public static TheoryData<string> Paths => ["PickupDirectoryPath", "ReplayDirectoryPath", "QueueDirectoryPath", "RootDropDirectoryPath", "MessageTrackingLogPath", "DropDirectory"];

    [Theory(DisplayName = "NUL in a configured path is an error with its key, not a crash")]
    [MemberData(nameof(Paths))]
    public async Task Refuses_NUL_in_a_path(string key)
    {
        using var root = Scene.Root();
        Break(root, key);
        await using var host = root.Start("--once");
        Assert.Equal(1, await host.WaitForExitAsync());
        Assert.Contains(key, host.Story, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Story, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "RY-4: NUL in a path of a changed configuration is refused, and the host goes on with the one it has")]
    [MemberData(nameof(Paths))]
    public async Task Goes_on_after_NUL_in_a_changed_path(string key)
    {
        using var root = Scene.Root();
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        Break(root, key);
        root.WriteConfiguration("appsettings.json");
        await host.WaitForLogAsync("[4005]");
        await Scene.LookAsync(root, host, times: 1);
        await Scene.StopAsync(host);
    }

    private static void Break(MailRoot root, string key)
    {
        if (key == "DropDirectory")
            root.Connectors["All"]![key] = "al\0l";
        else
            root.Transport[key] = "some\0where";
    }
}
