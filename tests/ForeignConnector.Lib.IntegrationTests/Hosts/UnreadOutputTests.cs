namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>SE-8: standard output and standard error may be pipes that nobody reads. Neither mail nor the end of the program waits for a reader.</summary>
public sealed class UnreadOutputTests : IDisposable
{
    // A pipe of Linux holds 64 KB; each message is worth some hundred octets of log.
    private const int PipeSize = 64 << 10;
    private const int Messages = 3000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly MailRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory(DisplayName = "SE-8: a host whose standard error nobody reads delivers thousands of messages and stops on SIGTERM")]
    [InlineData("2<>{0}")]
    [InlineData("1<>{0} 2<>{0}")]
    public async Task Delivers_without_a_reader(string redirection)
    {
        _root.WriteConfiguration("appsettings.json");
        await using var host = HostProcess.StartRedirected("TransportHost", Pipe(redirection), "--contentRoot", _root.Root);
        for (var i = 0; i < Messages; i++)
            _root.Put("pickup", FormattableString.Invariant($"{i}.eml"), "From: bob@fabrikam.com\r\nTo: mary@contoso.com\r\n\r\nbody\r\n");

        await Eventually.TrueAsync("all are delivered", () => host.HasExited ? throw new InvalidOperationException(host.Story) : Delivered() == Messages, TimeSpan.FromMinutes(4));

        Unix.Terminate(host.Id);
        Assert.Equal(0, await host.WaitForExitAsync(Soon));
    }

    [Theory(DisplayName = "SE-8: --once ends although nobody reads its line, which is told by its exit code; what it did stays done")]
    [InlineData("1<>{0}", 4)]
    [InlineData("2<>{0}", 0)]
    [InlineData("1<>{0} 2<>{0}", 4)]
    public async Task One_round_ends(string redirection, int status)
    {
        _root.WriteConfiguration("appsettings.json");
        _root.Put("pickup", "good.eml", "From: bob@fabrikam.com\r\nTo: mary@contoso.com\r\n\r\nbody\r\n");
        var pipe = Pipe(redirection);
        await using var full = Fill(_root.PathOf("pipe"));
        await using var host = HostProcess.StartRedirected("TransportHost", pipe, "--contentRoot", _root.Root, "--once");

        Assert.Equal(status, await host.WaitForExitAsync());
        Assert.Single(_root.Drops());
    }

    [Theory(DisplayName = "Control characters in a path: exit code 1 with the key, at start")]
    [InlineData("QueueDirectoryPath", "a\0b")]
    [InlineData("PickupDirectoryPath", "a\0b")]
    [InlineData("MessageTrackingLogPath", "a\u0007b")]
    public async Task Refuses_impossible_paths(string key, string path)
    {
        _root.Transport[key] = path;
        await using var host = _root.Start();

        Assert.Equal(1, await host.WaitForExitAsync());
        Assert.Contains(host.Log, line => line.Contains($"Transport:{key}: '", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log, line => line.Contains("Unhandled exception", StringComparison.Ordinal));
    }

    private int Delivered() => Directory.Exists(_root.PathOf("drop", "all")) ? Directory.EnumerateFiles(_root.PathOf("drop", "all"), "*.eml").Count() : 0;

    private string Pipe(string redirection)
    {
        Unix.MakeFifo(_root.PathOf("pipe"));
        return string.Format(System.Globalization.CultureInfo.InvariantCulture, redirection, _root.PathOf("pipe"));
    }

    // Keeps the pipe open, so that what is in it stays.
    private static FileStream Fill(string pipe)
    {
        var stream = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(new byte[PipeSize]);
        return stream;
    }
}
