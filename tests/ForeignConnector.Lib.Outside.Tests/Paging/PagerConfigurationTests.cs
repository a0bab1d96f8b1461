using System.Diagnostics;
using System.Threading.Channels;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace Outside.Paging;

/// <summary>A host reads the section of a kind of connector that a package brings, says what is wrong in it, and follows its changes.</summary>
public sealed class PagerConfigurationTests : IDisposable
{
    private readonly IConfigurationRoot _configuration;
    private readonly Channel<PagerConnector> _made = Channel.CreateUnbounded<PagerConnector>();
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fc-");

    public PagerConfigurationTests() => _configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["ForeignConnector:Transport:BaseDirectory"] = _root.FullName,
        ["ForeignConnector:Transport:AcceptedDomains:0"] = "contoso.com",
        ["ForeignConnector:Connectors:Beeper:AddressSpaces:0"] = "PAGER:*",
        ["ForeignConnector:Connectors:Beeper:DeliveryProtocol"] = "pager",
        ["ForeignConnector:Connectors:Beeper:Pager:Network"] = "city",
        ["ForeignConnector:Connectors:Beeper:Pager:Lines"] = "2",
    }).Build();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string this[string key]
    {
        set => _configuration["ForeignConnector:Connectors:Beeper:" + key] = value;
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Theory(DisplayName = "What is wrong in the section stops the host at its start, with the key")]
    [InlineData("Network", " ", "Connectors:Beeper:pager:Network: must not be empty")]
    [InlineData("Lines", "9", "Connectors:Beeper:pager:Lines: must be from 1 to 8")]
    [InlineData("Lines", "two", "Connectors:Beeper:pager:Lines: 'two' is not a whole number")]
    [InlineData("Network", "private", "Connectors:Beeper:pager:Lines: a private network has one")]
    public async Task Tells_what_is_wrong(string key, string value, string expected)
    {
        this["Pager:" + key] = value;
        using var host = Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));

        Assert.Equal([expected], error.Failures, StringComparer.OrdinalIgnoreCase);
        Assert.False(_made.Reader.TryRead(out _));
    }

    [Fact(DisplayName = "A changed section makes another connector while the host runs; one that cannot work changes nothing")]
    public async Task Follows_changes()
    {
        using var host = Build();
        await host.StartAsync(Cancellation);
        var first = await _made.Reader.ReadAsync(Cancellation);
        Assert.Equal(("city", 2), (first.Settings.Network, first.Settings.Lines));

        this["Pager:Lines"] = "9";
        _configuration.Reload();
        var refused = await LoggedAsync(host, EventIds.ReloadRefused);
        this["Pager:Lines"] = "3";
        _configuration.Reload();

        Assert.Contains("Connectors:Beeper:PAGER:Lines: must be from 1 to 8", refused.Message, StringComparison.Ordinal);
        var second = await _made.Reader.ReadAsync(Cancellation);
        Assert.Equal(("city", 3), (second.Settings.Network, second.Settings.Lines));
        await host.StopAsync(Cancellation);
        Assert.False(_made.Reader.TryRead(out _));
    }

    [Fact(DisplayName = "What a host of an application gets is delivered by the connector of the section, over the store of the application")]
    public async Task Delivers()
    {
        var network = new PagerNetwork();
        using var host = Build(network);
        await host.StartAsync(Cancellation);
        var transport = host.Services.GetRequiredService<ForeignConnectorTransport>();

        await transport.SubmitAsync(Messages.To("IMCEAPAGER-5550199@contoso.com"), cancellationToken: Cancellation);
        await UntilAsync(() => network.Texts.Count > 0 && transport.Queue.Count == 0);

        await host.StopAsync(Cancellation);
        Assert.Contains("Subject: an invoice", Assert.Single(network.Texts), StringComparison.Ordinal);
        Assert.IsType<InMemoryQueueStore>(host.Services.GetRequiredService<IQueueStore>());
    }

    private static async Task<FakeLogRecord> LoggedAsync(IHost host, int id)
    {
        var logs = host.Services.GetFakeLogCollector();
        await UntilAsync(() => logs.GetSnapshot().Any(record => record.Id.Id == id));
        return logs.GetSnapshot().First(record => record.Id.Id == id);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var start = Stopwatch.GetTimestamp(); !condition(); await Task.Yield())
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "it does not happen");
    }

    private IHost Build(PagerNetwork? network = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddFakeLogging();
        builder.Services.AddSingleton<IQueueStore>(new InMemoryQueueStore(TimeProvider.System));
        builder.Services.AddForeignConnectors(_configuration.GetSection(ForeignConnectorOptions.SectionName));
        builder.Services.AddPager(network ?? new PagerNetwork(), connector => Assert.True(_made.Writer.TryWrite(connector)));
        return builder.Build();
    }
}
