using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.Tests.Transport;
using ForeignConnector.Lib.Transport;
using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Hosting;

/// <summary>CN: delivery agent connectors in a configuration.</summary>
public sealed class DeliveryAgentTests : IAsyncDisposable
{
    private readonly List<ScriptedAgent> _agents = [];
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ServiceProvider? _services;

    public DeliveryAgentTests()
    {
        this["Transport:BaseDirectory"] = new MockFileSystem().Path.GetFullPath("root");
        this["Connectors:Box:AddressSpaces:0"] = "FAX:*";
        this["Connectors:Box:DeliveryProtocol"] = "box";
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

    [Theory(DisplayName = "CN-1: connections carry as many messages as the configuration says")]
    [InlineData(null, 1)]
    [InlineData("2", 3)]
    [InlineData("1", 5)]
    public async Task Keeps_the_limits(string? messages, int connections)
    {
        this["Connectors:Box:MaxConcurrentConnections"] = "1";
        if (messages is not null)
            this["Connectors:Box:MaxMessagesPerConnection"] = messages;
        var transport = Services.GetRequiredService<ForeignConnectorTransport>();
        for (var i = 0; i < 5; i++)
            await SubmitAsync(transport);

        var (_, delivery) = await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        Assert.Equal(5, delivery.Delivered);
        var agent = Assert.Single(_agents);
        Assert.Equal((connections, 1), (agent.Steps.Count(step => step.StartsWith("open", StringComparison.Ordinal)), agent.MostOpen));
    }

    [Fact(DisplayName = "CN-4: a changed limit or space makes the connector anew and closes the connections of the one before; other changes leave it")]
    public async Task Follows_changes()
    {
        var transport = Services.GetRequiredService<ForeignConnectorTransport>();
        await transport.StartAsync();
        await SubmitAsync(transport);
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        this["Connectors:Box:Comment"] = "the one in the hall";
        await transport.ApplyAsync(Reload(), TestContext.Current.CancellationToken);
        Assert.Single(_agents);
        this["Connectors:Box:MaxMessagesPerConnection"] = "7";
        await transport.ApplyAsync(Reload(), TestContext.Current.CancellationToken);

        Assert.Equal(2, _agents.Count);
        await Wait.UntilAsync(() => _agents[0].Steps is [.., "close 1", "dispose"]);
    }

    [Theory(DisplayName = "DA-13: the record names AGENT, or SMTP, with the protocol and the remote host")]
    [InlineData("box", "AGENT", "BOX;agent.test")]
    [InlineData("Smtp", "SMTP", "SMTP;agent.test")]
    public async Task Records_the_agent(string protocol, string source, string context)
    {
        this["Connectors:Box:DeliveryProtocol"] = protocol;
        this["Transport:MessageTrackingLogPath"] = "logs";
        _services = Build(protocol);
        var transport = Services.GetRequiredService<ForeignConnectorTransport>();
        await SubmitAsync(transport);
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);
        await transport.DisposeAsync();

        var files = (MockFileSystem)Services.GetRequiredService<IFileSystem>();
        var log = files.File.ReadAllText(files.AllFiles.Single(path => path.Contains("MSGTRK", StringComparison.Ordinal)));
        Assert.Contains($",{context},Box,{source},SEND,", log, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "DA-13: the connectivity log has each connection in Exchange's layout, also in the directory of the tracking log")]
    [InlineData("logs")]
    [InlineData("connectivity")]
    public async Task Keeps_a_connectivity_log(string path)
    {
        this["Transport:MessageTrackingLogPath"] = "logs";
        this["Transport:ConnectivityLogPath"] = path;
        var transport = Services.GetRequiredService<ForeignConnectorTransport>();
        await SubmitAsync(transport);
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);
        await transport.DisposeAsync();

