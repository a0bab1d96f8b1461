using System.Text.Json.Nodes;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>RT-6 from the command line.</summary>
public class ExplainTests
{
    [Fact(DisplayName = "RT-6: --explain - --json answers each line of standard input with one JSON object, in order")]
    public async Task Answers_each_line()
    {
        using var root = Configured();
        await using var host = HostProcess.Start(
            "TransportHost", ["--contentRoot", root.Root, "--explain", "-", "--json"], root.Root,
            input: "FAX:+1\t1000\nFAX:+1\t9000000\nbob@a.fabrikam.com\nIMCEAFAX-+2B1@contoso.com\nNOTES:x\nno address\nFAX:+1\tten\n");
        Assert.True(await host.WaitForExitAsync() == 0, host.Story);
        var answers = host.Output.Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(
            [
                ("FAX:+1", "Route", "Fax", "FAX:*;2", null),
                ("FAX:+1", "Failed", null, null, "5.3.4"),
                ("bob@a.fabrikam.com", "Route", "Fabrikam", "SMTP:*.fabrikam.com;1", null),
                ("IMCEAFAX-+2B1@contoso.com", "Route", "Fax", "FAX:*;2", null),
                ("NOTES:x", "Failed", null, null, "5.1.2"),
                ("no address", "Failed", null, null, "5.1.3"),
                ("FAX:+1", "Failed", null, null, "5.1.3"),
            ],
            answers.Select(a => ((string?)a["recipient"], (string?)a["outcome"], (string?)a["connector"], SpaceOf(a), (string?)a["status"])));
        Assert.Equal(2, (int)answers[0]["cost"]!);
        AssertNothingTouched(root);
    }

    [Fact(DisplayName = "RT-6: --explain - answers an empty line as well, and takes --size for lines that give none")]
    public async Task Answers_every_line()
    {
        using var root = Configured();
        await using var host = HostProcess.Start(
            "TransportHost", ["--contentRoot", root.Root, "--explain", "-", "--size", "2MB", "--json"], root.Root, input: "FAX:+1\n\nFAX:+1\t1000\n");
        Assert.True(await host.WaitForExitAsync() == 0, host.Story);

        var answers = host.Output.Select(line => JsonNode.Parse(line)!).ToArray();

        Assert.Equal(
            [("FAX:+1", "5.3.4"), ("", "5.1.3"), ("FAX:+1", null)],
            answers.Select(answer => ((string?)answer["recipient"], (string?)answer["status"])));
    }

    [Fact(DisplayName = "RT-6: what a terminal would obey is printed inert")]
    public async Task Prints_no_control_characters()
    {
        using var root = Configured();
        await using var host = root.Start("--explain", "FAX:+1\u001b[31m\u202e");
        Assert.True(await host.WaitForExitAsync() == 0, host.Story);

        Assert.DoesNotContain(host.Output, line => line.Contains('\u001b', StringComparison.Ordinal) || line.Contains('\u202e', StringComparison.Ordinal));
        Assert.Contains(host.Output, line => line.Contains("FAX:+1?[31m?", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "RT-6: every connector considered is named, with the rule that dropped it or ranked it")]
    public async Task Names_every_candidate()
    {
        using var root = Configured();
        await using var host = root.Start("--explain", "bob@fabrikam.com", "--size", "2MB", "--json");
        Assert.True(await host.WaitForExitAsync() == 0, host.Story);
        var answer = JsonNode.Parse(Assert.Single(host.Output))!;
        Assert.Equal(
            ["All", "Fabrikam", "Fax", "Small"],
            answer["candidates"]!.AsArray().Select(candidate => (string)candidate!["connector"]!).Order(StringComparer.Ordinal));
        Assert.Equal("Fabrikam", (string?)answer["connector"]);
        Assert.All(
            answer["candidates"]!.AsArray().Where(candidate => (string?)candidate!["connector"] != "Fabrikam"),
            candidate => Assert.Contains("RT-", (string)candidate!["reason"]!, StringComparison.Ordinal));
        AssertNothingTouched(root);
    }

    [Fact(DisplayName = "RT-6: without --json the same is a table for people")]
    public async Task Prints_a_table()
    {
        using var root = Configured();
        await using var host = root.Start("--explain", "FAX:+1 425");
        Assert.True(await host.WaitForExitAsync() == 0, host.Story);
        var text = string.Join('\n', host.Output);
        foreach (var name in (string[])["FAX:+1 425", "Fabrikam", "Fax", "Small", "All"])
            Assert.Contains(name, text, StringComparison.Ordinal);
        AssertNothingTouched(root);
    }

    private static string? SpaceOf(JsonNode answer) => (string?)answer["space"];

    private static MailRoot Configured()
    {
        var root = new MailRoot();
        root.Connectors["Fax"] = MailRoot.Connector("FAX:*;2", "fax");
        root.Connectors["Fax"]!["MaxMessageSize"] = "1MB";
        root.Connectors["Fabrikam"] = MailRoot.Connector("*.fabrikam.com", "fabrikam");
        root.Connectors["Small"] = MailRoot.Connector("fabrikam.com", "small");
        root.Connectors["Small"]!["MaxMessageSize"] = "1MB";
        root.WriteConfiguration("appsettings.json");
        return root;
    }

    private static void AssertNothingTouched(MailRoot root)
    {
        Assert.False(Directory.Exists(root.PathOf("queue")));
        Assert.Empty(root.NamesIn("drop"));
    }
}
