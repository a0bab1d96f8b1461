using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Tests.Transport;
using ForeignConnector.Lib.Transport;
using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Tests.Hosting;

/// <summary>CN-3: a package brings a kind of connector with a configuration section of its own.</summary>
public sealed class ConnectorTypeTests : IAsyncDisposable
{
    private static readonly ConfigurationTable<PagerSettings> Keys = new ConfigurationTable<PagerSettings>()
        .Text("Device", pager => pager.Device, (pager, value) => pager.Device = value, check: ConfigurationText.NotEmpty)
        .Number("Lines", pager => pager.Lines, (pager, value) => pager.Lines = value, least: 1, most: 8)
        .Size("Largest", pager => pager.Largest, (pager, value) => pager.Largest = value)
        .List("Prefixes", pager => pager.Prefixes);

    private readonly List<(string Name, PagerSettings Settings, CountingConnector Connector)> _made = [];
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private ServiceProvider? _services;

    public ConnectorTypeTests()
    {
        this["Transport:BaseDirectory"] = new MockFileSystem().Path.GetFullPath("root");
        this["Connectors:Beeper:AddressSpaces:0"] = "PAGER:*";
        this["Connectors:Beeper:DeliveryProtocol"] = "PAGER";
        this["Connectors:Beeper:Pager:Device"] = "/dev/ttyS0";
    }

    private ServiceProvider Services => _services ??= Build();

    private string this[string key]
    {
        set => _configuration[key] = value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
    }

    [Fact(DisplayName = "CN-3: the section of the kind is bound, and the connector delivers with it")]
    public async Task Binds_the_section()
    {
        this["Connectors:Beeper:pager:Lines"] = "3";
        this["Connectors:Beeper:Pager:Largest"] = "10KB";
        this["Connectors:Beeper:Pager:Prefixes:0"] = "+1";
        this["Connectors:Beeper:Pager:Prefixes:1"] = "+49";
        var transport = Services.GetRequiredService<ForeignConnectorTransport>();

        await transport.SubmitAsync(TransportBench.Message("IMCEAPAGER-5550199@contoso.com"), cancellationToken: TestContext.Current.CancellationToken);
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        var (name, settings, connector) = Assert.Single(_made);
        Assert.Equal(("Beeper", "/dev/ttyS0", 3, ByteSize.Parse("10KB")), (name, settings.Device, settings.Lines, settings.Largest));
        Assert.Equal(["+1", "+49"], settings.Prefixes);
        Assert.Single(connector.Requests);
    }

    [Fact(DisplayName = "CN-3: what is wrong in the section comes with its key, together with everything else; what nothing reads is warned about")]
    public void Tells_errors_with_their_keys()
    {
        this["Connectors:Beeper:Pager:Device"] = " ";
        this["Connectors:Beeper:Pager:Lines"] = "9";
        this["Connectors:Beeper:Pager:Largest"] = "big";
        this["Connectors:Beeper:Pager:Colour"] = "red";
        this["Connectors:Beeper:DropDirectory"] = "beeper";
        this["Transport:PoisonThreshold"] = "11";

        var error = Assert.Throws<OptionsValidationException>(() => Services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(
            [
                "Connectors:Beeper:Pager:Largest: 'big' is not a size such as 10MB, or 'unlimited'",
                "Transport:PoisonThreshold: must be from 1 to 10",
                "Connectors:Beeper:DropDirectory: has no meaning beside DeliveryProtocol (CN-3)",
                "Connectors:Beeper:Pager:Device: must not be empty",
                "Connectors:Beeper:Pager:Lines: must be from 1 to 8",
                "Connectors:Beeper:Pager: the device is on no line",
            ],
            error.Failures);
    }

    [Fact(DisplayName = "CN-4: a changed setting makes another connector and disposes the one before; other changes leave it")]
    public async Task Follows_changes_of_settings()
    {
        var transport = Services.GetRequiredService<ForeignConnectorTransport>();
        await transport.StartAsync();

        this["Connectors:Beeper:Comment"] = "the one in the hall";
        await transport.ApplyAsync(Reload(), TestContext.Current.CancellationToken);
        Assert.Single(_made);
        this["Connectors:Beeper:Pager:Prefixes:0"] = "+1";
        await transport.ApplyAsync(Reload(), TestContext.Current.CancellationToken);

        await _made[0].Connector.Disposed.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((2, 0), (_made.Count, _made[1].Connector.Disposals));
        Assert.Same(_made[1].Connector, transport.State.Current.Connectors["Beeper"]);
    }

    [Fact(DisplayName = "DA-4: what no kind here serves waits with 4.3.5 and the name of the protocol, and is warned about at start")]
    public async Task Waits_for_a_protocol_that_nobody_serves()
    {
        this["Connectors:Beeper:DeliveryProtocol"] = "X.400";
        var transport = Services.GetRequiredService<ForeignConnectorTransport>();

        await transport.SubmitAsync(TransportBench.Message("IMCEAPAGER-5550199@contoso.com"), cancellationToken: TestContext.Current.CancellationToken);
        var (_, delivery) = await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, delivery.Deferred);
        var logs = Services.GetFakeLogCollector().GetSnapshot();
        Assert.Contains("X.400", Assert.Single(logs, record => record.Id.Id == EventIds.ProtocolNotServed).Message, StringComparison.Ordinal);
        Assert.Contains("4.3.5", Assert.Single(logs, record => record.Id.Id == EventIds.Deferred).Message, StringComparison.Ordinal);
        Assert.Contains(logs, record => record.Id.Id == EventIds.UnknownKey && record.Message.Contains("Connectors:Beeper:Pager", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "DA-2: two kinds for one protocol are an error at start")]
    public void Refuses_two_kinds_of_one_name()
    {
        _services = Build(services => services.AddConnectorType("pager", Keys, (_, _) => new CountingConnector()));

        var error = Assert.Throws<OptionsValidationException>(() => Services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(error.Failures, failure => failure.Contains("registered 2 times", StringComparison.Ordinal));
    }

    private ForeignConnectorOptions Reload() => Services.GetRequiredService<IOptionsFactory<ForeignConnectorOptions>>().Create(Options.DefaultName);

    private ServiceProvider Build(Action<IServiceCollection>? add = null)
    {
        var services = new ServiceCollection().AddFakeLogging().AddSingleton<IFileSystem>(new MockFileSystem());
        services.AddForeignConnectors(_configuration);
        services.AddForeignConnectors(options => options.Transport.AcceptedDomains.Add("contoso.com"));
        services.AddConnectorType(Lib.Transport.Connectors.ConnectorType.Create(
            "Pager", Keys,
            (context, settings) =>
            {
                var connector = new CountingConnector();
                _made.Add((context.Name, settings, connector));
                return connector;
            },
            settings => string.IsNullOrWhiteSpace(settings.Device) ? [" the device is on no line"] : []));
        add?.Invoke(services);
        return services.BuildServiceProvider();
    }

    private sealed class PagerSettings
    {
        public string Device { get; set; } = "";

        public int Lines { get; set; } = 1;

        public ByteSize Largest { get; set; } = ByteSize.Unlimited;

        public IList<string> Prefixes { get; } = [];
    }
}
