namespace ForeignConnector.Lib.IntegrationTests.Hosts;

public class DropOutageTests
{
    private const int Count = 3;

    private static readonly string Message = "From: a@x.test\r\nTo: b@x.test\r\n\r\n" + new string('b', 6_000);

    public static TheoryData<string> Outages => [.. DropOutage.Possible];

    [Theory(DisplayName = "DR-2, DR-6: while a Drop directory takes nothing messages are deferred, that is logged once, and delivery goes on by itself")]
    [MemberData(nameof(Outages))]
    public async Task Defers_and_recovers(string name)
    {
        using var root = new MailRoot();
        using var outage = DropOutage.Make(name);
        outage.Configure(root);
        root.Connectors["All"]!["CreateDropDirectory"] = false;
        var directory = root.PathOf("drop", "all");
        Assert.True(outage.TryBegin(directory));
        for (var i = 0; i < Count; i++)
            root.Put("pickup", $"{i}.eml", Message);
        await using var host = root.Start();
        await Eventually.TrueAsync("every message was tried, and one of them again", () => Deferrals(host) > Count);
        Assert.All(host.Log.Where(line => line.Contains("Deferred ", StringComparison.Ordinal)), line => Assert.Contains(outage.Status, line, StringComparison.Ordinal));
        // Accepted is accepted: an outage of one Drop directory is not one of Pickup.
        Assert.Empty(root.NamesIn("pickup"));
        outage.End(directory);
        await Eventually.TrueAsync("the messages are delivered", () => root.DropPaths().Length == Count);
        Assert.Equal(0, await host.StopAsync());
        Assert.Single(host.Log, line => line.Contains("messages are deferred", StringComparison.Ordinal));
        Assert.Single(host.Log, line => line.Contains("takes messages again", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log, line => line.StartsWith("fail:", StringComparison.Ordinal));
        Assert.Empty(root.NamesIn("queue", "All"));
        Assert.DoesNotContain(root.NamesIn("drop", "all"), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "DR-6: with a quota for one message at a time each is delivered as the gateway takes the one before")]
    public async Task The_quota_lets_messages_through_one_by_one()
    {
        using var root = new MailRoot();
        root.Connectors["All"]!["DropDirectoryQuota"] = "10KB";
        for (var i = 0; i < Count; i++)
            root.Put("pickup", $"{i}.eml", Message);
        await using var host = root.Start();
        for (var i = 0; i < Count; i++)
        {
            await Eventually.TrueAsync("a message is delivered", () => root.DropPaths().Length == 1);
            File.Delete(root.DropPaths().Single());
        }
        Assert.Equal(0, await host.StopAsync());
        Assert.Empty(root.NamesIn("queue", "All"));
    }

    [Fact(DisplayName = "RT-5: a message for three connectors of which one defers is delivered to two and kept for the third only")]
    public async Task One_outage_does_not_hold_up_others()
    {
        using var root = new MailRoot();
        foreach (var name in (string[])["one", "two", "three"])
            root.Connectors[name] = MailRoot.Connector(name + ".test", name);
        root.Connectors["three"]!["CreateDropDirectory"] = false;
        root.Put("pickup", "m.eml", "From: a@x.test\r\nTo: a@one.test, b@two.test, c@three.test, d@one.test\r\n\r\n");
        await root.OnceAsync();
        Assert.Equal(["<a@one.test>", "<d@one.test>"], Assert.Single(root.Drops("one")).Receivers);
        Assert.Equal(["<b@two.test>"], Assert.Single(root.Drops("two")).Receivers);
        Directory.CreateDirectory(root.PathOf("drop", "three"));
        await root.OnceAsync();
        Assert.Equal(["<c@three.test>"], Assert.Single(root.Drops("three")).Receivers);
        Assert.Equal((1, 1), (root.DropPaths("one").Length, root.DropPaths("two").Length));
    }

    private static int Deferrals(HostProcess host) => host.Log.Count(line => line.Contains(" Deferred ", StringComparison.Ordinal));
}
