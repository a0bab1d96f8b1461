using System.Diagnostics;
using System.Text.Json;

namespace ForeignConnector.Lib.PostgreSql.Tests;

/// <summary>Hosts as processes of their own, over one database.</summary>
public sealed class HostTests(Cluster cluster) : IClassFixture<Cluster>, IDisposable
{
    private const int Messages = 200;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fc-pg-hosts-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact(DisplayName = "SQ-2: two hosts share 200 messages and one is killed: nothing is lost, and twice comes only what was in hand")]
    public async Task Survives_the_death_of_a_host()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        var (first, second) = (Configure("HUB01", queue.ConnectionString), Configure("HUB02", queue.ConnectionString));
        await RunAsync(first, "--queue", "create-schema");
        for (var i = 0; i < Messages; i++)
        {
            await File.WriteAllTextAsync(
                Path.Combine(first, "pickup", $"{i:000}.eml"), $"From: sender@contoso.com\r\nTo: {i:000}@fax.test\r\nSubject: s\r\n\r\nbody\r\n");
        }
        using var one = Start(first);
        using var two = Start(second);
        try
        {
            await Queue.EventuallyAsync(() => Task.FromResult(Dropped(second).Length >= 10 ? "" : null), 90);
            two.Kill();
            await two.WaitForExitAsync(TestContext.Current.CancellationToken);

            await Queue.EventuallyAsync(
                () => Task.FromResult(Dropped(first).Union(Dropped(second)).Count() == Messages ? "" : null), 90);
            await Queue.EventuallyAsync(
                async () => await Cluster.CountAsync(queue.ConnectionString, "entry") == 0 ? "" : null, 60);
        }
        finally
        {
            if (!two.HasExited)
                two.Kill();
            one.Kill();
            await one.WaitForExitAsync(CancellationToken.None);
        }

        var twice = Dropped(first).Intersect(Dropped(second)).Count();
        // What the killed host had leased: its deliveries under way, and the batch behind them.
        Assert.InRange(twice, 0, 40);
        Assert.Equal(0, await Cluster.CountAsync(queue.ConnectionString, "content"));
    }

    [Fact(DisplayName = "SQ-1: --queue works on the shared queue from any host; a wrong section stops the host with its keys")]
    public async Task Serves_operators_of_any_host()
    {
        await using var queue = new Queue(await cluster.CreateDatabaseAsync());
        var (first, second) = (Configure("HUB01", queue.ConnectionString), Configure("HUB02", queue.ConnectionString));
        Assert.Contains("was created", await RunAsync(first, "--queue", "create-schema"), StringComparison.Ordinal);
        Assert.Contains("already", await RunAsync(second, "--queue", "create-schema"), StringComparison.Ordinal);
        await using (var store = queue.Open("HUB03"))
            await queue.AddAsync(store, "Fax", "one@fax.test");

        Assert.Contains("Fax", await RunAsync(second, "--queue", "list", "--json"), StringComparison.Ordinal);
        await RunAsync(second, "--queue", "hold", "--connector", "Fax");
        await RunAsync(first, "--once");
        Assert.Empty(Dropped(first));
        await RunAsync(first, "--queue", "release", "--connector", "Fax");
        await RunAsync(second, "--once");
        Assert.Single(Dropped(second));

        var wrong = Configure("HUB04", "Host=", provider: "Oracle");
        Assert.Contains("Queue:Provider", await RunAsync(wrong, expected: 1, "--queue", "list"), StringComparison.Ordinal);
    }

    private static string[] Dropped(string root) =>
        [.. Directory.GetFiles(Path.Combine(root, "drop", "fax"), "*.eml").Select(path => Path.GetFileName(path))];

    private string Configure(string server, string connectionString, string provider = "PostgreSql")
    {
        var root = Path.Combine(_root.FullName, server);
        Directory.CreateDirectory(Path.Combine(root, "pickup"));
        Directory.CreateDirectory(Path.Combine(root, "drop", "fax"));
        File.WriteAllText(Path.Combine(root, "queue.connection"), connectionString + "\n");
        File.WriteAllText(Path.Combine(root, "appsettings.json"), JsonSerializer.Serialize(new
        {
            ForeignConnector = new
            {
                Transport = new
                {
                    ServerName = server,
                    SiteName = "Seattle",
                    DefaultDomain = "contoso.com",
                    PickupDirectoryPath = "pickup",
                    PickupDirectoryMaxMessagesPerMinute = "unlimited",
                    SettleTime = "00:00:00",
                    PollingInterval = "00:00:00.2",
                    SuspectDelay = "00:00:01",
                    Sites = new { Seattle = new[] { "HUB01", "HUB02", "HUB04" } },
                },
                Queue = new
                {
                    Provider = provider,
                    ConnectionStringFile = "queue.connection",
                    LeaseTime = "00:00:04",
                    PollingInterval = "00:00:00.5",
                    SuspectDelay = "00:00:01",
                },
                Connectors = new
                {
                    Fax = new
                    {
                        AddressSpaces = new[] { "fax.test" },
                        DropDirectory = "fax",
                        SourceTransportServers = new[] { "HUB01", "HUB02", "HUB04" },
                    },
                },
            },
        }));
        return root;
    }

    private static Process Start(string root, params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var tree = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(tree.FullName, "ForeignConnector.Lib.sln")))
            tree = tree.Parent!;
        var host = Path.Combine(tree.FullName, "samples/TransportHost/bin", configuration, "net10.0/TransportHost.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [host, "--contentRoot", root, .. arguments])
        {
            RedirectStandardOutput = arguments.Length > 0,
            RedirectStandardError = arguments.Length > 0,
        })!;
    }

    private static Task<string> RunAsync(string root, params string[] arguments) => RunAsync(root, expected: 0, arguments);

    private static async Task<string> RunAsync(string root, int expected, params string[] arguments)
    {
        using var process = Start(root, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var text = await output + await error;
        Assert.True(process.ExitCode == expected, $"{string.Join(' ', arguments)} ended with {process.ExitCode}: {text}");
        return text;
    }
}
