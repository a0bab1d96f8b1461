using System.Text.Json.Nodes;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>A configuration that cannot work: exit code 1, every error with its key, nothing started.</summary>
public class HostConfigurationTests
{
    private static readonly Dictionary<string, (Action<MailRoot> Break, string[] Errors)> Cases = new()
    {
        ["RP-4: Pickup is Replay"] = (root => root.Transport["ReplayDirectoryPath"] = "pickup", ["Transport:ReplayDirectoryPath"]),
        ["RP-4: Pickup is Replay, written differently"] = (root => root.Transport["ReplayDirectoryPath"] = "./replay/../pickup/", ["Transport:ReplayDirectoryPath"]),
        ["RP-4: Pickup inside Replay"] = (root => root.Transport["PickupDirectoryPath"] = "replay/in", ["Transport:ReplayDirectoryPath"]),
        ["RP-4: Replay inside Pickup"] = (root => root.Transport["ReplayDirectoryPath"] = "pickup/a/b", ["Transport:ReplayDirectoryPath"]),
        ["RP-4: Replay is a link to Pickup"] = (LinkReplayToPickup, ["Transport:ReplayDirectoryPath"]),
        ["RP-4: the Drop directory is Pickup"] = (root => root.Connectors["All"]!["DropDirectory"] = root.PathOf("pickup"), ["Connectors:All:DropDirectory"]),
        ["DR-1: the Drop directory leaves the root"] = (root => root.Connectors["All"]!["DropDirectory"] = "../outside", ["Connectors:All:DropDirectory"]),
        ["a name too long for a folder"] = (root => root.Connectors[new string('\u00fc', 52)] = MailRoot.Connector("contoso.com"), ["too long"]),
        ["AS-1: cost out of range"] = (root => root.Connectors["A"] = MailRoot.Connector("contoso.com;0"), ["Connectors:A:AddressSpaces:0", "AS-1"]),
        ["AS-2: wildcard in a label"] = (root => root.Connectors["A"] = MailRoot.Connector("*contoso.com"), ["Connectors:A:AddressSpaces:0", "AS-2"]),
        ["AS-5: no explicit cost"] = (root => root.Connectors["A"] = MailRoot.Connector("X400:c=US;a=Fabrikam"), ["Connectors:A:AddressSpaces:0", "AS-5"]),
        ["Issue 3: a name in two spellings"] = (root => root.Connectors["ALL"] = new JsonObject { ["Comment"] = "the same?" }, ["1 error:", "Connectors:ALL: the name is there as 'ALL' and 'All'"]),
        ["AS-2: an underscore"] = (root => root.Connectors["A"] = MailRoot.Connector("contoso_x.com"), ["Connectors:A:AddressSpaces:0", "AS-2", "letters, digits and '-'"]),
        ["no address space"] = (root => root.Connectors["All"]!["AddressSpaces"] = new JsonArray(), ["Connectors:All:AddressSpaces"]),
        ["not a size"] = (root => root.Connectors["All"]!["MaxMessageSize"] = "ten", ["Connectors:All:MaxMessageSize", "'ten'"]),
        ["PU-3: header size out of range"] = (root => root.Transport["PickupDirectoryMaxHeaderSize"] = "31KB", ["Transport:PickupDirectoryMaxHeaderSize"]),
        ["PU-3: recipients out of range"] = (root => root.Transport["PickupDirectoryMaxRecipientsPerMessage"] = 10001, ["Transport:PickupDirectoryMaxRecipientsPerMessage"]),
        ["PU-3: rate out of range"] = (root => root.Transport["PickupDirectoryMaxMessagesPerMinute"] = 0, ["Transport:PickupDirectoryMaxMessagesPerMinute"]),
        ["PU-11: no such mode"] = (root => root.Transport["PickupEnvelopeHeaders"] = "Maybe", ["Transport:PickupEnvelopeHeaders", "'Maybe'"]),
        ["RT-7: unknown server and wrong site link"] = (root =>
        {
            root.Connectors["All"]!["SourceTransportServers"] = new JsonArray("HUB99");
            root.Transport["SiteLinks"] = new JsonArray(new JsonObject { ["From"] = "Nowhere", ["To"] = "Default-Site", ["Cost"] = 1 });
        }, ["Connectors:All:SourceTransportServers:0", "HUB99", "SiteLinks:0:From"]),
        ["RT-7: unknown server"] = (root => root.Connectors["All"]!["SourceTransportServers"] = new JsonArray("HUB99"), ["Connectors:All:SourceTransportServers:0", "HUB99"]),
        ["several at once"] = (BreakSeveral,
            ["5 errors", "Connectors:A:AddressSpaces:0", "Connectors:A:AddressSpaces:1", "Connectors:A:MaxMessageSize", "Transport:ReplayDirectoryPath", "Transport:PollingInterval"]),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory(DisplayName = "Invalid configuration: exit code 1, every error with its key, nothing started")]
    [MemberData(nameof(CaseNames))]
    public async Task Names_every_error_by_its_key(string name)
    {
        using var root = new MailRoot();
        root.Put("pickup", "good.eml", "From: a@x.test\r\nTo: b@x.test\r\n\r\n");
        Cases[name].Break(root);
        await using var host = root.Start("--once");
        Assert.Equal(1, await host.WaitForExitAsync());
        Assert.Empty(host.Output);
        foreach (var error in Cases[name].Errors)
            Assert.Contains(host.Log, line => line.Contains(error, StringComparison.Ordinal));
        AssertNothingStarted(root);
    }

