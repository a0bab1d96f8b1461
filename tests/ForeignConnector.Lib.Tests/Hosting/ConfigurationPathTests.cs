using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Tests.Hosting;

/// <summary>What no path and no name can be is an error with its key, at start and at a reload, and never an abort.</summary>
public class ConfigurationPathTests
{
    private static readonly string[] Keys =
    [
        "Transport:BaseDirectory", "Transport:RootDropDirectoryPath", "Transport:QueueDirectoryPath", "Transport:PickupDirectoryPath", "Transport:ReplayDirectoryPath",
        "Transport:MessageTrackingLogPath", "Connectors:Fax:DropDirectory",
    ];

    public static TheoryData<string, string> ImpossiblePaths => new(
        from key in Keys
        from path in (string[])["a\0b", "/a/\0", "a\u001bb", "a\nb", "a\ud800b", "a/" + new string('x', 256), "a/" + new string('ü', 128)]
        select (key, path));

    [Theory(DisplayName = "A path that cannot be one is a validation error with its key")]
    [MemberData(nameof(ImpossiblePaths))]
    public void Refuses_impossible_paths(string key, string path)
    {
        var error = Assert.Single(Errors(new() { [key] = path }));

        Assert.StartsWith($"{key}: '", error, StringComparison.Ordinal);
        Assert.Contains("cannot be a", error, StringComparison.Ordinal);
        Assert.DoesNotContain(error, char.IsControl);
    }

    [Theory(DisplayName = "Paths with blanks, dots, signs and other scripts are paths")]
    [InlineData("mail root/übung")]
    [InlineData("a:b;c")]
    [InlineData("..a/.b")]
    public void Takes_odd_paths(string path) => Assert.Empty(Errors(new() { ["Transport:QueueDirectoryPath"] = path, ["Connectors:Fax:DropDirectory"] = path }));

    [Fact(DisplayName = "Every impossible path is told of at once")]
    public void Tells_all_at_once() => Assert.Equal(Keys.Length, Errors(Keys.ToDictionary(key => key, _ => (string?)"a\0b")).Length);

    [Theory(DisplayName = "A connector whose name holds ':' is told that it cannot, whatever else stands there")]
    [InlineData("Fax: EU", "Connectors:Fax: EU: a name cannot hold ':'")]
    [InlineData("Fax:EU:West", "Connectors:Fax:EU:West: a name cannot hold ':'")]
    [InlineData("Contoso: Fax", "Connectors:Contoso: Fax: a name cannot hold ':'")]
    public void Refuses_a_colon(string name, string error)
    {
        var only = Assert.Single(Errors(new() { [$"Connectors:{name}:AddressSpaces:0"] = "SMS:*", [$"Connectors:{name}:DropDirectory"] = "eu" }));

        Assert.StartsWith(error, only, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A section that nothing reads is no connector with a colon in its name")]
    public void Takes_unknown_sections() => Assert.Empty(Errors(new() { ["Connectors:Fax:Future:Host"] = "h" }));

    [Theory(DisplayName = "At a reload such a path keeps the old configuration in force and the host alive")]
    [InlineData("Connectors:Fax:DropDirectory")]
    [InlineData("Transport:RootDropDirectoryPath")]
    [InlineData("Transport:PickupDirectoryPath")]
    public async Task Survives_a_reload(string key)
    {
        using var host = Build(out var configuration);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var before = host.Services.GetRequiredService<TransportState>().Current;

        configuration[key] = "a\0b";
        configuration.Reload();

        Assert.Contains(key, await LoggedAsync(host, EventIds.ReloadRefused), StringComparison.Ordinal);
        Assert.Same(before, host.Services.GetRequiredService<TransportState>().Current);
        Assert.False(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory(DisplayName = "RY-4, TR-3: code of the application that throws at a reload is logged without its words, and the old configuration goes on")]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(ArgumentException))]
    [InlineData(typeof(NotSupportedException))]
    public async Task Survives_foreign_exceptions(Type type)
    {
        var isThrowing = false;
        using var host = Build(out var configuration, services => services.Configure<ForeignConnectorOptions>(_ =>
        {
            if (isThrowing)
                throw (Exception)Activator.CreateInstance(type, "secret.person@example.com")!;
        }));
        await host.StartAsync(TestContext.Current.CancellationToken);
        isThrowing = true;

        configuration.Reload();

        var logged = await LoggedAsync(host, EventIds.ReloadRefused);
        Assert.Contains(type.Name, logged, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", logged, StringComparison.Ordinal);
        isThrowing = false;
        configuration.Reload();
        await LoggedAsync(host, EventIds.Reloaded);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IHost Build(out IConfigurationRoot configuration, Action<IServiceCollection>? add = null)
    {
        var files = new MockFileSystem();
        configuration = new ConfigurationBuilder().AddInMemoryCollection(Valid(files)).Build();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddFakeLogging();
        builder.Services.AddSingleton<IFileSystem>(files);
        builder.Services.AddForeignConnectors(configuration);
        add?.Invoke(builder.Services);
        return builder.Build();
    }

    private static async Task<string> LoggedAsync(IHost host, int id)
    {
        var logs = host.Services.GetFakeLogCollector();
        while (true)
        {
            if (logs.GetSnapshot().FirstOrDefault(record => record.Id.Id == id) is { } found)
                return found.Message;
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static Dictionary<string, string?> Valid(MockFileSystem files) => new()
    {
        ["Transport:ServerName"] = "HUB01",
        ["Transport:BaseDirectory"] = files.Path.GetFullPath("root"),
        ["Connectors:Fax:AddressSpaces:0"] = "FAX:*",
    };

    private static string[] Errors(Dictionary<string, string?> changes)
    {
        var files = new MockFileSystem();
        var values = Valid(files);
        foreach (var (key, value) in changes)
            values[key] = value;
        var services = new ServiceCollection().AddLogging().AddSingleton<IFileSystem>(files)
            .AddForeignConnectors(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
    }
}
