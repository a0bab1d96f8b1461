using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Tests.Hosting;

/// <summary>SE-8: a host that ends by a defect says why.</summary>
public class DefectTests
{
    [Theory(DisplayName = "SE-8: a loop that ends by itself stops the host, is logged as critical, and the transport knows why")]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(OutOfMemoryException))]
    [InlineData(typeof(IOException))]
    public async Task Says_why(Type type)
    {
        using var host = Build(type);
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        await host.StartAsync(TestContext.Current.CancellationToken);

        while (!stopping.IsCancellationRequested)
            await Task.Yield();
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.IsType(type, host.Services.GetRequiredService<ForeignConnectorTransport>().Defect);
        var record = Assert.Single(host.Services.GetFakeLogCollector().GetSnapshot(), record => record.Id.Id == EventIds.Defect);
        Assert.Equal(LogLevel.Critical, record.Level);
        Assert.Contains(type.FullName!, record.Exception!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", record.Exception.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "SE-8: an orderly stop is no defect")]
    public async Task Stops_in_order()
    {
        using var host = Build(null);
        await host.StartAsync(TestContext.Current.CancellationToken);

        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Null(host.Services.GetRequiredService<ForeignConnectorTransport>().Defect);
        Assert.DoesNotContain(host.Services.GetFakeLogCollector().GetSnapshot(), record => record.Level == LogLevel.Critical);
    }

    // The loop that follows the configuration gets a clock that is broken.
    private static IHost Build(Type? failure)
    {
        var files = new MockFileSystem();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddFakeLogging();
        builder.Services.AddSingleton<IFileSystem>(files);
        builder.Services.AddForeignConnectors(options =>
        {
            options.Transport.BaseDirectory = files.Path.GetFullPath("root");
            options.Connectors["Fax"] = new() { AddressSpaces = { "FAX:*" } };
        });
        var host = builder.Build();
        if (failure is not null)
            host.Services.GetRequiredService<TransportServices>().FollowerTime = new BrokenClock(failure);
        return host;
    }

    private sealed class BrokenClock(Type failure) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            throw (Exception)Activator.CreateInstance(failure, "secret")!;
    }
}
