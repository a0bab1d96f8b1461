namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>What an administrator does with <c>--queue</c>, beside a host and without one.</summary>
public sealed class QueueCommandTests : IDisposable
{
    private const string Message = "From: bob@fabrikam.com\r\nTo: {0}@contoso.com\r\n\r\nbody\r\n";

    private readonly MailRoot _root = new();

    public QueueCommandTests() => _root.Connectors["All"]!["CreateDropDirectory"] = false;

    public void Dispose() => _root.Dispose();

    [Fact(DisplayName = "DR-2: --once says how many messages wait, and --queue list what they wait for")]
    public async Task Lists_what_waits()
    {
        var once = await WaitAsync("mary", "joe");
        Assert.Equal(["accepted 2, badmail 0, left 0; recipients delivered 0, deferred 2, failed 0; messages waiting 2"], once.Output);

        string[] lines = [.. (await QueueAsync("list", "--recipient", "mary")).Output];

        Assert.StartsWith("ID  ", lines[0], StringComparison.Ordinal);
        Assert.Contains("All", lines[1], StringComparison.Ordinal);
        Assert.Contains("Retry", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("<bob@fabrikam.com>  mary@contoso.com", lines[1], StringComparison.Ordinal);
        Assert.Equal("1 message", lines[2]);
        Assert.Equal(lines[0].IndexOf("STATUS", StringComparison.Ordinal), lines[1].IndexOf("Retry", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "SE-1: what has the name of a waiting message and is a FIFO is not read, and the others are listed")]
    public async Task Lists_beside_a_FIFO()
    {
        await WaitAsync("mary", "joe");
        var joes = Directory.GetFiles(_root.PathOf("queue", "All"), "*.eml").Single(path => File.ReadAllText(path).Contains("joe@", StringComparison.Ordinal));
        File.Delete(joes);
        Unix.MakeFifo(joes);

        var listed = await QueueAsync("list");

        Assert.Single(listed.Output, line => line.EndsWith("mary@contoso.com", StringComparison.Ordinal));
        Assert.DoesNotContain(listed.Output, line => line.Contains("joe@", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A running host sees at once that a message was held, and that it was released")]
    public async Task A_running_host_sees_changes_at_once()
    {
        await WaitAsync("mary", "joe");
        await QueueAsync("hold", "--recipient", "mary");
        Directory.CreateDirectory(_root.PathOf("drop", "all"));
        await using var host = _root.Start();
        await Eventually.TrueAsync("the other message is delivered", () => _root.DropPaths().Length == 1);
        Assert.Equal("<joe@contoso.com>", Assert.Single(_root.Drops()).Receivers.Single());

        var released = await QueueAsync("release", "--status", "held");

        Assert.EndsWith(": release: done", Assert.Single(released.Output), StringComparison.Ordinal);
        await Eventually.TrueAsync("the held message is delivered", () => _root.DropPaths().Length == 2);
        Assert.Equal(0, await host.StopAsync());
        Assert.Equal(["0 messages"], (await QueueAsync("list")).Output.Skip(1));
    }

    [Fact(DisplayName = "A retry beside a running host ends the wait of a connector that fails: all its messages go at once, tried before or not")]
    public async Task A_retry_does_not_wait_for_the_next_probe()
    {
        _root.Transport["QueueGlitchRetryInterval"] = "01:00:00";
        await using var host = _root.Start();
        await host.WaitUntilReadyAsync();
        foreach (var recipient in (string[])["ann", "bea", "cid", "dan", "eve"])
            _root.Put("pickup", recipient + ".eml", Message.Replace("{0}", recipient, StringComparison.Ordinal));
        await Eventually.TrueAsync("the connector fails", () => host.Log.Any(line => line.Contains("deferred 3 messages in a row", StringComparison.Ordinal)));
        await Eventually.TrueAsync("all are accepted", () => _root.NamesIn("pickup").Length == 0);
        Directory.CreateDirectory(_root.PathOf("drop", "all"));

        await QueueAsync("retry", "--connector", "All");

        await Eventually.TrueAsync("everything is delivered", () => _root.DropPaths().Length == 5);
        Assert.Equal(0, await host.StopAsync());
    }

    [Fact(DisplayName = "RP-5: an exported message that is removed and put into Replay arrives once")]
    public async Task An_exported_message_can_be_put_back()
    {
        await WaitAsync("mary");
        var file = _root.PathOf("export.eml");
        await QueueAsync("export", "Z-", "--to", file);
        await QueueAsync("remove", "Z-", "--no-report");
        Directory.CreateDirectory(_root.PathOf("drop", "all"));
        File.Move(file, _root.PathOf("replay", "export.eml"));

        await _root.OnceAsync();

        var drop = Assert.Single(_root.Drops());
        Assert.Equal(["<mary@contoso.com>"], drop.Receivers);
    }

    // Messages for a Drop directory that is not there.
    private async Task<HostProcess> WaitAsync(params string[] recipients)
    {
        foreach (var recipient in recipients)
            _root.Put("pickup", recipient + ".eml", Message.Replace("{0}", recipient, StringComparison.Ordinal));
        return await _root.OnceAsync();
    }

    private async Task<HostProcess> QueueAsync(params string[] arguments)
    {
        await using var host = _root.Start(["--queue", .. arguments]);
        Assert.True(await host.WaitForExitAsync() == 0, host.Story);
        return host;
    }
}