    [Fact(DisplayName = "Invalid configuration: the running host ends with 1, too, and never says 'ready'")]
    public async Task The_running_host_refuses_it_too()
    {
        using var root = new MailRoot();
        root.Put("pickup", "good.eml", "From: a@x.test\r\nTo: b@x.test\r\n\r\n");
        BreakSeveral(root);
        await using var host = root.Start();
        Assert.Equal(1, await host.WaitForExitAsync());
        Assert.Empty(host.Output);
        AssertNothingStarted(root);
    }

    [Theory(DisplayName = "A configuration that is missing or is not JSON: exit code 1 and the name of the file")]
    [InlineData(null, "")]
    [InlineData("{ \"ForeignConnector\": ", "LineNumber: 0")]
    [InlineData("{ \"ForeignConnector\": { \"Connectors\": { \"Fax\": { \"Enabled\": true }, \"FAX\": { \"Enabled\": false } } } }", "rename or remove one of the two")]
    public async Task Tells_that_the_file_cannot_be_read(string? content, string cause)
    {
        using var root = new MailRoot();
        if (content is not null)
            await File.WriteAllTextAsync(root.PathOf("appsettings.json"), content);
        await using var host = HostProcess.Start("TransportHost", ["--contentRoot", root.Root, "--once"], root.Root);
        Assert.Equal(1, await host.WaitForExitAsync());
        Assert.Contains(host.Log, line => line.Contains("appsettings.json", StringComparison.Ordinal) && line.Contains(cause, StringComparison.Ordinal));
        Assert.Empty(root.NamesIn("queue"));
    }

    [Fact(DisplayName = "RP-4: a null path turns that directory off")]
    public async Task A_null_path_turns_a_directory_off()
    {
        using var root = new MailRoot();
        root.Transport["ReplayDirectoryPath"] = null;
        root.Put("replay", "left.eml", "X-Sender: <>\r\nX-Receiver: <mary@contoso.com>\r\n\r\n\r\n");
        await root.OnceAsync();
        Assert.Equal(["left.eml"], root.NamesIn("replay"));
    }

    private static void AssertNothingStarted(MailRoot root)
    {
        Assert.Equal(["good.eml"], root.NamesIn("pickup"));
        Assert.False(Directory.Exists(root.PathOf("queue")));
        Assert.Empty(root.NamesIn("drop"));
    }

    private static void LinkReplayToPickup(MailRoot root)
    {
        Directory.Delete(root.PathOf("replay"));
        Directory.CreateSymbolicLink(root.PathOf("replay"), root.PathOf("pickup"));
    }

    private static void BreakSeveral(MailRoot root)
    {
        root.Transport["ReplayDirectoryPath"] = "pickup";
        root.Transport["PollingInterval"] = "soon";
        root.Connectors["A"] = MailRoot.Connector("contoso.com;0");
        root.Connectors["A"]!["AddressSpaces"]!.AsArray().Add("a..b");
        root.Connectors["A"]!["MaxMessageSize"] = "ten";
    }
}