        var files = (MockFileSystem)Services.GetRequiredService<IFileSystem>();
        var file = files.AllFiles.Single(each => each.Contains("CONNECTLOG", StringComparison.Ordinal));
        Assert.Equal(path, files.Path.GetFileName(files.Path.GetDirectoryName(file)));
        var lines = files.File.ReadAllLines(file);
        Assert.Equal(("#Log-Type: Transport Connectivity Log", "#Fields: date-time,session,source,Destination,direction,description"), (lines[2], lines[4]));
        var session = lines[5].Split(',')[1];
        Assert.EndsWith($",{session},BOX,FAX:*,+,agent.test", lines[5], StringComparison.Ordinal);
        Assert.Matches($",{session},BOX,FAX:\\*,>,Messages: 1 Bytes: [0-9]+$", lines[6]);
        Assert.EndsWith($",{session},BOX,FAX:*,-,", lines[7], StringComparison.Ordinal);
    }

    [Theory(DisplayName = "CN-2: connectors of both kinds compete by space and cost")]
    [InlineData("FAX:+1*", "FAX:*", 1, 0)]
    [InlineData("FAX:*", "FAX:+1*", 0, 1)]
    [InlineData("FAX:*;5", "FAX:*;9", 1, 0)]
    [InlineData("FAX:*;9", "FAX:*;5", 0, 1)]
    public async Task Competes_with_drop_directories(string agent, string drop, int delivered, int dropped)
    {
        this["Connectors:Box:AddressSpaces:0"] = agent;
        this["Connectors:Drop:AddressSpaces:0"] = drop;
        this["Connectors:Drop:CreateDropDirectory"] = "true";
        var transport = Services.GetRequiredService<ForeignConnectorTransport>();
        await transport.SubmitAsync(TransportBench.Message("IMCEAFAX-+2B15550199@contoso.com"), cancellationToken: TestContext.Current.CancellationToken);

        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        var files = (MockFileSystem)Services.GetRequiredService<IFileSystem>();
        Assert.Equal(
            (delivered, dropped),
            (_agents[0].Steps.Count(step => step.StartsWith("deliver", StringComparison.Ordinal)), files.AllFiles.Count(path => path.Contains("drop", StringComparison.Ordinal))));
    }

    [Fact(DisplayName = "DA-1, DA-11: a message is handed over by code alone, under the same id on every attempt, until an outcome is recorded")]
    public async Task Keeps_the_id()
    {
        var transport = Services.GetRequiredService<ForeignConnectorTransport>();
        var ids = new List<string>();
        _ = transport.State;
        _agents[0].DeliverScript = (request, _) =>
        {
            ids.Add(request.Id);
            return ids.Count == 1 ? throw new IOException("gone") : new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));
        };
        await SubmitAsync(transport);
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(1));
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, ids.Count);
        Assert.Single(ids.Distinct());
        Assert.DoesNotContain(((MockFileSystem)Services.GetRequiredService<IFileSystem>()).AllFiles, path => path.EndsWith(".eml", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "CN-1, CN-3: what does not fit a delivery agent connector, or only fits one, is an error with its key")]
    public void Tells_errors_with_their_keys()
    {
        this["Connectors:Box:MaxConcurrentConnections"] = "0";
        this["Connectors:Box:MaxMessagesPerConnection"] = "0";
        this["Connectors:Box:ConnectionIdleTimeout"] = "02:00:00";
        this["Connectors:Box:MaxMessageSize"] = "10KB";
        this["Connectors:Box:Durability"] = "None";
        this["Connectors:Drop:AddressSpaces:0"] = "SMS:*";
        this["Connectors:Drop:MaxConcurrentConnections"] = "3";

        var error = Assert.Throws<OptionsValidationException>(() => Services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(
            [
                "Connectors:Box:ConnectionIdleTimeout: must be from 00:00:00 to 01:00:00",
                "Connectors:Box:Durability: has no meaning beside DeliveryProtocol (CN-3)",
                "Connectors:Box:MaxConcurrentConnections: must be from 1 to 1000",
                "Connectors:Box:MaxMessageSize: must be from 64KB to 2147483647B, or 'unlimited', beside DeliveryProtocol (CN-1)",
                "Connectors:Box:MaxMessagesPerConnection: must be from 1 to 2147483647",
                "Connectors:Drop:MaxConcurrentConnections: has no meaning without DeliveryProtocol (CN-1)",
            ],
            error.Failures.Order(StringComparer.Ordinal));
    }

    private static async Task SubmitAsync(ForeignConnectorTransport transport) =>
        await transport.SubmitAsync(TransportBench.Message("IMCEAFAX-5550199@contoso.com"), cancellationToken: TestContext.Current.CancellationToken);

    private ForeignConnectorOptions Reload() => Services.GetRequiredService<IOptionsFactory<ForeignConnectorOptions>>().Create(Options.DefaultName);

    private ServiceProvider Build(string protocol = "Box")
    {
        var services = new ServiceCollection().AddFakeLogging().AddSingleton<IFileSystem>(new MockFileSystem()).AddSingleton<TimeProvider>(_time);
        services.AddForeignConnectors(_configuration);
        services.AddForeignConnectors(options => options.Transport.AcceptedDomains.Add("contoso.com"));
        services.AddDeliveryAgent(protocol, new ConfigurationTable<BoxSettings>(), (_, _) =>
        {
            var agent = new ScriptedAgent();
            _agents.Add(agent);
            return agent;
        });
        return services.BuildServiceProvider();
    }

    private sealed class BoxSettings;
}
