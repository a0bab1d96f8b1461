namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>The README's first command.</summary>
public class FaxGatewayTests
{
    [Fact(DisplayName = "The FaxGateway sample needs no arguments and ends with 0 within 15 seconds")]
    public async Task Ends_by_itself()
    {
        using var root = new MailRoot();
        await using var host = HostProcess.Start("FaxGateway", [], root.Root, new Dictionary<string, string> { ["TMPDIR"] = root.PathOf("drop") });
        Assert.True(await host.WaitForExitAsync(TimeSpan.FromSeconds(15)) == 0, host.Story);
        Assert.Empty(host.Problems);
        var text = string.Join('\n', host.Output);
        Assert.Contains("Mail root: " + root.PathOf("drop"), text, StringComparison.Ordinal);
        Assert.Contains("The gateway sent 2 faxes", text, StringComparison.Ordinal);
        Assert.Contains("Rule: PU-5", text, StringComparison.Ordinal);
        Assert.Contains("report to secretary@contoso.com", text, StringComparison.Ordinal);
        Assert.Contains("Why: The fax number is not in service.", text, StringComparison.Ordinal);
        Assert.Contains("4.2.1 The line is busy.", text, StringComparison.Ordinal);
        Assert.Contains("sent faxes to +498955501234", text, StringComparison.Ordinal);
        Assert.Contains("503: busy", text, StringComparison.Ordinal);
        Assert.Contains("Undeliverable: Order 13", text, StringComparison.Ordinal);
        Assert.All(host.Output.Where(row => !row.StartsWith("Mail root", StringComparison.Ordinal)), row => Assert.True(row.Length <= 80, row));
    }

    [Fact(DisplayName = "FaxGateway --root keeps the files in a place of one's choice")]
    public async Task Keeps_files_where_it_is_told()
    {
        using var root = new MailRoot();
        await using var host = HostProcess.Start("FaxGateway", ["--root", root.PathOf("kept")], root.Root);
        Assert.True(await host.WaitForExitAsync() == 0, host.Story);
        Assert.Equal(["broken.bad", "broken.bad.txt"], root.NamesIn("kept", "pickup"));
        Assert.Equal(["fax", "mailboxes", "partner"], root.NamesIn("kept", "drop"));
    }
}
