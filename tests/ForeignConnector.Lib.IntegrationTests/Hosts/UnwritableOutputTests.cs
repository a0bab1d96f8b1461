namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>Standard output and standard error of TransportHost may be files on a full volume, or closed. Mail does not depend on them.</summary>
public class UnwritableOutputTests
{
    private const string Good = "From: bob@fabrikam.com\r\nTo: mary@contoso.com\r\n\r\nbody\r\n";

    [Theory(DisplayName = "What --once did stays done when its line cannot be written; that is told, with an exit code of its own")]
    [InlineData(">/dev/full")]
    [InlineData(">&-")]
    public async Task One_round_without_output(string redirection)
    {
        using var root = new MailRoot();
        root.WriteConfiguration("appsettings.json");
        root.Put("pickup", "good.eml", Good);
        await using var host = HostProcess.StartRedirected("TransportHost", redirection, "--contentRoot", root.Root, "--once");

        Assert.True(await host.WaitForExitAsync() == 4, host.Story);

        Assert.Single(root.Drops());
        Assert.Contains("The result cannot be written to standard output; what was done stays done.", host.Story, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot start", host.Story, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "RT-6: an explanation that cannot be written is told as that")]
    [InlineData]
    [InlineData("--json")]
    public async Task Explanation_without_output(params string[] arguments)
    {
        using var root = new MailRoot();
        root.WriteConfiguration("appsettings.json");
        await using var host = HostProcess.StartRedirected(
            "TransportHost", ">/dev/full", ["--contentRoot", root.Root, "--explain", "mary@contoso.com", .. arguments]);

        Assert.True(await host.WaitForExitAsync() == 4, host.Story);

        Assert.StartsWith("The result cannot be written to standard output", Assert.Single(host.Log), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A host that can write neither 'ready' nor its log works on mail, and ends with 0 on SIGTERM")]
    [InlineData(">/dev/full")]
    [InlineData(">/dev/full 2>/dev/full")]
    [InlineData(">&- 2>&-")]
    public async Task Runs_without_output(string redirection)
    {
        using var root = new MailRoot();
        root.WriteConfiguration("appsettings.json");
        root.Put("pickup", "good.eml", Good);
        await using var host = HostProcess.StartRedirected("TransportHost", redirection, "--contentRoot", root.Root);

        await Eventually.TrueAsync("the message is delivered", () => host.HasExited ? throw new InvalidOperationException(host.Story) : root.DropPaths().Length == 1);

        Assert.True(await host.StopAsync() == 0, host.Story);
        Assert.Empty(root.NamesIn("pickup"));
    }
}
