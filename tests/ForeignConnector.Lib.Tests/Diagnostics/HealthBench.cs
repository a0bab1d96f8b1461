using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>A transport in memory whose health is asked for.</summary>
internal sealed class HealthBench : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider _services;

    public HealthBench(Action<ForeignConnectorOptions>? configure = null, Action<IServiceCollection>? add = null, Action<ForeignConnectorHealthOptions>? limits = null)
    {
        foreach (var directory in new[] { "queue", "pickup", "replay", "drop/fax" })
            Files.AddDirectory(PathOf(directory));
        var services = new ServiceCollection().AddLogging().AddSingleton<IFileSystem>(Files).AddSingleton<TimeProvider>(Time);
        services.AddForeignConnectors(options =>
        {
            options.Transport.BaseDirectory = PathOf("");
            options.Transport.PickupDirectoryPath = "pickup";
            options.Transport.ReplayDirectoryPath = "replay";
            options.Connectors["Fax"] = new() { AddressSpaces = { "FAX:*" }, DropDirectory = "fax" };
            configure?.Invoke(options);
        });
        add?.Invoke(services);
        services.AddHealthChecks().AddForeignConnectors(limits);
        _services = services.BuildServiceProvider();
    }

    public MockFileSystem Files { get; } = new();

    public FakeTimeProvider Time { get; } = new(Now);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public string PathOf(string path) => Files.Path.GetFullPath(Files.Path.Combine("root", path));

    public async Task<HealthReportEntry> CheckAsync(string name)
    {
        var report = await _services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "foreignconnector." + name);
        return Assert.Single(report.Entries).Value;
    }

    public void Dispose() => _services.Dispose();
}
