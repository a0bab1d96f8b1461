using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.IntegrationTests.Hosts;
using ForeignConnector.Lib.TestKit;
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

    [Fact(DisplayName = "DR-2: a Drop directory that cannot be written to degrades")]
    public async Task Notices_missing_permission()
    {
        var entry = (await CheckAsync("/proc"))["foreignconnector.directories"];

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("drop of Fax: '/proc' cannot be written to", entry.Description!, StringComparison.Ordinal);
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
