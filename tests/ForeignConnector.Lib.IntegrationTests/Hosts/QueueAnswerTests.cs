using System.Text.Json;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>What <c>--queue</c> answers where it changes nothing: one message waits, and goes on waiting.</summary>
public class QueueAnswerTests(QueueAnswerTests.OneWaits waiting) : IClassFixture<QueueAnswerTests.OneWaits>
{
    [Fact]
    public async Task Shows_everything_about_a_message()
    {
        await using var host = await AskAsync(0, "show", "Z-", "--json");

        using var shown = JsonDocument.Parse(Assert.Single(host.Output));
        var recipient = Assert.Single(shown.RootElement.GetProperty("recipients").EnumerateArray());
        Assert.Equal("mary@contoso.com", recipient.GetProperty("address").GetString());
        Assert.Equal("4.3.2", recipient.GetProperty("status").GetString());
        Assert.Equal(1, shown.RootElement.GetProperty("attempts").GetInt32());
    }

    [Theory(DisplayName = "What --queue cannot do ends with 3, what it does not understand with 2")]
    [InlineData(3, "hold", "no-such-id")]
    [InlineData(3, "release", "Z-")]
    [InlineData(2, "hold")]
    [InlineData(2, "export", "Z-")]
    [InlineData(2, "list", "--status", "1")]
    [InlineData(2, "list", "--older-than", "soon")]
    [InlineData(2, "burn")]
    public async Task Says_what_went_wrong(int exitCode, params string[] arguments)
    {
        await using var host = await AskAsync(exitCode, arguments);

        Assert.NotEmpty(host.Story);
    }

    [Theory(DisplayName = "An option whose value is not understood is named with the value and what it may be")]
    [InlineData("--status 'bogus' is not understood; write one of ready, retry, unreachable, held, failed, poison", "list", "--status", "bogus")]
    [InlineData("--older-than 'xx' is not understood; write a time such as 01:30:00 or 2.00:00:00", "list", "--older-than", "xx")]
    [InlineData("--older-than '24:00:00' is not understood; write a time such as 01:30:00 or 2.00:00:00", "list", "--older-than", "24:00:00")]
    [InlineData("--connector needs the name of a connector", "list", "--connector")]
    [InlineData("--queue 'burn' is not understood; write one of list, show, hold, release, retry, remove, export", "burn")]
    [InlineData("--size 'xx' is not understood; write a size such as 12MB", "list", "--size", "xx")]
    public async Task Says_which_value_is_wrong(string error, params string[] arguments)
    {
        await using var host = await AskAsync(2, arguments);

        Assert.Equal(error, host.Log.First());
    }

    [Theory(DisplayName = "An export that cannot be written names the file and what to do, and ends with 3; with --json it is an object like the other results")]
    [InlineData("exists.eml", "exists already")]
    [InlineData("nowhere/m.eml", "does not exist; create it")]
    [InlineData("replay", "is a folder")]
    public async Task Explains_why_an_export_failed(string target, string reason)
    {
        await File.WriteAllTextAsync(waiting.Root.PathOf("exists.eml"), "", TestContext.Current.CancellationToken);

        await using var host = await AskAsync(3, "export", "Z-", "--to", waiting.Root.PathOf(target), "--json");

        using var result = JsonDocument.Parse(Assert.Single(host.Output));
        Assert.Equal(("Export", "Failed"), (result.RootElement.GetProperty("action").GetString(), result.RootElement.GetProperty("result").GetString()));
        Assert.Contains(reason, result.RootElement.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains(target.Split('/')[0], result.RootElement.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Empty(host.Log);
    }

    private async Task<HostProcess> AskAsync(int exitCode, params string[] arguments)
    {
        var host = waiting.Root.Start(["--queue", .. arguments]);
        Assert.True(await host.WaitForExitAsync() == exitCode, host.Story);
        return host;
    }

    /// <summary>A message for a Drop directory that is not there.</summary>
    public sealed class OneWaits : IAsyncLifetime
    {
        internal MailRoot Root { get; } = new();

        public async ValueTask InitializeAsync()
        {
            Root.Connectors["All"]!["CreateDropDirectory"] = false;
            Root.Put("pickup", "mary.eml", "From: bob@fabrikam.com\r\nTo: mary@contoso.com\r\n\r\nbody\r\n");
            await Root.OnceAsync();
        }

        public ValueTask DisposeAsync()
        {
            Root.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
