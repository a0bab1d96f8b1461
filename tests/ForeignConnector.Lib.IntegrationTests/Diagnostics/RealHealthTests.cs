using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.IntegrationTests.Hosts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.IntegrationTests.Diagnostics;

/// <summary>TR-1: health on a real disk.</summary>
public sealed class RealHealthTests : IDisposable
{
    private readonly TempDirectory _root = new();

    public RealHealthTests()
    {
        foreach (var name in new[] { "queue", "pickup", "drop" })
            Directory.CreateDirectory(_root[name]);
    }

    public void Dispose() => _root.Dispose();

    [Fact(DisplayName = "TR-1: a directory that is fine stays as it was, and events arrive")]
    public async Task Is_healthy()
    {
        var report = await CheckAsync(_root["drop"]);

        Assert.All(report.Values, entry => Assert.True(entry.Status == HealthStatus.Healthy, entry.Description));
        Assert.Contains("Pickup", report["foreignconnector.watchers"].Data.Keys);
        Assert.Empty(Directory.EnumerateFiles(_root.Path, "*", SearchOption.AllDirectories));
    }

    [Fact(DisplayName = "TR-1: a Drop directory on another volume than the queue is a hint, which can be turned off")]
    public async Task Hints_at_another_volume()
    {
        using var other = new OtherVolume();

        var hint = (await CheckAsync(other.Directory))["foreignconnector.directories"];
        var silent = (await CheckAsync(other.Directory, limits => limits.ExpectOneVolume = false))["foreignconnector.directories"];

        var isOther = other.Directory.StartsWith("/dev/shm/", StringComparison.Ordinal);
        Assert.Equal((isOther ? HealthStatus.Degraded : HealthStatus.Healthy, HealthStatus.Healthy), (hint.Status, silent.Status));
        Assert.Equal(isOther, hint.Description!.Contains("another volume", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "TR-1: health creates no file in Pickup, Replay or a Drop directory")]
    public async Task Touches_nothing()
    {
        var seen = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var pickup = Watch("pickup", seen);
        using var drop = Watch("drop", seen);

        await CheckAsync(_root["drop"]);
        File.WriteAllText(Path.Combine(_root["pickup"], "end"), "");
        File.WriteAllText(Path.Combine(_root["drop"], "end"), "");

        await Eventually.TrueAsync("the changes of this test are reported", () => seen.Distinct().Count() >= 2);
        Assert.Equal(["drop/end", "pickup/end"], seen.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "DR-2: a Drop directory that cannot be written to degrades")]
    public async Task Notices_missing_permission()
    {
        var entry = (await CheckAsync("/proc"))["foreignconnector.directories"];

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("drop of Fax: '/proc' cannot be written to", entry.Description!, StringComparison.Ordinal);
    }

    private FileSystemWatcher Watch(string directory, System.Collections.Concurrent.ConcurrentQueue<string> seen)
    {
        var watcher = new FileSystemWatcher(_root[directory]);
        watcher.Created += (_, e) => seen.Enqueue($"{directory}/{e.Name}");
        watcher.Changed += (_, e) => seen.Enqueue($"{directory}/{e.Name}");
        watcher.Deleted += (_, e) => seen.Enqueue($"{directory}/{e.Name}");
        watcher.Renamed += (_, e) => seen.Enqueue($"{directory}/{e.Name}");
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private async Task<IReadOnlyDictionary<string, HealthReportEntry>> CheckAsync(string drop, Action<ForeignConnectorHealthOptions>? limits = null)
    {
        var services = new ServiceCollection().AddLogging().AddForeignConnectors(options =>
        {
            options.Transport.BaseDirectory = _root.Path;
            options.Transport.PickupDirectoryPath = "pickup";
            options.Transport.BackPressureMinimumFreeSpace = default;
            options.Connectors["Fax"] = new() { AddressSpaces = { "FAX:*" }, DropDirectory = drop };
        });
        services.AddHealthChecks().AddForeignConnectors(limits);
        await using var provider = services.BuildServiceProvider();
        return (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries;
    }
}
